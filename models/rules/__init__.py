"""The rules that an event must keep to be accepted, grouped by the noun they are about. Start with ``catalogue``."""
