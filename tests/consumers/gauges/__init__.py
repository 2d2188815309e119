"""Tests of the figures for those who watch."""
