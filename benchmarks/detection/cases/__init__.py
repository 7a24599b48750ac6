"""Counters and registers made up for the bench: days of visits and requests, faults of their records, honest changes."""
