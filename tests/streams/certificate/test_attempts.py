"""Calls rebuilt from the ledger agree with the ledger; calls rebuilt from events agree with the fold."""

from __future__ import annotations

from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from streams.calls.call import ANSWERED, DIVERTED, LOST
from streams.calls.rules import LineRules
from streams.certificate.attempts import LineCalls, rebuilt, told
from streams.desks.line import Line
from streams.events import CallEvent
from streams.kept.times import QUARTER_MS
from streams.kept.waits import Waits
from streams.ledger.day import CallSlot, LineDay
from streams.simulation.attempt import Attempt, events_of

DAY = date(2013, 3, 4)
FIRST = round(DAY.toordinal() - date(1970, 1, 1).toordinal()) * 96
RULES = LineRules(site="lozere", line="standard")
COUNTS = st.integers(0, 4)


def ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def of_day(calls: LineCalls) -> list[Attempt]:
    return [each for attempts in calls.days.values() for each in attempts]


@given(st.dictionaries(st.integers(0, 95), st.tuples(COUNTS, COUNTS, COUNTS, COUNTS), max_size=6))
def test_each_quarter_of_an_hour_has_the_calls_that_the_ledger_counts(given: dict[int, tuple[int, ...]]) -> None:
    slots, waits = {}, Waits()
    for n, (answered, lost, diverted, open_) in given.items():
        slots[FIRST + n] = CallSlot(answered + lost + diverted + open_, answered, lost, diverted)
        for _ in range(answered):
            waits.add(7_000)
    day = LineDay(id="lozere/standard", day=DAY.isoformat(), slots=slots, answered_waits=waits)
    calls = of_day(rebuilt([day], ordinal))
    counted = Counter[tuple[int, str]](
        (each.start // QUARTER_MS, "open" if each.unsent else each.outcome) for each in calls
    )
    for n, numbers in given.items():
        kinds = ("answered", "lost", "diverted", "open")
        assert tuple(counted[FIRST + n, kind] for kind in kinds) == numbers
    assert len(calls) == sum(map(sum, given.values()))
    assert all((each.caller, each.agent, each.talk) == (None, None, None) for each in calls)
    assert all(abs(each.wait - 7_000) <= 70 for each in calls if each.outcome == "answered" and not each.unsent)
    assert calls == of_day(rebuilt([day], ordinal)), "it is drawn the same each time"


def test_calls_told_by_events_are_those_that_the_line_counts() -> None:
    attempts = [
        Attempt(line="standard", call="a", start=1_000, wait=8_000, outcome="answered", caller="hmac:00", talk=60_000),
        Attempt(line="standard", call="b", start=2_000, wait=3_000, outcome="lost", reason="abandoned"),
        Attempt(line="standard", call="c", start=4_000, wait=5_000, outcome="diverted", reason="key"),
        Attempt(line="standard", call="d", start=5_000, wait=9_000, outcome="lost", reason="closed"),
    ]
    events = [event for each in attempts for _, event in events_of(each, "lozere", "switch", final=False)]
    events.append(CallEvent(line="standard", call="e", type="ringing", at=6, agent="Anna"))
    line = Line(RULES)
    for event in events:
        line.fold(event)
    found = of_day(told(events, RULES))
    counted = Counter(each.outcome for each in found)
    kinds = {"answered": ANSWERED, "lost": LOST, "diverted": DIVERTED}
    assert {name: line.figures.count(kind) for name, kind in kinds.items()} == counted
    assert [(each.start, each.wait, each.talk) for each in found[:2]] == [(1_000, 8_000, 60_000), (2_000, 3_000, None)]


def test_a_record_of_outcomes_alone_gives_the_same_moments() -> None:
    attempt = Attempt(line="standard", call="a", start=1_000, wait=8_000, outcome="answered", talk=60_000)
    events = [event for _, event in events_of(attempt, "lozere", "switch", final=True)]
    (found,) = of_day(told(events, RULES))
    assert (found.start, found.wait, found.talk) == (1_000, 8_000, 60_000)


def test_what_most_calls_tell_is_known() -> None:
    attempts = [
        Attempt(line="standard", call=str(n), start=n, wait=1, outcome="answered", caller=caller, talk=5)
        for n, caller in enumerate(("hmac:00", "hmac:01", None))
    ]
    events = [event for each in attempts for _, event in events_of(each, "lozere", "switch", final=False)]
    calls = told(events, RULES)
    assert (calls.callers, calls.talks, calls.waits) == (True, True, True)
    assert not told([e for e in events if e.type != "ended"], RULES).talks
