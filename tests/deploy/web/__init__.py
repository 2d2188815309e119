"""The web process, and the intake on a whole running stack."""
