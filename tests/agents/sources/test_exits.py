"""An exit is held until the caller has entered another queue or can no longer do so."""

from __future__ import annotations

import pytest

from agents.sources.call_source import CallSource
from agents.sources.exits import CAP, Exit, Exits
from streams.events import CallEvent, CallType, Reason

SOURCE = CallSource("pbx", "mende")


def exit_(call: str = "1.1", at: float = 30.0, reason: Reason = "timeout", kind: CallType = "lost") -> Exit:
    event = SOURCE.event("accueil", call, kind, at)
    event.reason = reason
    return Exit(event, at, "600")


def reached(line: str, call: str = "1.1", at: float = 31.0) -> CallEvent:
    return SOURCE.event(line, call, "offered", at)


def test_the_next_queue_of_the_line_makes_it_part_of_the_attempt() -> None:
    exits = Exits()
    assert exits.hold("1.1", exit_()) == []
    stayed, counts = exits.follow("1.1", "renfort", reached("accueil"), SOURCE)
    assert (stayed, counts, exits.held) == (exit_(), [], {})


def test_a_new_attempt_on_the_line_leaves_it_as_it_is() -> None:
    exits = Exits()
    exits.hold("1.1", exit_())
    assert exits.follow("1.1", "600", reached("accueil", "1.1#2"), SOURCE) == (None, [exit_()])


@pytest.mark.parametrize(("kind", "reason", "found"), [("lost", "no_agents", "transfer"), ("diverted", "key", "key")])
def test_another_line_makes_a_loss_a_transfer(kind: CallType, reason: Reason, found: Reason) -> None:
    exits = Exits()
    exits.hold("1.1", exit_(kind=kind, reason=reason))
    stayed, (left,) = exits.follow("1.1", "700", reached("standard"), SOURCE)
    assert stayed is None
    assert (left.event.type, left.event.reason, left.event.to, left.event.at) == ("diverted", found, "standard", 30.0)


def test_a_repeated_row_is_held_once_and_follows_nothing() -> None:
    exits = Exits()
    exits.hold("1.1", exit_())
    assert exits.hold("1.1", exit_()) is None
    assert exits.follow("1.1", "600", reached("accueil", at=30.0), SOURCE) == (None, [])
    assert list(exits.held) == ["1.1"]


def test_it_is_certain_after_two_seconds_or_at_the_end() -> None:
    exits = Exits()
    exits.hold("1.1", exit_(at=30.0))
    exits.hold("1.2", exit_("1.2", at=31.0))
    assert exits.over(32.0) == []
    assert [left.event.call for left in exits.over(32.5)] == ["1.1"]
    assert [left.event.call for left in exits.over()] == ["1.2"]


def test_the_oldest_makes_room() -> None:
    exits = Exits()
    for number in range(CAP):
        exits.hold(f"1.{number}", exit_(f"1.{number}"))
    freed = exits.hold("2.1", exit_("2.1"))
    assert freed is not None
    assert [left.event.call for left in freed] == ["1.0"]
    assert len(exits.held) == CAP
