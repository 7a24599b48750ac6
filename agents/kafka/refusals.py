"""Refusals."""

from agents.kafka.client import KafkaError


class RefusalError(KafkaError):  # type: ignore[misc]  # no types
    """Tell a refusal."""
