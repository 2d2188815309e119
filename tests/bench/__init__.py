"""Measurements: what they print depends on the machine, so ratios within one run are what counts."""
