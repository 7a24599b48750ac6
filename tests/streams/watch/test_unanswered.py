"""What is published about losses that one record cannot explain, while nobody answers the question about them."""

from __future__ import annotations

from msgspec.structs import replace

from streams.desks.line import Line
from streams.desks.line_corrected import corrected_of
from streams.watch.incident import ASKED
from tests.streams.watch.telling import RULES, USUAL_DAYS, Telling, closed, incidents, opening


def menu(days: int) -> Line:
    """Return a line whose callers hang up in a new menu for some days; nobody whom it loses calls again."""
    told = Telling()
    for day in range(USUAL_DAYS):
        told.day(day, losses=range(0, 96, 24))
    for day in range(USUAL_DAYS, USUAL_DAYS + days):
        for number, at in enumerate(range(opening(day), opening(day) + 8 * 3600, 300)):
            told.call("lost" if number % 5 == 0 else "answered", at, 2.0 if number % 5 == 0 else 10.0 + number % 7)
    return closed(told.folded(replace(RULES, expected=0.042)))


def test_asked_in_vain_losses_are_published_with_both_explanations() -> None:
    line = menu(days=6)
    (found,) = incidents(line)
    assert (found.verdict, found.evidence[-1].check) == ("undecided", ASKED)
    figure = corrected_of(line)
    assert figure.counts == line.figures.counts(), "raw figures are published as they are"
    assert figure.intervals.underlying is not None
    low, high = figure.intervals.underlying
    assert low < 0.042 < figure.counts.lost_rate < high  # type: ignore[operator]


def test_a_question_that_was_only_just_asked_withholds_the_figure() -> None:
    line = menu(days=1)
    (found,) = incidents(line)
    assert (found.verdict, found.unanswered) == ("undecided", False)
    assert corrected_of(line).counts is None
