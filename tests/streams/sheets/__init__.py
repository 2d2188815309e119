"""Spreadsheets of partners: reading, mistakes, templates, annotated copies."""
