"""Metrics of lines' second records: how their calls match the line's, and whether they are silent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from agents.metrics.family import LINE, Family
from streams.desks.line import Line
from streams.watch.second_record import KINDS

RESULTS: Final = ("matched", "only_here", "only_there", "contradicted", "ambiguous", "uncovered", "late", "dropped")


def families(lines: Iterable[Line]) -> Iterator[Family]:
    """Yield the metric families of the lines with a witness; the counter counts only final results."""
    calls = Family(
        "counter",
        "tocsin_witness_calls",
        "Calls by how they match the line's second record, counted once this is final.",
        (*LINE, "result"),
    )
    disputed = Family(
        "gauge",
        "tocsin_witness_disputed_calls",
        "Calls of open incidents on which the line and its second record disagree.",
        LINE,
    )
    unheard = Family(
        "gauge",
        "tocsin_witness_unheard_calls",
        "Consecutive calls of the line since the last event of its second record.",
        LINE,
    )
    for line in lines:
        if line.witness is not None:
            label = line.rules.site, line.name
            for result in RESULTS:
                calls.add((*label, result), getattr(line.witness.state, result))
            now_open = line.watch.incidents.open(lambda each: each.cause in KINDS and each.status != "dismissed")
            disputed.add(label, sum(len(incident.evidence[0].calls) for incident in now_open))
            unheard.add(label, line.witness.figures().unheard)
    yield from (calls, disputed, unheard)
