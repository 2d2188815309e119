"""The shipped code lists: one CSV file each, every row with its source and date."""
