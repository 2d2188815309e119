"""Submissions of KoboToolbox forms become events: a mapping file says which answer is which member, and a webhook takes them in."""
