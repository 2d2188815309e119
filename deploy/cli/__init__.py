"""The `salur` command: one file per command, composed in ``main``. What a command does lives elsewhere; here is how it is asked and shown."""
