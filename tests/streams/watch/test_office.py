"""Silences of several lines at once are one incident of the office; silences of one line, or beside calls, are not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from streams.kept.times import DAY_MS, HOUR_MS, QUARTER_MS, SLOTS_A_DAY
from streams.watch.counting import SILENCE
from streams.watch.evidence import of_silence
from streams.watch.facts import NoCall, OfficeWithoutCalls
from streams.watch.incident import Decided, Incident
from streams.watch.office import OfficeSilence, gathered, office_ids, office_silences
from streams.watch.review import OF_OFFICE, id_of

MONDAY = 15_768 * DAY_MS  # 4 March 2013
Heard = Mapping[str, set[int]]


def opened(slot_no: int) -> bool:
    """Return whether a slot lies between 8:00 and 12:00, or between 13:00 and 17:00."""
    hour = slot_no % SLOTS_A_DAY / 4
    return 8 <= hour < 12 or 13 <= hour < 17


def silence(line: str, start: float, end: float, **more: Any) -> Incident:
    """Return a silence between two hours."""
    begins, ends = (MONDAY + round(hour * HOUR_MS) for hour in (start, end))
    given: dict[str, Any] = {
        "id": id_of(line, begins, SILENCE),
        "line": line,
        "cause": SILENCE,
        "verdict": "miscount",
        "kind": "missing",
        "start": begins,
        "end": ends,
        "detected": ends,
        "calls": 0,
        "status": "closed",
        "evidence": [of_silence(40.0)],
    }
    return Incident(**{**given, **more})


def slots(*hours: float) -> set[int]:
    return {MONDAY // QUARTER_MS + round(hour * 4) for hour in hours}


def found(*incidents: Incident, heard: Heard | None = None) -> list[tuple[str, float, float]]:
    """Return the silences of the office, with their first and last hour."""
    silences = office_silences(incidents, lambda _first, _end: heard or {}, opened)
    return [(each.why, (each.start - MONDAY) / HOUR_MS, (each.end - MONDAY) / HOUR_MS) for each in silences]


def test_from_opening_to_opening_the_office_was_closed() -> None:
    heard = {"a": slots(7.75 - 15, 32.25), "b": slots(32.75)}  # the next morning
    day, since_the_day_before = silence("a", 8, 32.25), silence("b", -7.5, 32.5)
    assert found(day, since_the_day_before, heard=heard) == [("closed", 8, 32.25)]
    assert found(silence("a", 8, 17), silence("b", 8, 17)) == [("closed", 8, 17)], "to the evening, so to the opening"


@pytest.mark.parametrize(("start", "end"), [(9.5, 13.75), (9.5, 17), (8, 10), (10, 11.5)])
def test_else_the_exchange_or_the_feed_was_down(start: float, end: float) -> None:
    heard = {"a": slots(start - 0.25, end), "c": set[int]()}
    assert found(silence("a", start, end), silence("b", start, end + 0.25), heard=heard) == [("feed", start, end)]


def test_as_long_as_nobody_calls_a_silence_since_an_opening_is_a_closed_office() -> None:
    assert found(silence("a", 8, 11, status="open"), silence("b", 8, 11, status="open")) == [("closed", 8, 11)]


def test_another_line_that_is_called_shows_that_the_office_is_not_silent() -> None:
    two = silence("a", 10, 14), silence("b", 10, 14)
    assert found(*two, heard={"c": slots(11), "d": slots(11.5)}) == []
    assert found(*two, heard={"c": set(), "d": slots(9, 15)}) == [("feed", 10, 14)], "seldom called, and silent too"
    assert found(*two, heard={"c": slots(10, 13.75)}) == [("feed", 10, 14)], "in the slots in which it began and ended"
    assert found(*two, heard={"a": slots(11), "c": slots(11)}) == [("feed", 10, 14)], "while not all were silent"


def test_one_line_alone_cannot_know() -> None:
    assert found(silence("a", 10, 14)) == []
    assert found(silence("a", 10, 14), silence("b", 10, 14, cause="rise")) == []
    assert found(silence("a", 10, 14), silence("b", 10, 14, status="dismissed")) == []
    assert found(silence("a", 8, 16), silence("a", 8, 17)) == [], "a line that a person declared silent twice"


def test_they_overlap_for_most_of_their_opening_hours() -> None:
    assert found(silence("a", 10, 14), silence("b", 13.25, 17)) == []
    assert found(silence("a", 8, 17), silence("b", 10, 11)) == [], "an hour is not most of the day around it"
    retired = silence("a", 8, 8 + 10 * 24)
    assert found(retired, silence("b", 33, 35), silence("c", 33, 35)) == [("feed", 33, 35)]
    two_days = [silence(line, 8 + day, 17 + day) for day in (0, 24) for line in "ab"]
    assert found(*two_days) == [("closed", 8, 17), ("closed", 32, 41)]


def test_they_are_told_as_one_and_a_persons_decision_on_all_once() -> None:
    decided = [Decided(line, MONDAY, number, "confirm", "m", "n", MONDAY, None) for number, line in enumerate("ab")]
    parts = [
        silence("a", 8, 17, status="confirmed", decisions=decided[:1]),
        silence("x", 8, 9, cause="rise"),
        silence("b", 8, 17, verdict="undecided", decisions=decided[1:]),
    ]
    name = "office-20130304T080000Z-closed"
    of_office = OfficeSilence("closed", MONDAY + 8 * HOUR_MS, MONDAY + 17 * HOUR_MS, [parts[0].id, parts[2].id])
    assert office_ids([of_office]) == dict.fromkeys((parts[0].id, parts[2].id), name)
    one, other = gathered(parts, [of_office])
    assert other is parts[1]
    assert (one.id, one.line, one.cause, one.verdict, one.status) == (name, "a, b", OF_OFFICE, "undecided", "closed")
    assert one.bounds() == (of_office.start, of_office.end)
    assert [(each.subject, each.facts) for each in one.evidence] == [
        ("", OfficeWithoutCalls("closed")),
        ("a", NoCall(40.0)),
        ("b", NoCall(40.0)),
    ]
    assert [(each.incident, each.by) for each in one.decisions] == [(name, "m")]
    assert gathered(parts[1:2], [of_office]) == parts[1:2]
