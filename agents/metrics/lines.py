"""Metrics of the telephone lines: counters, current values, and windows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from agents.metrics.buckets import add_waits, buckets
from agents.metrics.labels import LINE
from streams.calls.call import ANSWERED, DIVERTED, LOST, OUTCOMES, REASON_INDEX, REASON_MASK, REASONS, UNRESOLVED
from streams.calls.windows import WINDOWS
from streams.desks.line import Line
from streams.kept.shown import TALK_BOUNDS, WAIT_BOUNDS


def since_ever(lines: list[Line], _now: int) -> Iterator[Metric]:
    """Yield the counters and histograms of lines."""
    yield from _counters(lines)
    yield from _histograms(_with_calls(lines))


def of_now(lines: list[Line], now: int) -> Iterator[Metric]:
    """Yield the families of lines at `now` (ms), or of a window that ends then."""
    yield from _waiting(_with_calls(lines), now)
    yield from _windows(_with_calls(lines), now)


def _with_calls(lines: list[Line]) -> list[Line]:
    """Return the lines that have events of calls; readings have neither waits nor the moments of calls."""
    return [line for line in lines if line.reported is None]


def _label(line: Line) -> tuple[str, str]:
    return (line.rules.site, line.rules.line)


def _counters(lines: list[Line]) -> Iterator[Metric]:
    offered = CounterMetricFamily("tocsin_calls_offered", "Calls that entered the line.", labels=LINE)
    answered = CounterMetricFamily("tocsin_calls_answered", "Calls that reached a human.", labels=LINE)
    lost = CounterMetricFamily(
        "tocsin_calls_lost",
        "Calls that ended without a human, for a reason that the official rate counts.",
        labels=(*LINE, "reason"),
    )
    diverted = CounterMetricFamily(
        "tocsin_calls_diverted",
        "Calls that flowed out, or ended for a reason that the official rate leaves out.",
        labels=(*LINE, "reason"),
    )
    unresolved = CounterMetricFamily(
        "tocsin_calls_unresolved",
        "Calls settled without an outcome; subtract tocsin_calls_overcounted for those still without one.",
        labels=LINE,
    )
    overcounted = GaugeMetricFamily(
        "tocsin_calls_overcounted",
        "Calls that the counters of an outcome have above the ledger: a later event changed these calls' outcome.",
        labels=(*LINE, "outcome"),
    )
    cut = CounterMetricFamily("tocsin_calls_cut", "Calls settled early because too many were live.", labels=LINE)
    forgotten = CounterMetricFamily(
        "tocsin_calls_forgotten",
        "Settled calls no longer remembered: if repeated, they would be counted again.",
        labels=LINE,
    )
    for line in lines:
        cut.add_metric(_label(line), line.state.cut)
        forgotten.add_metric(_label(line), line.state.forgotten)
        counts, shown, label = line.state.counts, line.state.shown, _label(line)
        offered.add_metric(label, line.state.offered)
        answered.add_metric(label, shown.counter(ANSWERED, counts.get(ANSWERED, 0)))
        open_ended = line.figures.unresolved()
        unresolved.add_metric(label, shown.counter(UNRESOLVED, open_ended))
        above = Counter[int]()
        for code, count in (counts | {UNRESOLVED: open_ended}).items():
            above[code & ~REASON_MASK] += shown.above(code, count)
        for outcome, kind in OUTCOMES.items():
            overcounted.add_metric((*label, outcome), above[kind])
        counted = {REASON_INDEX[reason] for reason in line.rules.lost_reasons}
        for index, reason in enumerate(REASONS):
            # A reason may have both lost and diverted calls: a call keeps the definition by which it was counted, and
            # a call may be diverted for a reason that the official rate counts as lost. The series that is unusual for
            # a reason is shown once it has calls.
            for kind, family, usual in ((LOST, lost, index in counted), (DIVERTED, diverted, index not in counted)):
                if usual or kind | index in counts:
                    code = kind | index
                    family.add_metric((*label, reason), shown.counter(code, counts.get(code, 0)))
    yield from (offered, answered, lost, diverted, unresolved, overcounted, cut, forgotten)


def _histograms(lines: list[Line]) -> Iterator[Metric]:
    waits = HistogramMetricFamily(
        "tocsin_call_wait_seconds",
        "Wait from entering the line to the first outcome.",
        labels=(*LINE, "outcome"),
    )
    talks = HistogramMetricFamily("tocsin_call_talk_seconds", "Talk time of answered calls.", labels=LINE)
    for line in lines:
        shown, label = line.state.shown, _label(line)
        for outcome, histogram in (("answered", shown.answered_wait), ("lost", shown.lost_wait)):
            waits.add_metric((*label, outcome), *buckets(WAIT_BOUNDS, histogram))
        talks.add_metric(label, *buckets(TALK_BOUNDS, shown.talk))
    yield from (waits, talks)


def _waiting(lines: list[Line], now: int) -> Iterator[Metric]:
    waiting = GaugeMetricFamily("tocsin_calls_waiting", "Callers waiting in the line now.", labels=LINE)
    longest = GaugeMetricFamily(
        "tocsin_call_longest_wait_seconds", "Longest wait of the callers waiting now.", labels=LINE
    )
    for line in lines:
        if line.rules.lifecycle != "full":
            continue  # its events are outcomes only, so the waiting callers are unknown
        waits = line.figures.waiting(now)
        waiting.add_metric(_label(line), len(waits))
        longest.add_metric(_label(line), max(waits, default=0) / 1000)
    yield from (waiting, longest)


def _windows(lines: list[Line], now: int) -> Iterator[Metric]:
    labels = (*LINE, "window")
    ratio = GaugeMetricFamily(
        "tocsin_lost_call_ratio", "Lost calls over calls that ended in the window.", labels=labels
    )
    ended = GaugeMetricFamily("tocsin_calls_ended", "Calls that ended in the window.", labels=labels)
    level = GaugeMetricFamily(
        "tocsin_service_level_ratio",
        "Calls answered in time over calls that ended in the window.",
        labels=labels,
    )
    mean = GaugeMetricFamily(
        "tocsin_call_wait_seconds_mean",
        "Mean wait of the calls answered or lost in the window.",
        labels=labels,
    )
    quantile = GaugeMetricFamily(
        "tocsin_call_wait_seconds_quantile",
        "Quantile of the waits of the calls answered or lost in the window (within 1 %).",
        labels=(*labels, "quantile"),
    )
    for line in lines:
        for window in WINDOWS:
            tally = line.figures.window(window, now)
            label = (*_label(line), window.name)
            ended.add_metric(label, tally.ended)
            # Without any call a rate is unknown and has no sample: it is never zero.
            if tally.lost_rate is not None:
                ratio.add_metric(label, tally.lost_rate)
            if tally.service_level is not None:
                level.add_metric(label, tally.service_level)
            add_waits(mean, quantile, label, tally.waits())
    yield from (ended, ratio, level, mean, quantile)
