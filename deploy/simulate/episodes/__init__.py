"""Episodes: the few events that belong together in the field, such as a consignment's way or a payment's stages."""
