"""The client that partners' programs use."""
