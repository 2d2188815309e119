"""Every alert, made to fire on a real stack by causing its condition, and cleared by what its runbook says."""
