"""The read log: who was shown which figures, kept apart from the ledger and only ever appended to."""
