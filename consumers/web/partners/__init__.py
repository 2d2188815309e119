"""The partners' pages below /id/mitra and /en/mitra: what one partner sent, what became of it, and ways to send and to mend."""
