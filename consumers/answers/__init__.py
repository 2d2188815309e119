"""Questions to the ledger: a tally, the events behind it, the intake. Each answer is a value that turns into JSON."""
