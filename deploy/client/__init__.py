"""What partners' programs use: one module without anything of Salur's own, with a wheel of its own."""
