"""An alarm is right or false by its time and its kind."""

from __future__ import annotations

from datetime import date

from benchmarks.detection.detectors import Alarm
from benchmarks.detection.families.plan import line
from benchmarks.detection.office import LINE, moment, stretch
from benchmarks.detection.scenario import Played, Scenario
from benchmarks.detection.score import Happening, Score, judged
from streams.events import CallEvent
from streams.simulation.office import Office
from streams.simulation.truth import Truth

DAYS = stretch(date(2013, 1, 7), 14)  # a Monday
SCENARIO = Scenario(family="faults", what="phantoms", profile=line(30), seed=2, days=DAYS)


def at(day: int, hour: float) -> int:
    return round(moment(DAYS[day], hour) * 1000)


EVENTS = [
    CallEvent(line=LINE, call=f"{day} {hour}", type="offered", at=at(day, hour) / 1000)
    for day in range(5)
    for hour in (9, 10, 11, 14, 15, 16)
]
PLAYED = Played(EVENTS, Truth(office=Office(site="lozere", lines=()), seed=1), [])
FAULT = Happening(at(1, 9), at(2, 17), at(1, 10), fault=True, works=True, kinds=("phantom",))


def score(*alarms: Alarm, happened: Happening | None = FAULT) -> Score:
    return judged("x", SCENARIO, PLAYED, happened, alarms)


def miscount(raised: int, kind: str = "phantom") -> Alarm:
    return Alarm(raised, raised, raised, kind=kind, doubted=raised)


def test_a_fault_is_found_by_the_first_miscount_in_it() -> None:
    found = score(miscount(at(2, 10)), miscount(at(1, 11)))
    assert (found.found, found.named, found.false) == (True, True, 0)
    assert found.calls == 2  # at 10 and at 11
    assert found.opening_days is not None
    assert round(found.opening_days, 3) == round(1 / 7, 3)


def test_a_fault_may_be_told_on_the_opening_day_after_it() -> None:
    assert score(miscount(at(3, 16))).found
    late = score(miscount(at(4, 9)))
    assert (late.found, late.false) == (False, 1)


def test_an_alarm_before_it_is_false() -> None:
    early = score(miscount(at(0, 16), "drift"))
    assert (early.found, early.false, early.false_kinds) == (False, 1, ["drift"])


def test_a_kind_that_does_not_fit_names_nothing() -> None:
    assert not score(miscount(at(1, 11), "duplicate")).named


def test_what_is_undecided_is_doubted_but_not_found() -> None:
    doubt = Alarm(at(1, 11), at(1, 10), at(1, 11), "undecided", "drift", once=False, doubted=at(1, 11))
    assert not score(doubt).found
    assert score(doubt).doubted_days is not None
    assert score(doubt, happened=None).undecided == 1


def test_a_fault_that_changed_nothing_is_not_found() -> None:
    nothing = FAULT._replace(works=False)
    assert not score(miscount(at(1, 11)), happened=nothing).found


def test_a_sound_line_has_false_alarms_alone() -> None:
    sound = score(miscount(at(1, 11)), miscount(at(4, 11)), happened=None)
    assert (sound.false, sound.works, sound.found) == (2, False, False)
    assert round(sound.years * 365.25) == 14


def test_a_real_loss_is_taken_for_a_miscount_or_called_an_overload() -> None:
    real = FAULT._replace(fault=False, kinds=())
    rush = Alarm(at(1, 8), at(1, 8), at(1, 17), "overload", "overload", once=False)
    taken = score(miscount(at(1, 11)), rush, happened=real)
    assert (taken.found, taken.overload, taken.fault) == (True, True, False)


def test_an_overload_that_was_open_before_tells_of_it() -> None:
    real = FAULT._replace(fault=False, kinds=())
    before = Alarm(at(0, 8), at(0, 8), at(1, 17), "overload", "overload", once=False)
    assert score(before, happened=real).overload
