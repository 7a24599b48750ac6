"""Waits by appointment that are nearly all 0 are unknown; a few, or other visitors' waits, are not suspected."""

from __future__ import annotations

import pytest

from streams.cases.booked import booked_at_once, nearly_all_at_once
from streams.cases.case import SeenCase
from streams.cases.laws import CASE_LAWS, count, sign
from streams.cases.usual import UsualCases
from streams.cases.view import CaseRules, View
from streams.kept.times import DAY_MS, utc_day

RULES = CaseRules("titres", "service", utc_day, None)
FIRST = 19_723  # a Monday
(LAW,) = (each for each in CASE_LAWS if each.broken is booked_at_once)


def day(number: int, at_once: int, *, booked: bool = True, step: int = 601_000) -> list[SeenCase]:
    """Return thirty visitors of a day, of whom some wait for no second."""
    cases = []
    for place in range(30):
        begun = (FIRST + number) * DAY_MS + place * step
        met = begun + (0 if place < at_once else 67_000)
        cases.append(SeenCase(-1, 0, begun=begun, met=met, ended=met + 7_000, day=utc_day(begun), booked=booked))
    return cases


def view(usual: UsualCases, cases: list[SeenCase]) -> View:
    return View(RULES, usual, cases, whole=True)


def usual(at_once: int = 0) -> UsualCases:
    found = UsualCases()
    for number in range(20):
        cases = day(number, at_once)
        found.learn_count(len(cases))
        found.waits.learn([(each.wait or 0) / 1000 for each in cases])
        found.share(LAW.share).learn(*count(LAW, view(found, cases)))
    return found


def test_waits_by_appointment_that_are_all_zero_are_unknown() -> None:
    found = sign(LAW, view(usual(), day(20, 30)))
    assert found is not None
    assert (found.law, found.kind, found.seen, found.of, found.sure) == ("waits of zero", "zero", 30, 30, True)


@pytest.mark.parametrize(
    ("cases", "learnt"),
    [
        (day(20, 2), 0),
        (day(20, 30, booked=False), 0),
        (day(20, 30), 6),
        (day(20, 30, step=600_000)[::2], 0),
    ],
    ids=["a few", "without an appointment", "usual", "too few"],
)
def test_other_waits_of_zero_are_not_suspected(cases: list[SeenCase], learnt: int) -> None:
    known = usual(learnt)
    found = sign(LAW, view(known, cases))
    assert found is None or not nearly_all_at_once(view(known, cases), found.cases)
    if len(cases) >= 30:
        assert found is None


def test_new_appointments_are_not_suspected() -> None:
    known = usual()
    known.shares.clear()
    assert sign(LAW, view(known, day(20, 30))) is None


def test_whole_minutes_hide_waits_of_seconds() -> None:
    cases = day(20, 30, step=600_000)
    for each in cases:
        each.ended = each.met + 60_000
    assert count(LAW, view(usual(), cases)) == (0, 0)
