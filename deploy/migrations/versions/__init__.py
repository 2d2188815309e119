"""One module a version; each is applied once and never edited after it landed."""
