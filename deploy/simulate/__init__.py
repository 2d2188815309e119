"""Simulated partners: a seeded stream of events scaled from the published figures, and what it must come to."""
