"""The operators' desk: refused and waiting events, what operators ask to be done about them, and the log of who did."""
