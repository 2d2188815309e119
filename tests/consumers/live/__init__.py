"""The live view: the tables in memory, for many who look, held against the ledger."""
