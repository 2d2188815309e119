"""Partners' spreadsheets: templates to fill in, rows that become events, and every mistake shown in the partner's own file."""
