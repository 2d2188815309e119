"""Tests of the partners' pages."""
