"""Backups of a whole stack's state, and bringing one back."""
