"""Mirrors deploy.demo."""
