"""Samples are written as by prometheus_client."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics

from agents.metrics.family import Family
from agents.metrics.written import END, Encoder, Page

LABELS = ("site", "reason", "line")  # not in the order of the alphabet
VALUES = st.tuples(*[st.text(max_size=8).filter(lambda text: "\0" not in text)] * len(LABELS))
NUMBERS = st.one_of(st.booleans(), st.integers(-(10**12), 10**12), st.floats())
COUNTS = st.lists(st.integers(0, 10**9), min_size=3, max_size=3)


def same(family: Family, by_prometheus: Metric) -> bool:
    encoders: Iterable[Encoder] = (generate_latest, generate_openmetrics)
    return all(
        encode(Page([family.head()])).removesuffix(END) + family.text()
        == encode(Page([by_prometheus])).removesuffix(END)
        for encode in encoders
    )


@given(st.lists(st.tuples(VALUES, NUMBERS), max_size=4))
def test_counters_and_gauges(samples: list[tuple[tuple[str, ...], float]]) -> None:
    counter, gauge = Family("counter", "calls", "Calls.", LABELS), Family("gauge", "calls", "Calls.", LABELS)
    counters, gauges = (
        CounterMetricFamily("calls", "Calls.", labels=LABELS),
        GaugeMetricFamily("calls", "Calls.", labels=LABELS),
    )
    for values, number in samples:
        counter.add(values, number)
        counters.add_metric(values, number)
        gauge.add(values[:2], number, ("kind", "a"))
        gauges.add_sample("calls", {"kind": values[0], "a": values[1]}, number)
    assert same(counter, counters)
    assert same(gauge, gauges)


@given(st.lists(st.tuples(VALUES, COUNTS, st.floats(0, 1e12)), max_size=3))
def test_histograms(samples: list[tuple[tuple[str, ...], list[int], float]]) -> None:
    family, by_prometheus = (
        Family("histogram", "waits", "Waits.", LABELS),
        HistogramMetricFamily("waits", "Waits.", labels=LABELS),
    )
    for values, counts, total in samples:
        buckets = list(zip(("5.0", "10.0", "+Inf"), counts, strict=True))
        family.add_histogram(values, buckets, total)
        by_prometheus.add_metric(values, list(buckets), total)
    assert same(family, by_prometheus)
