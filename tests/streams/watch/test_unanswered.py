"""Losses that one record cannot explain are published with a mark while nobody answers the question about them."""

from __future__ import annotations

from msgspec.structs import replace

from streams.desks.line import Line
from streams.desks.line_corrected import corrected_of
from streams.watch.incident import ASKED
from tests.streams.watch.telling import RULES, USUAL_DAYS, Telling, closed, incidents, opening


def menu(days: int) -> Line:
    """Return a line that loses many more callers for some days, after their usual wait; none of them calls again."""
    told = Telling()
    for day in range(USUAL_DAYS):
        told.day(day, losses=range(0, 96, 24))
    for day in range(USUAL_DAYS, USUAL_DAYS + days):
        for number, at in enumerate(range(opening(day), opening(day) + 8 * 3600, 300)):
            told.call("lost" if number % 5 == 0 else "answered", at, 60.0 if number % 5 == 0 else 10.0 + number % 7)
    return closed(told.folded(replace(RULES, expected=0.042)))


def test_losses_about_which_nobody_answers_are_published_with_both_explanations() -> None:
    line = menu(days=4)
    found = incidents(line)[-1]
    assert (found.verdict, found.over, found.evidence[-1].check) == ("undecided", False, ASKED)
    figure = corrected_of(line)
    assert figure.counts == line.figures.counts(), "the figure is as counted"
    assert figure.intervals.underlying is not None
    assert figure.lost_rate is not None
    low, high = figure.intervals.underlying
    assert low < 0.042 < figure.lost_rate < high
    found.evidence.pop()  # before the question has waited for a day
    assert corrected_of(line).counts is None
