"""Whether the compiled domain does what its source says."""
