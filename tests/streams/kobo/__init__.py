"""Submissions of KoboToolbox forms: mappings, what they make, and the webhook."""
