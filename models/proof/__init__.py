"""What is signed and proved about the ledger: checkpoints, seals, receipts, and proofs over the two trees."""
