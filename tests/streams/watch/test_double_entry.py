"""A line's counter against its events: findings, moments of comparison, and no call in quarantine."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from streams.calls.rules import LineRules
from streams.checks.readings import CallTotals
from streams.desks.line import Line
from streams.events import CallEvent, Reading, Review
from streams.kept.mark import DUPLICATE, LATE, OK
from streams.watch.double_entry import MAX_WAITING_READINGS
from streams.watch.facts import CounterOff, ReadingsMissing
from streams.watch.incident import Incident
from streams.watch.quarantine import correct
from tests.streams.telling import event

NOW = 1_543_572_000  # s: 2018-11-30 10:00 UTC
RULES = LineRules(site="lozere", line="circulation", max_call=3_600_000, expected=0.02)


def calls(count: int, every: float = 60.0) -> list[CallEvent]:
    """Return the events of a number of answered calls of ten seconds."""
    told = []
    for number in range(count):
        at = NOW + every * number
        told += [event("offered", at, str(number)), event("answered", at + 10, str(number), wait=10)]
    return told


def reading(minute: float, total: int, **more: Any) -> Reading:
    fields = {"mode": "cumulative", "offered": total, "answered": total, "lost": 0, **more}
    return msgspec.convert({"line": "circulation", "at": NOW + 60 * minute + 30, **fields}, Reading)


def told(line: Line, events: list[CallEvent], readings: list[Reading]) -> list[Incident]:
    """Fold calls and readings by time to the end of a file; return the incidents of the counter."""
    mixed: list[CallEvent | Reading] = [*events, *readings]
    for each in sorted(mixed, key=lambda each: float(each.at)):  # type: ignore[arg-type]  # seconds
        line.fold(each) if isinstance(each, CallEvent) else line.read(each)
    line.watch.close(line.state.high, line.state.results)
    return [each for each in line.state.watch.incidents if each.cause.startswith("counter ")]


def honest(count: int) -> list[Reading]:
    return [reading(minute, 1_000 + minute + 1) for minute in range(count)]


def test_an_honest_counter_opens_nothing() -> None:
    line = Line(RULES)
    assert told(line, calls(120), honest(120)) == []
    assert line.state.readings.results == [120, 0, 0]


def lost_calls(count: int) -> list[CallEvent]:
    """Return calls that are lost, one in two by a timeout, one in four diverted by a key."""
    reasons = ("timeout", "abandoned", "timeout", "key")
    return [
        event("diverted" if n % 4 == 3 else "lost", NOW + 60 * n, str(n), wait=5, reason=reasons[n % 4])
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("reasons", "of_four", "kinds"),
    [((), 3, []), ((), 1, ["mismatch"]), (("abandoned",), 1, []), (("timeout", "abandoned", "key"), 4, [])],
)
def test_a_counter_is_held_against_the_calls_that_it_counts(
    reasons: tuple[str, ...], of_four: int, kinds: list[str]
) -> None:
    """A counter that counts only abandoned calls is not accused of missing the timeouts."""
    readings = []
    for minute in range(240):
        lost = sum(n % 4 in {1: (1,), 3: (0, 1, 2), 4: (0, 1, 2, 3)}[of_four] for n in range(minute + 1))
        readings.append(reading(minute, minute + 1, answered=0, lost=lost, lost_reasons=reasons))
    assert [each.kind for each in told(Line(RULES), lost_calls(240), readings)] == kinds


def test_a_counter_that_begins_to_say_what_it_counts_is_compared_anew() -> None:
    readings = [
        reading(
            minute, minute + 1, answered=0, lost=(minute + 3) // 4, lost_reasons=("abandoned",) if minute >= 9 else ()
        )
        for minute in range(240)
    ]
    assert told(Line(RULES), lost_calls(240), readings) == []


def test_a_counter_that_stands_still_is_told_and_says_by_how_much() -> None:
    line = Line(RULES)
    (stuck,) = told(line, calls(120), [*honest(60), *(reading(minute, 1_060) for minute in range(60, 120))])
    assert (stuck.kind, stuck.verdict, stuck.status) == ("stuck", "miscount", "open")
    assert stuck.start == (NOW + 59 * 60 + 30) * 1000
    offered = next(each for each in stuck.evidence if each.check == "counter of calls offered")
    assert -60 <= (offered.observed or 0) <= -50, "each finding adds to those before"
    assert isinstance(offered.facts, CounterOff)
    assert (offered.facts.kind, offered.facts.total) == ("stuck", "offered")
    assert (offered.facts.day, offered.facts.hour) == (date(2018, 11, 30).toordinal(), 10)


def test_a_reset_a_gap_and_a_lead_are_told() -> None:
    line = Line(RULES)
    (reset,) = told(line, calls(120), [*honest(60), *(reading(minute, minute - 60) for minute in range(60, 120))])
    assert (reset.kind, reset.evidence[0].observed) == ("reset", -1_060)

    line = Line(RULES)
    (lead,) = told(line, calls(120), [reading(minute, 2 * minute) for minute in range(120)])
    assert lead.kind == "mismatch"

    line = Line(RULES)
    since = [reading(m, 1, mode="interval", since=NOW + 60 * (m - 1) + 30) for m in range(120) if not 50 <= m < 70]
    (missing,) = told(line, calls(120), since)
    assert (missing.kind, missing.evidence[0].observed) == ("missing", 20 * 60_000)
    assert isinstance(missing.evidence[0].facts, ReadingsMissing)


def test_what_is_wrong_with_the_counter_puts_no_call_in_quarantine() -> None:
    line = Line(RULES)
    (stuck,) = told(line, calls(120), [*honest(60), *(reading(minute, 1_060) for minute in range(60, 120))])
    raw = line.figures.counts()
    for at, decision in enumerate(("reopen", "confirm")):
        found = correct(raw, line.watch)
        assert (found.method, found.quarantined, found.counts, found.coverage) == ("none", 0, raw, 1.0)
        said = {"decision": decision, "at": at, "by": "m", "incident": stuck.id}
        line.review(msgspec.convert(said, Review))
    assert stuck.status == "confirmed"
    assert correct(raw, line.watch).quarantined == 0


def test_only_missing_events_that_a_person_confirms_are_left_out() -> None:
    line = Line(RULES)
    events = [each for each in calls(120) if not NOW + 3000 <= float(each.at) < NOW + 5400]  # type: ignore[arg-type]  # seconds
    (missing, *_) = told(line, events, honest(120))
    assert missing.kind == "missing"
    raw = line.figures.counts()
    assert correct(raw, line.watch).quarantined == 0
    said = {"decision": "confirm", "at": NOW, "by": "m", "incident": missing.id}
    line.review(msgspec.convert(said, Review))
    assert correct(raw, line.watch).quarantined >= 1


@pytest.mark.parametrize("lag", [0, 1, 20, 45])
def test_calls_and_readings_may_come_in_any_order_relative_to_each_other(lag: int) -> None:
    """Two topics of one line: the readings are some minutes behind or ahead of the calls."""
    events, readings = calls(120), honest(60) + [reading(minute, 1_060) for minute in range(60, 120)]
    found = []
    for shift in (-60 * lag, 60 * lag):
        line = Line(RULES)
        for _, each in sorted(
            [(float(each.at), each) for each in events] + [(float(each.at) + shift, each) for each in readings],  # type: ignore[arg-type, misc]  # seconds
            key=lambda both: both[0],
        ):
            line.fold(each) if isinstance(each, CallEvent) else line.read(each)
        line.watch.close(line.state.high, line.state.results)
        (stuck,) = line.state.watch.incidents
        found.append((stuck.id, stuck.kind, stuck.start, {each.check: each.observed for each in stuck.evidence}))
    assert found[0] == found[1]


def test_what_comes_too_late_is_not_compared_and_the_comparison_begins_anew() -> None:
    line = Line(RULES)
    for each in calls(300):
        line.fold(each)
    assert line.read(reading(10, 7)) == LATE
    assert line.read(reading(299, 5_000)) == OK
    assert line.read(reading(299, 5_000)) == DUPLICATE
    line.watch.close(line.state.high, line.state.results)
    assert line.state.watch.incidents == []
    assert line.state.readings.results == [1, 1, 1]


def test_a_reading_older_than_one_that_was_compared_is_late_even_if_it_is_fresh() -> None:
    line = Line(RULES)
    for second in range(MAX_WAITING_READINGS + 1):
        line.read(reading(20 + second / 60, 5))
    assert (line.read(reading(20 - 1 / 60, 5)), line.read(reading(20.5, 5))) == (LATE, DUPLICATE)


def test_the_totals_of_a_moment_leave_out_what_came_after_it() -> None:
    line = Line(RULES)
    for each in calls(10):
        line.fold(each)
    line.fold(event("lost", NOW + 605, "10", wait=5))
    assert line.figures.totals((NOW + 5) * 1000) == CallTotals(1, 0, 0)
    assert line.figures.totals((NOW + 130) * 1000) == CallTotals(3, 3, 0)
    assert line.figures.totals((NOW + 605) * 1000) == CallTotals(11, 10, 1)


def test_so_many_readings_wait_and_no_more() -> None:
    line = Line(RULES)
    for second in range(MAX_WAITING_READINGS + 3):
        line.read(reading(second, 5))
    waiting = line.state.watch.double_entry.waiting
    assert (len(waiting), waiting[0].at) == (MAX_WAITING_READINGS, (NOW + 3 * 60 + 30) * 1000)
    assert line.state.watch.double_entry.counter.at == (NOW + 2 * 60 + 30) * 1000
