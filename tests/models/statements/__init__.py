"""Tests of the verdicts on published figures."""
