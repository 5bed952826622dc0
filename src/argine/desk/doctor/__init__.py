"""Whether the desk itself is well, and what to do where it is not: for the console and `argine doctor`."""
