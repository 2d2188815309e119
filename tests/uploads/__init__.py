"""One spreadsheet uploaded again and again on a whole running stack, whatever is killed meanwhile: the command, and what the suite runs smaller."""
