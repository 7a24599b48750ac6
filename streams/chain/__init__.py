"""The hash chain of decisions and publications: each entry has the hashes of the earlier ones."""
