"""Tests of reading the materialized tables."""
