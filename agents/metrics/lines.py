"""Metrics of the telephone lines: counters, current values, and windows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from agents.metrics.family import LINE, Family, add_waits, buckets
from streams.calls.call import ANSWERED, DIVERTED, LOST, OUTCOMES, REASON_INDEX, REASON_MASK, REASONS, UNRESOLVED
from streams.desks.line import Line
from streams.kept.shown import TALK_BOUNDS, WAIT_BOUNDS


def since_ever(lines: list[Line], _now: int) -> Iterator[Family]:
    """Yield the counters and histograms of lines."""
    yield from _counters(lines)
    yield from _histograms(_with_calls(lines))


def _with_calls(lines: list[Line]) -> list[Line]:
    """Return the lines that have events of calls; readings have neither waits nor the moments of calls."""
    return [line for line in lines if line.reported is None]


def _label(line: Line) -> tuple[str, str]:
    return (line.rules.site, line.rules.line)


def _counters(lines: list[Line]) -> Iterator[Family]:
    offered = Family("counter", "tocsin_calls_offered", "Calls that entered the line.", LINE)
    answered = Family("counter", "tocsin_calls_answered", "Calls that reached a human.", LINE)
    lost = Family(
        "counter",
        "tocsin_calls_lost",
        "Calls that ended without a human, for a reason that the official rate counts.",
        (*LINE, "reason"),
    )
    diverted = Family(
        "counter",
        "tocsin_calls_diverted",
        "Calls that flowed out, or ended for a reason that the official rate leaves out.",
        (*LINE, "reason"),
    )
    unresolved = Family(
        "counter",
        "tocsin_calls_unresolved",
        "Calls settled without an outcome; subtract tocsin_calls_overcounted for those still without one.",
        LINE,
    )
    overcounted = Family(
        "gauge",
        "tocsin_calls_overcounted",
        "Calls that the counters of an outcome have above the ledger: a later event changed these calls' outcome.",
        (*LINE, "outcome"),
    )
    cut = Family("counter", "tocsin_calls_cut", "Calls settled early because too many were live.", LINE)
    forgotten = Family(
        "counter",
        "tocsin_calls_forgotten",
        "Settled calls no longer remembered: if repeated, they would be counted again.",
        LINE,
    )
    for line in lines:
        cut.add(_label(line), line.state.cut)
        forgotten.add(_label(line), line.state.forgotten)
        counts, shown, label = line.state.counts, line.state.shown, _label(line)
        offered.add(label, line.state.offered)
        answered.add(label, shown.counter(ANSWERED, counts.get(ANSWERED, 0)))
        open_ended = line.figures.unresolved()
        unresolved.add(label, shown.counter(UNRESOLVED, open_ended))
        above = Counter[int]()
        for code, count in (counts | {UNRESOLVED: open_ended}).items():
            above[code & ~REASON_MASK] += shown.above(code, count)
        for outcome, kind in OUTCOMES.items():
            overcounted.add((*label, outcome), above[kind])
        counted = {REASON_INDEX[reason] for reason in line.rules.lost_reasons}
        for index, reason in enumerate(REASONS):
            # A reason may have both lost and diverted calls: a call keeps the definition by which it was counted, and
            # a call may be diverted for a reason that the official rate counts as lost. The series that is unusual for
            # a reason is shown once it has calls.
            for kind, family, usual in ((LOST, lost, index in counted), (DIVERTED, diverted, index not in counted)):
                if usual or kind | index in counts:
                    code = kind | index
                    family.add((*label, reason), shown.counter(code, counts.get(code, 0)))
    yield from (offered, answered, lost, diverted, unresolved, overcounted, cut, forgotten)


def _histograms(lines: list[Line]) -> Iterator[Family]:
    waits = Family(
        "histogram",
        "tocsin_call_wait_seconds",
        "Wait from entering the line to the first outcome.",
        (*LINE, "outcome"),
    )
    talks = Family("histogram", "tocsin_call_talk_seconds", "Talk time of answered calls.", LINE)
    for line in lines:
        shown, label = line.state.shown, _label(line)
        for outcome, histogram in (("answered", shown.answered_wait), ("lost", shown.lost_wait)):
            waits.add_histogram((*label, outcome), *buckets(WAIT_BOUNDS, histogram))
        talks.add_histogram(label, *buckets(TALK_BOUNDS, shown.talk))
    yield from (waits, talks)


def waiting(lines: list[Line], now: int) -> Iterator[Family]:
    """Yield the families of the callers who wait at `now` (ms)."""
    callers = Family("gauge", "tocsin_calls_waiting", "Callers waiting in the line now.", LINE)
    longest = Family("gauge", "tocsin_call_longest_wait_seconds", "Longest wait of the callers waiting now.", LINE)
    for line in _with_calls(lines):
        if line.rules.lifecycle != "full":
            continue  # its events are outcomes only, so the waiting callers are unknown
        waits = line.figures.waiting(now)
        callers.add(_label(line), len(waits))
        longest.add(_label(line), max(waits, default=0) / 1000)
    yield from (callers, longest)


def windows(lines: list[Line], now: int) -> Iterator[Family]:
    """Yield the families of the windows that end at `now` (ms)."""
    labels = (*LINE, "window")
    ratio = Family("gauge", "tocsin_lost_call_ratio", "Lost calls over calls that ended in the window.", labels)
    ended = Family("gauge", "tocsin_calls_ended", "Calls that ended in the window.", labels)
    level = Family(
        "gauge",
        "tocsin_service_level_ratio",
        "Calls answered in time over calls that ended in the window.",
        labels,
    )
    mean = Family(
        "gauge",
        "tocsin_call_wait_seconds_mean",
        "Mean wait of the calls answered or lost in the window.",
        labels,
    )
    quantile = Family(
        "gauge",
        "tocsin_call_wait_seconds_quantile",
        "Quantile of the waits of the calls answered or lost in the window (within 1 %).",
        (*labels, "quantile"),
    )
    for line in _with_calls(lines):
        for name, tally in line.figures.windows(now).items():
            label = (*_label(line), name)
            ended.add(label, tally.ended)
            # Without any call a rate is unknown and has no sample: it is never zero.
            if tally.lost_rate is not None:
                ratio.add(label, tally.lost_rate)
            if tally.service_level is not None:
                level.add(label, tally.service_level)
            add_waits(mean, quantile, label, tally.waits())
    yield from (ended, ratio, level, mean, quantile)
