"""A daily gap in the log is a miscount; a change of opening hours is a question."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from streams.calls.rules import LineRules
from streams.desks.line import Line
from streams.watch.facts import NoCallAtHours
from streams.watch.hours import BY_HOURS, CALLS, LOSSES
from streams.watch.incident import Incident, Judgement
from tests.streams.watch.telling import DAY, Telling, closed, incidents, office_open, opening

LEARNT = 14  # sound days
HOUR = 3600.0
Hidden = Callable[[float, str], bool]  # by the time after the opening (s) and the outcome


def told(hidden: Hidden, *, days: int = 28, losses: float = 0.05, calls: int = 80, wait: float = 20) -> Line:
    """Return a line after sound days and days on which some calls are hidden and others wait a mean of `wait` s."""
    random, line = Random(7), Telling()
    for day in range(days):
        for at in sorted(random.uniform(0, 8 * HOUR) for _ in range(round(random.gauss(calls, calls / 6)))):
            outcome = "lost" if random.random() < losses else "answered"
            if day >= LEARNT and hidden(at, outcome):
                continue
            waited = random.expovariate(1 / (wait if day >= LEARNT else 20))
            line.call(outcome, opening(day) + at, waited)
    rules = LineRules(site="lozere", line="circulation", open=office_open, expected=losses)
    return closed(line.folded(rules))


def found(line: Line) -> list[Incident]:
    return [each for each in incidents(line) if each.cause in BY_HOURS]


def between(first: float, end: float, outcome: str = "") -> Hidden:
    return lambda at, how: first * HOUR <= at < end * HOUR and how.startswith(outcome)


def test_half_an_hour_that_is_lost_every_day_is_missing() -> None:
    (gap,) = found(told(between(1.25, 1.75)))
    assert (gap.cause, gap.kind, gap.verdict) == (CALLS, "missing", "miscount")
    facts = gap.evidence[0].facts
    assert isinstance(facts, NoCallAtHours)
    assert (facts.first, facts.end) == (9 * 60 + 15, 9 * 60 + 45), "the office opens at 8"
    assert gap.start == opening(LEARNT) * 1000
    assert gap.detected <= (opening(LEARNT + 7) + DAY) * 1000


@pytest.mark.parametrize(("first", "end"), [(0, 1), (7, 8), (3.5, 4.5), (1, 4)])
def test_hours_that_change_are_undecided_and_are_usual_later(first: float, end: float) -> None:
    (gap,) = found(told(between(first, end)))
    assert (gap.verdict, gap.over) == ("undecided", True)
    assert gap.end <= (opening(LEARNT + 10) + DAY) * 1000


def test_losses_that_are_lost_every_morning_are_missing() -> None:
    (gap,) = found(told(between(0, 2, "lost"), losses=0.3))
    assert (gap.cause, gap.kind, gap.verdict) == (LOSSES, "missing", "miscount")
    assert gap.start == opening(LEARNT) * 1000


def test_a_morning_without_losses_and_with_shorter_waits_is_an_improvement() -> None:
    assert found(told(between(0, 2, "lost"), losses=0.3, wait=10)) == []


@pytest.mark.parametrize("calls", [8, 80])
def test_a_sound_line_has_no_such_hours(calls: int) -> None:
    assert found(told(lambda *_: False, days=40, calls=calls)) == []


def test_losses_that_end_with_a_miscount_are_not_missing_afterwards() -> None:
    usual_day = told(lambda *_: False, days=40, losses=0.05)
    hours = usual_day.watch._hours
    kept = sorted(usual_day.state.watch.days)
    start, end = (min(usual_day.state.watch.days[day]) * 900_000 for day in (kept[-9], kept[-3]))
    usual_day.watch.incidents.begin("rise", Judgement("drift", "miscount", []), start=start, now=end, calls=1)
    assert [day for day in kept[-12:] if not hours._is_sound(day)] == kept[-9:-3]
