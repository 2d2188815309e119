"""Verifiers that an auditor takes away: each is one file that imports nothing of ours."""
