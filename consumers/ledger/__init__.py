"""The ledger consumer: decides every event once, in one order, and books it in one transaction."""
