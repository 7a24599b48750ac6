"""Reading and extending the log of decisions on Kafka, with its notes and the signing key."""
