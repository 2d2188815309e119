"""Tests of the ledger consumer."""
