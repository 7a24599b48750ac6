"""A manager's user who lacks a right is recognized by the messages that never arrive."""

from __future__ import annotations

from agents.sources.asterisk.ami_messages import AmiMessage
from agents.sources.asterisk.ami_rights import ENOUGH, QUIET_SECONDS, AmiRights
from tests.agents.asterisk import asks, message, status


def told(*messages: dict[str, str], seconds: float = 1.0) -> list[str]:
    """Return the warnings about messages that arrive one every `seconds`."""
    rights, said = AmiRights(), []
    for number, each in enumerate(messages):
        said.append(rights.take(AmiMessage(1, each.get("Event", ""), each, b""), 1_000.0 + number * seconds))
    return [each for each in said if each is not None]


JOIN = message("QueueCallerJoin", 0)
PONG = {"Response": "Success", "Ping": "Pong"}


def test_callers_who_join_without_the_dialplans_events() -> None:
    (said,) = told(*[JOIN] * 9)
    assert "class `dialplan`" in said
    assert "read = agent,dialplan" in said
    assert told(*[JOIN] * (ENOUGH - 1)) == []


def test_a_dialplan_that_asks_for_queues_without_the_agents_events() -> None:
    (said,) = told(*[asks("600", 0)] * 9)
    assert "class `agent`" in said


def test_callers_who_are_turned_away_say_nothing_of_the_agents_events() -> None:
    assert told(*[asks("600", 0), status("JOINEMPTY", 0)] * 9) == []


def test_both_classes_are_right() -> None:
    assert told(*[asks("600", 0), JOIN] * 9, *[PONG] * 99, seconds=QUIET_SECONDS) == []


def test_the_class_stands_in_the_events_privilege() -> None:
    agents = {"Event": "QueueMemberStatus", "Privilege": "agent,all"}
    assert told(agents, *[asks("600", 0)] * 9) == []


def test_an_exchange_without_any_event_may_have_no_calls() -> None:
    (said,) = told(*[PONG] * 99, seconds=QUIET_SECONDS / 20)
    assert "10 minutes" in said
    assert told(*[PONG] * 9) == []
