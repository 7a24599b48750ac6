"""Made-up counters and registers: visits and requests, faults of their records, honest changes."""
