"""The live view: the running tallies of the materialized tables in memory, held against the ledger, for whoever looks at them now."""
