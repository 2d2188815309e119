"""Partners are told of what was refused or waits: where, from which decision on, in bundles, at least once."""
