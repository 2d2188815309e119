"""A whole Salur in one process and in virtual time, by a seed: the real deciding, booking, publishing and folding between a log and a database in memory."""
