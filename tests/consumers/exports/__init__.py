"""Tests of files: what is in them is what the answer shows, exactly, whatever the format."""
