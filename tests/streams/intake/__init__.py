"""The HTTP intake, on a real ledger and, but where it says so, on a log that a test controls."""
