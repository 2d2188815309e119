"""Looking at everything that a stack needs: what was found, and the one thing to do about each piece that is not fine."""
