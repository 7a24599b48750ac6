"""A line's counter against its events: findings, moments of comparison, and no call in quarantine."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from streams.calls.call import ANSWERED, DIVERTED, LOST
from streams.calls.rules import LineRules
from streams.desks.line import Line
from streams.events import CallEvent, Reading, Review
from streams.kept import record
from streams.kept.mark import DUPLICATE, LATE, OK
from streams.kept.times import SLOTS_A_DAY
from streams.partition import MAX_RECORD
from streams.watch.double_entry import MAX_WAITING_READINGS
from streams.watch.facts import CounterOff, ReadingsMissing
from streams.watch.growth import KEPT_DAYS, Growth, quarter
from streams.watch.incident import Incident
from streams.watch.quarantine import correct
from streams.watch.state import GrowthState
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
    assert (reset.kind, reset.evidence[0].observed) == ("reset", -1_046), (
        "from the last reading of a quarter-hour to the last one of the next"
    )

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
    events = [each for each in calls(120) if not NOW + 3000 <= float(each.at) < NOW + 6600]  # type: ignore[arg-type]  # seconds
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


def test_a_reading_is_late_behind_another_reading_and_never_behind_the_calls() -> None:
    line = Line(RULES)
    for each in calls(300):
        line.fold(each)
    assert line.read(reading(10, 1_011)) == OK
    assert line.read(reading(299, 1_300)) == OK
    assert line.read(reading(299, 1_300)) == DUPLICATE
    assert line.read(reading(298, 7)) == LATE
    line.watch.close(line.state.high, line.state.results)
    assert line.state.watch.incidents == []
    assert line.state.readings.results == [2, 1, 1]


def test_after_a_late_reading_of_an_interval_the_comparison_begins_anew() -> None:
    line = Line(RULES)
    every = [reading(m, 1, mode="interval", since=NOW + 60 * (m - 1) + 30) for m in range(1, 120)]
    late = every.pop(40)
    assert told(line, calls(120), [*every[:60], *every[60:]]) != [], "a stretch is missing"
    line = Line(RULES)
    for counted in (*every[:41], late, *every[41:]):
        line.read(counted)
    assert line.state.readings.results == [118, 0, 1]
    assert told(line, calls(120), []) == [], "it is not missing, it came late"


def test_a_year_of_readings_waits_and_no_more() -> None:
    line = Line(RULES)
    for number in range(MAX_WAITING_READINGS + 3):
        line.read(reading(15 * number, 7_001 * number, lost=911 * number, lost_reasons=("abandoned", "timeout")))
    waiting = line.state.watch.double_entry.waiting
    assert (len(waiting), waiting[0].at) == (MAX_WAITING_READINGS, (NOW + 30) * 1000)
    assert line.state.readings.results == [MAX_WAITING_READINGS, 0, 3]
    assert len(record.encode(line.state)) < MAX_RECORD * 2 / 3
    assert line.shed()
    assert waiting is not line.state.watch.double_entry.waiting
    assert len(line.state.watch.double_entry.waiting) == MAX_WAITING_READINGS / 2, "half as fine"


def test_a_year_of_calls_waits_for_readings_and_no_more() -> None:
    line = Line(RULES)
    day = 86_400 * 1000
    growth = Growth(line.state.watch.double_entry.growth, line.figures.outcomes, {})
    for number in range((KEPT_DAYS + 10) * SLOTS_A_DAY):
        line.state.offered += 200 + number % 97
        for outcome in (ANSWERED, LOST, LOST + 1, DIVERTED + 2):
            line.state.counts[outcome] = line.state.counts.get(outcome, 0) + 40 + number % 89
        growth.note(quarter(NOW * 1000) + number)
    state = line.state.watch.double_entry.growth
    assert KEPT_DAYS <= len(state.days) <= KEPT_DAYS + 1
    assert state.since == quarter(NOW * 1000 + 10 * day) - 1
    assert len(record.encode(line.state)) < MAX_RECORD / 2
    assert line.shed()
    assert KEPT_DAYS / 2 <= len(state.days) <= KEPT_DAYS / 2 + 1
    growth.forget(state.noted)
    assert (state.base, state.days) == (state.totals, {})


def test_a_state_of_an_earlier_version_goes_on_with_what_it_knows() -> None:
    line = Line(RULES)
    events, counted = calls(240), honest(240)
    for each in events[:240]:
        line.fold(each)
    for taken in counted[:120]:
        line.read(taken)
    line.state.watch.double_entry.growth = GrowthState()  # which it did not have
    line.state.watch.double_entry.heard = 0
    assert told(line, events[240:], counted[120:]) == []
    assert line.state.readings.results == [240, 0, 0]
