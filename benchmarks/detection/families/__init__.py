"""The families of scenarios on which detection is measured: one file each."""
