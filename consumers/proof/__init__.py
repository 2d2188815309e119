"""Sealing the ledger, proving its figures to others, and checking all of it against its own rows."""
