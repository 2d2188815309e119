"""Tests of what each noun posts."""
