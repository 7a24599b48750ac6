"""The held-out situations, by what goes wrong: one file each."""
