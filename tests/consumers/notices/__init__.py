"""Partners are told of what was refused or waits: at least once, in bundles, in their language, and at no address that they should not reach."""
