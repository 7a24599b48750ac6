"""A nation of offices for measurements: their configurations, what befalls them, and what scale asks of machines."""
