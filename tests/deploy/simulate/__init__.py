"""The simulation and its oracle."""
