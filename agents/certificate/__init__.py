"""The certificate of a published figure: what was checked, and what would have been seen."""
