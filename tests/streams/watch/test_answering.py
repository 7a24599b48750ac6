"""What follows from answers that call losses real."""

from __future__ import annotations

from streams.desks.line import Line
from tests.streams.watch.telling import USUAL_DAYS, Telling, incidents, opening, usual
from tests.streams.watch.test_asking import lived, questions
from tests.streams.watch.test_overload import HOUR, bad


def real(told: Telling) -> Line:
    return lived(told, lambda _: "right")


def test_two_rushes_within_a_fortnight_are_not_learnt_as_the_lines_usual_losses() -> None:
    told = usual()
    for day in range(USUAL_DAYS, USUAL_DAYS + 12):
        told.day(day)
        if day in {USUAL_DAYS, USUAL_DAYS + 6}:
            bad(told, opening(day) + 2 * HOUR)
    line = real(told)
    assert [each.verdict for each in incidents(line)] == ["overload", "overload"]
    assert [each.decided for each in questions(line)] == ["sound", "sound"]
    assert line.state.watch.prior is None, "the line was not learnt again"


def test_real_losses_that_last_are_learnt() -> None:
    told = usual()
    for day in range(USUAL_DAYS, USUAL_DAYS + 14):
        told.day(day, losses=range(0, 96, 8))
    line = real(told)
    assert all(each.verdict != "miscount" for each in incidents(line))
    assert 0.08 < (line.state.watch.prior or 0.0) < 0.2
