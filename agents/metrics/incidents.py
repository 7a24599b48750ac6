"""Metrics of suspected miscounts: open incidents, usual values, and the quarantine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from typing import NamedTuple, get_args

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from agents.metrics.labels import LINE
from streams.desks.line import Line
from streams.desks.line_corrected import corrected_of
from streams.kept.times import QUARTER_MS, SLOTS_AN_HOUR
from streams.watch.guard import Reason
from streams.watch.incident import Incident, Verdict, read_judged_key
from streams.watch.incidents import counted_wrong, covering
from streams.watch.laws import Miscount

MISCOUNT_KINDS = get_args(Miscount)
REASONS = get_args(Reason)


class UsualNow(NamedTuple):
    """An hour's usual lost rate and calls; None if unknown and outside of opening hours."""

    lost: float | None
    offered: float | None


def families(lines: list[Line], _now: int) -> Iterator[Metric]:
    """Yield the metric families of the lines' incidents."""
    suspected = GaugeMetricFamily(
        "tocsin_miscount_suspected", "Whether a miscount of this kind is open: 0 or 1.", labels=(*LINE, "kind")
    )
    confirmed = GaugeMetricFamily(
        "tocsin_miscount_confirmed",
        "Whether a person has confirmed every open miscount of this kind: 0 or 1.",
        labels=(*LINE, "kind"),
    )
    quarantine = GaugeMetricFamily(
        "tocsin_quarantine",
        "Whether a miscount of this kind puts calls of opening hours in quarantine: 0 or 1.",
        labels=(*LINE, "kind"),
    )
    overload = GaugeMetricFamily("tocsin_overload", "Whether the line is overloaded: 0 or 1.", labels=LINE)
    incidents = CounterMetricFamily(
        "tocsin_incidents",
        "Incidents by verdict and kind; one whose verdict changed counts under both.",
        labels=(*LINE, "verdict", "kind"),
    )
    quarantined = GaugeMetricFamily(
        "tocsin_quarantined_slots", "Slots of opening hours that a miscount puts in quarantine.", labels=LINE
    )
    withheld = GaugeMetricFamily(
        "tocsin_figure_withheld",
        "Whether the line's corrected figure is withheld for a reason: 0 or 1.",
        labels=(*LINE, "reason"),
    )
    unwatched = CounterMetricFamily(
        "tocsin_calls_unwatched",
        "Calls left out of the checks to limit the size of the state.",
        labels=LINE,
    )
    unapplied = CounterMetricFamily(
        "tocsin_reviews_unapplied",
        "Reviews that were dropped because their incident never opened.",
        labels=LINE,
    )
    start = GaugeMetricFamily(
        "tocsin_incident_start_timestamp_seconds",
        "Start of the oldest open incident; absent without one.",
        labels=(*LINE, "verdict", "kind"),
    )
    for line in lines:
        label, watch = (line.rules.site, line.rules.line), line.watch
        now_open = list(watch.incidents.open(lambda each: each.status != "dismissed"))
        miscounts = [each for each in now_open if _verdict(each) == "miscount"]
        for kind in MISCOUNT_KINDS:
            alike = [each for each in miscounts if each.kind == kind]
            suspected.add_metric((*label, kind), bool(alike))
            confirmed.add_metric((*label, kind), bool(alike) and all(each.status == "confirmed" for each in alike))
            quarantine.add_metric((*label, kind), any(map(_in_quarantine, alike)))
        overload.add_metric(label, any(each.verdict == "overload" for each in now_open))
        starts: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for each in now_open:
            starts[_verdict(each), each.kind].append(each.bounds()[0])
        for (verdict, kind), begun in starts.items():
            start.add_metric((*label, verdict, kind), min(begun) / 1000)
        for key, count in watch.state.counted.items():
            incidents.add_metric((*label, *read_judged_key(key)), count)
        figure = corrected_of(line)
        quarantined.add_metric(label, figure.quarantined)
        for reason in REASONS:
            withheld.add_metric((*label, reason), figure.guard is not None and figure.guard.reason == reason)
        unwatched.add_metric(label, watch.state.missed)
        unapplied.add_metric(label, watch.state.unapplied)
    yield from (suspected, confirmed, quarantine, overload, start, incidents, quarantined)
    yield from (unwatched, unapplied, withheld)


def usual_families(lines: list[Line], now: int) -> Iterator[Metric]:
    """Yield the metric families of usual values at `now` (ms); unknown values have no sample."""
    lost = GaugeMetricFamily(
        "tocsin_lost_call_ratio_expected", "Usual lost-call rate at this hour of the week.", labels=LINE
    )
    offered = GaugeMetricFamily(
        "tocsin_calls_offered_expected", "Calls that usually enter the line in this hour of the week.", labels=LINE
    )
    for line in lines:
        label, usual = (line.rules.site, line.rules.line), usual_at(line, now)
        if usual.lost is not None:
            lost.add_metric(label, usual.lost)
        if usual.offered is not None:
            offered.add_metric(label, usual.offered)
    yield from (lost, offered)


def usual_at(line: Line, now: int) -> UsualNow:
    """Return a line's usual values at `now` (ms)."""
    times = line.watch.slot_times
    when = times.of(now // QUARTER_MS)
    arrivals = times.arrivals(when) if when.open else None
    return UsualNow(times.expected(when), None if arrivals is None else arrivals.mean * SLOTS_AN_HOUR)


def still_alike(line: Line, _now: int) -> tuple[Hashable, ...] | None:
    """Return all shown values of a line without an open incident; None while one is open, as many are shown then."""
    if any(line.watch.incidents.open()):
        return None
    state, figure = line.watch.state, corrected_of(line)
    reason = None if figure.guard is None else figure.guard.reason
    return (*state.counted.items(), figure.quarantined, reason, state.missed, state.unapplied)


def _verdict(incident: Incident) -> Verdict:
    """Return the verdict to show: an undecided incident is a miscount once a person confirms it."""
    return "miscount" if counted_wrong(incident) else incident.verdict


def _in_quarantine(incident: Incident) -> bool:
    """Return whether the incident's last slot is in opening hours and in quarantine."""
    return covering([incident], (incident.end - 1) // QUARTER_MS, open=True) is not None
