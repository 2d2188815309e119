"""The served documentation: whole, true, and the same in both languages."""
