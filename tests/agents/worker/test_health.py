"""`/healthz` is red as long as one of its conditions is not met, and names it."""

from __future__ import annotations

from agents.worker.health import Health


def test_what_is_wrong_is_said_while_it_lasts() -> None:
    trouble: list[str | None] = [None, "no checkpoint could be written"]
    health = Health(lambda: trouble[0], lambda: trouble[1])
    assert health.wrong() == ["no checkpoint could be written"]
    trouble[1] = None
    assert health.wrong() == []


def test_a_condition_can_be_added() -> None:
    health = Health()
    health.needs(lambda: "the topic is missing")
    assert health.wrong() == ["the topic is missing"]
