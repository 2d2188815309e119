"""Reconciliation: tables, SQL tallies and a recount of the raw log, held against one another at one booking."""
