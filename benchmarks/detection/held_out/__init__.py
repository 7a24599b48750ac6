"""Detection on situations for which no threshold was ever set: two worlds, many faults, and figures month by month."""
