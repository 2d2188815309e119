"""The events that partners publish: the wire contract, one struct per event type."""
