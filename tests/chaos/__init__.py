"""Killing everything, on purpose and by a seed, and then asking for the exact figures."""
