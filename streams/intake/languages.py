"""Which of the two languages a request asks for; the same on both sides of the web process."""

from models.languages import preferred

__all__ = ["preferred"]
