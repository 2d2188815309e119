"""The oracle: what a stream of events must come to, in any order and in the order booked. Imports nothing of Salur's rules."""
