"""A run plays both worlds, publishes month by month, and judges each verdict by the truth."""

from __future__ import annotations

from datetime import date

import pytest

from benchmarks.detection.detectors import Alarm
from benchmarks.detection.held_out.published import Figure
from benchmarks.detection.held_out.questions import answers_of
from benchmarks.detection.held_out.run import Run, judge, run
from benchmarks.detection.held_out.situation import Played, Recorded, TrueCall
from benchmarks.detection.office import office
from streams.kept.times import DAY_MS, HOUR_MS
from streams.simulation.office import OfficeDay

DAYS = tuple(
    OfficeDay(date(2013, 9, 2 + number), number * 86_400.0, (number + 1) * 86_400.0, ((number * 86_400.0, 1.0),))
    for number in range(10)
)


def played(wrong: int) -> Played:
    """Ten days of a call an hour; the records of the third and fourth days are wrong from a number on."""
    starts = range(0, 10 * DAY_MS, HOUR_MS)
    recorded = {str(at): Recorded(at, "lost", not 2 * DAY_MS <= at < 4 * DAY_MS, "answered") for at in starts}
    calls = [TrueCall(str(at), at, "answered") for at in starts]
    return Played(office(), DAYS, [], calls, recorded, 2 * DAY_MS, 4 * DAY_MS, [2 * DAY_MS + wrong * HOUR_MS])


def judged(kind: str, *alarms: Alarm) -> Run:
    result = Run(
        name="",
        situation="",
        world="",
        seed=0,
        kind="fault" if kind == "fault" else "real",
        answers="none",
        years=1,
        whole=Figure(name="whole"),
    )
    judge(result, played(0), list(alarms))
    return result


def miscount(day: float, start: float | None = None) -> Alarm:
    at = round(day * DAY_MS)
    return Alarm(at, round((day if start is None else start) * DAY_MS), at, kind="drift", doubted=at)


def test_a_verdict_during_the_fault_or_on_the_next_opening_day_finds_it() -> None:
    assert [judged("fault", miscount(day)).told for day in (1.5, 2.5, 4.5, 5.5)] == [None, 13, 61, None]
    assert [judged("fault", miscount(day)).false for day in (1.5, 2.5, 4.5, 5.5)] == [["drift"], [], [], ["drift"]]


def test_a_late_verdict_about_the_days_of_the_fault_finds_it_too() -> None:
    found = judged("fault", miscount(8, start=3))
    assert (found.told, found.false) == (145, [])


def test_every_miscount_of_a_real_change_is_false() -> None:
    found = judged("real", miscount(2.5), miscount(8)._replace(once=False, verdict="undecided"))
    assert (found.false, found.doubts, found.told) == (["drift"], 1, None)
    taken_back = miscount(2.5)._replace(verdict="overload", kind="overload")
    assert judged("real", taken_back).false == ["taken back: overload"]


def test_a_figure_is_off_by_more_than_half_a_point_and_marked_by_its_method_a_doubt_or_a_question() -> None:
    figure = Figure(name="2013-09", true=0.02, rate=0.026, low=0.01, high=0.04)
    assert (figure.off, figure.marked, figure.holds) == (True, False, True)
    assert not Figure(name="", true=0.02, rate=0.024).off
    assert all(
        Figure(name="", rate=0.02, **mark).marked
        for mark in ({"method": "exclude"}, {"doubted": True}, {"waiting": True})
    )
    withheld = Figure(name="", true=0.5, method="unavailable")
    assert (withheld.withheld, withheld.marked, withheld.off) == (True, True, False)


def test_answers_follow_the_truth_and_one_in_twenty_errs() -> None:
    recorded = {str(number): Recorded(0, "lost", number % 2 == 0, "lost") for number in range(2_000)}
    true, erring = answers_of(recorded, "true"), answers_of(recorded, "5 % wrong")
    assert true is not None
    assert erring is not None
    assert answers_of(recorded, "none") is None
    assert true("line", "not recorded") is None
    said = [(true("line", call), erring("line", call)) for call in recorded]
    assert [one.answer for one, _ in said if one][:2] == ["right", "wrong"]
    assert sum(one != other for one, other in said) == pytest.approx(100, abs=40)


@pytest.mark.slow
@pytest.mark.parametrize("world", ["office", "district"])
def test_a_silent_fault_is_found_and_its_months_are_not_published_unmarked(world: str) -> None:
    found = run("silent 18 %", world, 1, "none")
    assert found.moves > 10
    assert found.told is not None
    assert len(found.figures) >= 4
    months = [each for each in found.figures if each.wrong]
    assert months
    assert not [each for each in months if each.off and not each.marked]
    sound = [each for each in found.figures if not each.wrong]
    assert all(each.rate == pytest.approx(each.true, abs=0.005) for each in sound)
    assert found.figures == run("silent 18 %", world, 1, "none").figures
