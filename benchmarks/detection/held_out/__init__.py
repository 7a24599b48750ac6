"""Detection on situations on which only `widest` was set: two worlds, many faults, and figures month by month."""
