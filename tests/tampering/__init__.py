"""Whoever holds the database changes something; everybody who can notice by design must."""
