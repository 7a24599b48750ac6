"""Larger faults are detected, smaller ones are not, and days with an incident are not used as a baseline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random

import pytest

from streams.calls.rules import LineRules
from streams.certificate.attempts import LineCalls, rebuilt
from streams.certificate.sensitivity import (
    OF_CALLERS,
    OF_COUNTS,
    SMALLEST,
    STARTS,
    STEP,
    FaultPlayer,
    Trial,
    mechanisms,
    smallest,
    trials,
)
from streams.kept.times import HOUR_MS, QUARTER_MS
from streams.kept.waits import Waits
from streams.ledger.day import CallSlot, LineDay
from streams.simulation.faults.mechanisms import MECHANISMS
from streams.simulation.office import OfficeDay

FIRST = date(2013, 1, 7)
OPEN, CLOSE = 9, 13
USUAL = 30  # calls a day


def weekday(at: int) -> int:
    return datetime.fromtimestamp(at / 1000, UTC).weekday()


RULES = LineRules(
    site="lozere",
    line="standard",
    expected=0.02,
    open=lambda at: weekday(at) < 5 and OPEN <= at // HOUR_MS % 24 < CLOSE,
)


def office(days: int) -> Iterator[OfficeDay]:
    for n in range(days):
        day = FIRST + timedelta(n)
        start = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
        hours = ((start + OPEN * 3600, start + CLOSE * 3600),) if day.weekday() < 5 else ()
        yield OfficeDay(day, start, start + 86_400, hours)


@cache
def year() -> tuple[LineCalls, tuple[OfficeDay, ...]]:
    days = tuple(office(112))
    random, ledger = Random(7), []
    for day in days:
        slots, waits, lost_waits = dict[int, CallSlot](), Waits(), Waits()
        for start, end in day.opened:
            first, last = (round(moment * 1000) // QUARTER_MS for moment in (start, end))
            for _ in range(USUAL):
                slot = slots.setdefault(random.randrange(first, last), CallSlot())
                slot.offered += 1
                if random.random() < 0.02:
                    slot.lost += 1
                    lost_waits.add(round(random.expovariate(1 / 30_000)))
                else:
                    slot.answered += 1
                    waits.add(round(random.expovariate(1 / 12_000)))
        name = day.date.isoformat()
        ledger.append(LineDay(id="lozere/standard", day=name, slots=slots, answered_waits=waits, lost_waits=lost_waits))
    return rebuilt(ledger, lambda day: date.fromisoformat(day).toordinal()), days


def starts(unsound: set[int] | None = None) -> list[Trial]:
    calls, days = year()
    return trials(RULES, calls, days, FIRST.toordinal(), unsound or set())


@pytest.mark.slow
def test_a_big_fault_is_told_and_the_size_found_is_the_smallest() -> None:
    calls, _ = year()
    some = starts()[::2]
    found = smallest("answered-as-lost-silently", RULES, calls, some)
    soon, later = found.told[5], found.told[20]
    assert soon is not None
    assert later is not None
    assert 0 < later.severity <= soon.severity <= MECHANISMS["answered-as-lost-silently"].severity.worst
    assert later.points == pytest.approx(later.severity * 0.98, rel=0.3)
    assert found.worst_told == found.starts == len(some)
    player = FaultPlayer("answered-as-lost-silently", RULES, calls)
    told = [player.delay(each, later.severity / STEP, 20) is not None for each in some]
    assert sum(told) < len(some), "a size smaller by the step is not told from each of these days"


def test_where_nothing_is_changed_nothing_is_told() -> None:
    calls, _ = year()
    found = smallest("diverted-as-lost", RULES, calls, starts()[:3])
    assert found.told == {5: None, 20: None}
    assert (found.worst.points, found.worst_told) == (0.0, 0)


def test_no_trial_touches_a_day_on_which_something_was_wrong() -> None:
    assert len(starts()) == STARTS
    wrong = FIRST.toordinal() + 40
    left = starts({wrong})
    assert left
    assert all(wrong not in [day.date.toordinal() for day in each.days] for each in left)
    assert all(sum(map(bool, (day.opened for day in each.days))) == 20 for each in left)
    assert starts(set(range(FIRST.toordinal(), FIRST.toordinal() + 112))) == []


def test_what_shows_in_callers_is_tried_only_where_these_are_told() -> None:
    calls, _ = year()
    assert [name for name, told in mechanisms(calls).items() if told] == list(OF_COUNTS)
    assert all(mechanisms(calls._replace(callers=True, talks=True)).values())
    assert {*OF_COUNTS, *OF_CALLERS} <= MECHANISMS.keys()


@pytest.mark.parametrize("needed", [0.0, 0.02, 0.1])
def test_the_smallest_size_is_found_within_a_step_and_none_below_the_smallest_is_tried(
    monkeypatch: pytest.MonkeyPatch, needed: float
) -> None:
    tried = set[float]()

    def delay(_player: FaultPlayer, _trial: Trial, severity: float, _within: int) -> int | None:
        tried.add(severity)
        return 3 if severity >= needed else None

    monkeypatch.setattr(FaultPlayer, "delay", delay)
    calls, days = year()
    worst = MECHANISMS["phantoms"].severity.worst
    found = smallest("phantoms", RULES, calls, [Trial(b"", days[:28])] * 3)
    (size,) = {each.severity for each in found.told.values() if each is not None}
    assert set(found.told) == {5, 20}
    assert max(needed, SMALLEST * worst) <= size <= max(STEP * needed, SMALLEST * worst)
    assert min(tried) == SMALLEST * worst


def test_invented_calls_move_the_rate_by_the_calls_that_they_add() -> None:
    calls, days = year()
    player = FaultPlayer("phantoms", RULES, calls)
    trial = Trial(b"", days[:28])
    none, some = (player.size([trial], severity, 20) for severity in (0.0, 0.5))
    assert (none.severity, none.points) == (0.0, 0.0)
    assert some.points == pytest.approx((0.02 + 0.5) / 1.5 - 0.02, abs=0.05)
