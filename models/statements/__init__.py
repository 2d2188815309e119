"""Verdicts on published figures: pure rules over a figure and the sums found for its scopes."""
