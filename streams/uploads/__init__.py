"""Spreadsheets that partners upload: read in a process of their own, sent as events, and answered with the partner's own file."""
