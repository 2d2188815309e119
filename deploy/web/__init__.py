"""The web process composed: what the intake asks is answered by the ledger's readers, and where it may listen."""
