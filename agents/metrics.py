"""What Prometheus scrapes: the owned lines, read at the moment of the scrape.

Nothing is counted here; every number comes from the state, so it is right after a restart.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

import faust
from faust.types import TP
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from agents.checkpoint import Checkpoint
from agents.liveness import Liveness
from agents.ownership import Ownership
from config.settings import Settings
from streams.call import ANSWERED, DIVERTED, LOST, REASON_INDEX, REASONS, UNRESOLVED
from streams.line import RESULTS, Line
from streams.shown import TALK_BOUNDS, WAIT_BOUNDS, Histogram
from streams.windows import WINDOWS

LINE = ("site", "line")
QUANTILES = (0.5, 0.9, 0.95)


class Figures(Collector):
    """Collect the figures of the lines that this worker owns now."""

    def __init__(
        self,
        settings: Settings,
        ownership: Ownership,
        checkpoint: Checkpoint,
        liveness: Liveness,
        app: faust.App,
        topic: str,
    ) -> None:
        self._settings = settings
        self._ownership = ownership
        self._checkpoint = checkpoint
        self._liveness = liveness
        self._app = app
        self._topic = topic

    def collect(self) -> Iterator[Metric]:
        """Yield every metric family of the worker."""
        now = self._now()
        lines = [line for partition in self._ownership.partitions.values() for line in partition.lines.values()]
        if self._settings.clock == "wall":
            for line in lines:
                line.advance(now)
        yield from _counters(lines)
        yield from _histograms(lines)
        yield from _waiting(lines, now)
        yield from _windows(lines, now)
        yield from self._pipeline()

    def describe(self) -> Iterable[Metric]:
        """Return nothing: names are checked when they are collected."""
        return ()

    def lag(self) -> dict[int, int]:
        """Return how many records of each owned partition are still to be folded."""
        lags = {}
        for number, partition in self._ownership.partitions.items():
            end = self._app.consumer.highwater(TP(self._topic, number))
            if end is not None:
                lags[number] = max(0, end - 1 - partition.state.offset)
        return lags

    def to_fold(self) -> int:
        """Return how many records there are to fold, at least one while partitions change hands."""
        return sum(self.lag().values()) if self._ownership.settled else 1

    def checkpoint_age(self) -> float:
        """Return the seconds since the last checkpoint."""
        return time.monotonic() - self._checkpoint.done

    def _now(self) -> int:
        if self._settings.clock == "wall":
            return round(time.time() * 1000)
        partitions = self._ownership.partitions.values()
        return max((line.state.high for owned in partitions for line in owned.lines.values()), default=0)

    def _pipeline(self) -> Iterator[Metric]:
        partitions = self._ownership.partitions.values()
        events = CounterMetricFamily(
            "tocsin_events", "Records of an input topic by what became of them.", labels=("topic", "result")
        )
        results = [line.state.results for owned in partitions for line in owned.lines.values()]
        for index, result in enumerate(RESULTS):
            events.add_metric((self._topic, result), sum(counts[index] for counts in results))
        invalid = sum(sum(owned.state.rejected.values()) for owned in partitions)
        events.add_metric((self._topic, "invalid"), invalid)
        yield events

        sources: dict[str, int] = {}
        for owned in partitions:
            for source, at in owned.state.sources.items():
                sources[source] = max(at, sources.get(source, 0))
        last = GaugeMetricFamily(
            "tocsin_source_last_event_timestamp_seconds",
            "Time of a source's latest event.",
            labels=("source",),
        )
        for source, at in sources.items():
            last.add_metric((source,), at / 1000)
        yield last

        yield GaugeMetricFamily(
            "tocsin_progress_age_seconds",
            "Time since something was folded, or there was nothing to fold.",
            self._liveness.age(time.monotonic()),
        )
        yield GaugeMetricFamily(
            "tocsin_checkpoint_age_seconds", "Time since the last checkpoint.", self.checkpoint_age()
        )
        lag = GaugeMetricFamily("tocsin_consumer_lag", "Records still to be folded.", labels=("topic", "partition"))
        for number, records in self.lag().items():
            lag.add_metric((self._topic, str(number)), records)
        yield lag


def _label(line: Line) -> tuple[str, str]:
    return (line.rules.site, line.rules.line)


def _counters(lines: list[Line]) -> Iterator[Metric]:
    offered = CounterMetricFamily("tocsin_calls_offered", "Calls that entered the line.", labels=LINE)
    answered = CounterMetricFamily("tocsin_calls_answered", "Calls that reached a human.", labels=LINE)
    lost = CounterMetricFamily(
        "tocsin_calls_lost",
        "Calls that ended without a human, for the reasons of the official rate.",
        labels=(*LINE, "reason"),
    )
    diverted = CounterMetricFamily(
        "tocsin_calls_diverted",
        "Calls that flowed out, or ended for a reason that the official rate leaves out.",
        labels=(*LINE, "reason"),
    )
    unresolved = CounterMetricFamily("tocsin_calls_unresolved", "Calls whose outcome never came.", labels=LINE)
    cut = CounterMetricFamily("tocsin_calls_cut", "Calls settled early, as too many were live.", labels=LINE)
    forgotten = CounterMetricFamily(
        "tocsin_calls_forgotten", "Settled calls whose repetition would count again.", labels=LINE
    )
    for line in lines:
        cut.add_metric(_label(line), line.state.cut)
        forgotten.add_metric(_label(line), line.state.forgotten)
        counts, shown, label = line.state.counts, line.state.shown, _label(line)
        offered.add_metric(label, line.state.offered)
        answered.add_metric(label, shown.counter(ANSWERED, counts.get(ANSWERED, 0)))
        unresolved.add_metric(label, shown.counter(UNRESOLVED, counts.get(UNRESOLVED, 0)))
        counted = {REASON_INDEX[reason] for reason in line.rules.lost_reasons}
        for index, reason in enumerate(REASONS):
            code = (LOST if index in counted else DIVERTED) | index
            family = lost if index in counted else diverted
            family.add_metric((*label, reason), shown.counter(code, counts.get(code, 0)))
            # A call may be diverted for any reason: shown once it was seen.
            code = DIVERTED | index
            if index in counted and code in counts:
                diverted.add_metric((*label, reason), shown.counter(code, counts[code]))
    yield from (offered, answered, lost, diverted, unresolved, cut, forgotten)


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
            waits.add_metric((*label, outcome), *_buckets(WAIT_BOUNDS, histogram))
        talks.add_metric(label, *_buckets(TALK_BOUNDS, shown.talk))
    yield from (waits, talks)


def _buckets(bounds: tuple[int, ...], histogram: Histogram) -> tuple[list[tuple[str, float]], float]:
    buckets: list[tuple[str, float]] = []
    upto = 0
    for bound, count in zip((*(f"{b}.0" for b in bounds), "+Inf"), histogram.counts, strict=True):
        upto += count
        buckets.append((bound, upto))
    return buckets, histogram.total / 1000


def _waiting(lines: list[Line], now: int) -> Iterator[Metric]:
    waiting = GaugeMetricFamily("tocsin_calls_waiting", "Callers who wait in the line now.", labels=LINE)
    longest = GaugeMetricFamily("tocsin_call_longest_wait_seconds", "Longest wait of those who wait now.", labels=LINE)
    for line in lines:
        waits = line.waiting(now)
        waiting.add_metric(_label(line), len(waits))
        longest.add_metric(_label(line), max(waits, default=0) / 1000)
    yield from (waiting, longest)


def _windows(lines: list[Line], now: int) -> Iterator[Metric]:
    labels = (*LINE, "window")
    ratio = GaugeMetricFamily(
        "tocsin_lost_call_ratio", "Lost calls over calls that ended in the window.", labels=labels
    )
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
        "Wait that this share of the calls answered or lost in the window did not exceed (within 1 %).",
        labels=(*labels, "quantile"),
    )
    for line in lines:
        for window in WINDOWS:
            tally = line.window(window, now)
            waits = tally.waits()
            label = (*_label(line), window.name)
            # Nothing counted is unknown, and unknown is no sample: never a zero.
            if tally.lost_rate is not None:
                ratio.add_metric(label, tally.lost_rate)
            if tally.service_level is not None:
                level.add_metric(label, tally.service_level)
            if (waited := waits.mean()) is not None:
                mean.add_metric(label, waited / 1000)
            for share in QUANTILES:
                if (waited := waits.quantile(share)) is not None:
                    quantile.add_metric((*label, str(share)), waited / 1000)
    yield from (ratio, level, mean, quantile)
