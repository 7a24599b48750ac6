"""A line's corrected figures: by its witness where it has one, else by what its watch infers."""

from __future__ import annotations

from streams.desks.line import Line
from streams.watch.correction import Corrected, by_witness
from streams.watch.quarantine import correct


def corrected_of(line: Line) -> Corrected:
    """Return the corrected counts of a line."""
    figure = correct(line.figures.counts(), line.watch)
    if line.witness is None:
        return figure
    found = line.witness.figures()
    return by_witness(figure, found.best, found.coverage)
