"""A caller counts once, whatever number of lines they reach."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calls.call import REASON_INDEX
from streams.calls.contacts import AFTER_MS, LONGEST_MS, Contacts
from streams.calls.counts import Counts
from streams.events import CallEvent, CallType, Reason, milliseconds

Step = tuple[str, CallType, float]


def event(line: str, kind: CallType, at: float, call: str = "1", **more: object) -> CallEvent:
    return CallEvent(line=line, call=call, type=kind, at=at, **more)  # type: ignore[arg-type]


def continued(*events: CallEvent) -> Counts:
    contacts = Contacts()
    for each in events:
        contacts.take(each)
    contacts.close()
    return contacts.continued


LEFT = [event("a", "offered", 0), event("a", "lost", 30, reason="timeout")]


def test_who_goes_on_from_one_line_to_another_is_one_caller() -> None:
    assert continued(*LEFT, event("b", "offered", 31), event("b", "answered", 40)) == Counts(1, lost=1)
    assert continued(*LEFT, event("b", "answered", 71, wait=38.0)) == Counts(1, lost=1), "its entry is implied"
    assert continued(event("b", "offered", 31), *LEFT) == Counts(1, lost=1), "in any order of rows"


def test_a_further_attempt_on_the_same_line_is_the_same_caller() -> None:
    assert continued(*LEFT, event("a", "offered", 31, "1#2"), event("a", "lost", 60, "1#2")) == Counts(1, lost=1)


def test_who_is_transferred_by_an_agent_is_one_caller() -> None:
    talked = [event("a", "offered", 0), event("a", "answered", 9), event("a", "ended", 60)]
    assert continued(*talked, event("b", "offered", 61)) == Counts(1, answered=1)


def test_three_lines_in_a_row_are_one_caller() -> None:
    through = [event("b", "offered", 31), event("b", "diverted", 50, reason="key"), event("c", "offered", 52)]
    assert continued(*LEFT, *through) == Counts(2, lost=1, diverted=1)


@pytest.mark.parametrize(
    "other",
    [
        [event("b", "offered", 30 + AFTER_MS / 1000 + 1)],
        [event("b", "offered", 5)],
        [event("b", "offered", 31, "2")],
        [event("a", "offered", 31, "call#42")],
        [event("b", "offered", LONGEST_MS / 1000 + 31)],
    ],
    ids=["later", "meanwhile", "other-id", "id-with-a-number", "id-that-begins-again"],
)
def test_anything_else_is_another_caller(other: list[CallEvent]) -> None:
    assert continued(*LEFT, *other) == Counts()


def test_a_reason_that_a_line_does_not_count_as_lost_is_a_diversion() -> None:
    contacts = Contacts(lambda line: {REASON_INDEX["abandoned"]} if line == "a" else set())
    for each in (*LEFT, event("b", "offered", 31)):
        contacts.take(each)
    contacts.close()
    assert contacts.continued == Counts(1, diverted=1)


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=4), max_size=12), st.integers(0, 40))
def test_as_many_callers_as_came(ways: list[list[str]], apart: int) -> None:
    contacts, events = Contacts(), []
    for number, way in enumerate(ways):
        at = number * apart
        for visit, line in enumerate(way):
            name = f"{number}" if way[:visit].count(line) == 0 else f"{number}#{way[:visit].count(line) + 1}"
            reason: Reason = "timeout"
            events += [event(line, "offered", at, name), event(line, "lost", at + 20, name, reason=reason)]
            at += 21
    for each in sorted(events, key=lambda each: milliseconds(each.at)):
        contacts.take(each)
    contacts.close()
    assert sum(map(len, ways)) - contacts.continued.offered == len(ways)
