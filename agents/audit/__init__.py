"""The audit: a check that nothing was altered after it was recorded."""
