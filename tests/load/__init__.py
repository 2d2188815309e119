"""The intake under load, while its broker stands still: what was promised is there, once, and nothing was answered that is not documented."""
