"""The chain on Kafka: the log of decisions read and continued, its notes, and the key that signs."""
