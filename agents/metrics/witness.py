"""What Prometheus sees of the second records of lines: how their calls stand to the line's, and if they speak."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from agents.metrics.labels import LINE
from streams.desks.line import Line
from streams.watch.second_record import KINDS

RESULTS: Final = ("matched", "only_here", "only_there", "contradicted", "ambiguous", "uncovered", "late", "dropped")


def families(lines: Iterable[Line]) -> Iterator[Metric]:
    """Yield the metric families of the lines that have a witness; the counter counts only what is counted for good."""
    calls = CounterMetricFamily(
        "tocsin_witness_calls",
        "Calls by how the line's second record stands to them, once nothing changes them any more.",
        labels=(*LINE, "result"),
    )
    disputed = GaugeMetricFamily(
        "tocsin_witness_disputed_calls",
        "Calls of which the line and its second record tell unlike things, in the incidents that go on.",
        labels=LINE,
    )
    unheard = GaugeMetricFamily(
        "tocsin_witness_unheard_calls",
        "Calls of the line in a row since its second record was heard last.",
        labels=LINE,
    )
    for line in lines:
        if line.witness is not None:
            label = line.rules.site, line.name
            for result in RESULTS:
                calls.add_metric((*label, result), getattr(line.witness.state, result))
            going_on = line.watch.incidents.open(lambda each: each.cause in KINDS and each.status != "dismissed")
            disputed.add_metric(label, sum(len(incident.evidence[0].calls) for incident in going_on))
            unheard.add_metric(label, line.witness.figures().unheard)
    yield from (calls, disputed, unheard)
