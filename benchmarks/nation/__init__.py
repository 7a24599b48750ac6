"""A nation of offices for measurements: configurations, faults, and the machines that its size needs."""
