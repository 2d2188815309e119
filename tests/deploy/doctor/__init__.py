"""The doctor, on set-ups that are really broken: each must be named for what it is."""
