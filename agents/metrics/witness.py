"""What Prometheus sees of the second records of lines: how their calls stand to those of the line, once settled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from prometheus_client.core import CounterMetricFamily, Metric

from agents.metrics.labels import LINE
from streams.desks.line import Line

RESULTS: Final = ("matched", "only_here", "only_there", "contradicted", "ambiguous", "uncovered", "late", "dropped")


def families(lines: Iterable[Line]) -> Iterator[Metric]:
    """Yield the metric family of the lines that have a witness; only what is counted for good is counted here."""
    calls = CounterMetricFamily(
        "tocsin_witness_calls",
        "Calls by how the line's second record stands to them, once nothing changes them any more.",
        labels=(*LINE, "result"),
    )
    for line in lines:
        if line.witness is not None:
            for result in RESULTS:
                calls.add_metric((line.rules.site, line.name, result), getattr(line.witness.state, result))
    yield calls
