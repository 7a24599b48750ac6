"""What follows from answers that call losses real."""

from __future__ import annotations

from streams.desks.line import Line
from streams.events import Answer
from streams.watch.thresholds import ASK
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


def few_losses(days: int) -> Telling:
    """Return days with five lost calls each."""
    told = Telling()
    for day in range(days):
        told.day(day, losses=range(0, 96, 20))
    return told


def test_the_first_sample_comes_as_soon_as_there_are_enough_lost_calls() -> None:
    early, late = (real(told) for told in (few_losses(7), usual(7)))
    (first,), (patient,) = questions(early, "first"), questions(late, "first")
    assert len(first.calls) == ASK.first_calls
    assert first.at // 1000 < opening(ASK.first_days_least + 1), "the last calls of a day settle on the next"
    assert opening(ASK.first_days - 1) < patient.at // 1000 < opening(ASK.first_days)


def test_a_first_sample_that_leaves_no_call_to_ask_about_is_followed_up_by_the_next_days() -> None:
    left: list[Answer] = ["wrong", "wrong"]
    line = lived(few_losses(7), lambda _: left.pop() if left else "right")
    (first,), (*_, last) = questions(line, "first"), questions(line)
    assert (first.tally().wrong, first.decided) == (2, "")
    assert (last.since, last.decided) == (first.since, "sound")
    assert all(each.at > first.until for each in last.calls)


def test_five_right_calls_do_not_end_a_miscount_in_which_a_third_of_the_losses_were_wrong() -> None:
    asked = 0

    def says(call: str) -> Answer:
        nonlocal asked
        asked += 1
        day = (int(call) - 1) // 96
        return "wrong" if asked % 3 == 0 and not 8 <= day < 15 else "right"

    line = lived(few_losses(50), says)
    about = [each for each in questions(line) if each.incident]
    assert any(each.tally().right == ASK.calls and not each.decided for each in about), "five right, and still open"
    assert {round(each.share, 1) for each in about} == {0.3}
    assert all(each.tally().right == ASK.calls for each in about if each.decided == "sound")
