"""How well edited films are found, and at what cost, beside vPDQ's rule."""
