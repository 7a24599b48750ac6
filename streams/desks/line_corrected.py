"""A line's corrected figures, taken from its witness if it has one, otherwise inferred by its watch."""

from __future__ import annotations

from streams.desks.line import Line
from streams.watch.correction import Corrected, by_witness
from streams.watch.guard import Guard
from streams.watch.incidents import doubtful
from streams.watch.quarantine import correct
from streams.watch.thresholds import LEARNING


def corrected_of(line: Line) -> Corrected:
    """Return the corrected counts of a line; for a line of totals, only the reason why they are withheld now."""
    if line.reported is not None:
        return Corrected(guard=_guard_of_readings(line))
    figure = correct(line.figures.counts(), line.watch)
    if line.witness is None:
        return figure
    found = line.witness.figures()
    return by_witness(figure, found.best, found.coverage)


def _guard_of_readings(line: Line) -> Guard | None:
    """Return why a line of totals has its figures withheld, if so. It is recounted only by days, over a year."""
    days = line.state.reported.days
    if line.rules.expected is None and days.prior is None and days.known < LEARNING.known:
        return Guard("no baseline")
    doubts = [each.bounds()[0] for each in line.watch.incidents.open(doubtful)]
    return Guard("undecided", min(doubts)) if doubts else None
