"""Figures for those who watch: what the ledger and the tables hold now, as values of declared metrics."""
