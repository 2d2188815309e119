"""What each page shows: one module a page, from the ledger's answers to values that a template writes out."""
