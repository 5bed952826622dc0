"""How fast codes within a distance are found: Argine's index beside others, in one run, over the same codes."""
