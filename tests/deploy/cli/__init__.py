"""Mirrors deploy.cli."""
