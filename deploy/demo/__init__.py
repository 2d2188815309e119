"""The demonstration: event files of published figures with their sources, simulated partners beside them, and the run that shows them."""
