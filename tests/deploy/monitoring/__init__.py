"""Tests of what operators are shown and told."""
