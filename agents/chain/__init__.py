"""The log of decisions on Kafka: read and extended, with its notes and the key that signs."""
