"""Metrics of suspected miscounts: open incidents, usual values, and the quarantine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple, get_args

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from agents.metrics.labels import DESK, LINE, desk_label
from streams.cases.view import CASE_KINDS
from streams.desks.kinds import Desk
from streams.desks.line import Line
from streams.desks.line_corrected import corrected_of
from streams.kept.times import QUARTER_MS, SLOTS_AN_HOUR
from streams.watch.guard import Reason
from streams.watch.incident import Incident, Verdict, read_judged_key
from streams.watch.incidents import counted_wrong, covering, quarantined_slots
from streams.watch.laws import Kind, Miscount

MISCOUNT_KINDS = get_args(Miscount)
REASONS = get_args(Reason)


class UsualNow(NamedTuple):
    """An hour's usual lost rate and calls; None if unknown and outside of opening hours."""

    lost: float | None
    offered: float | None


def families(desks: Sequence[Desk], _now: int) -> Iterator[Metric]:
    """Yield the metric families of the desks' incidents; a label names the line, the service or the channel."""
    suspected = GaugeMetricFamily(
        "tocsin_miscount_suspected", "Whether a miscount of this kind is open: 0 or 1.", labels=(*DESK, "kind")
    )
    confirmed = GaugeMetricFamily(
        "tocsin_miscount_confirmed",
        "Whether a person has confirmed every open miscount of this kind: 0 or 1.",
        labels=(*DESK, "kind"),
    )
    taken = GaugeMetricFamily(
        "tocsin_incident_taken",
        "Whether persons are dealing with every open incident of this kind: 0 or 1; absent without one.",
        labels=(*DESK, "kind"),
    )
    quarantine = GaugeMetricFamily(
        "tocsin_quarantine",
        "Whether a miscount of this kind puts opening hours in quarantine: 0 or 1.",
        labels=(*DESK, "kind"),
    )
    incidents = CounterMetricFamily(
        "tocsin_incidents",
        "Incidents by verdict and kind; one whose verdict changed counts under both.",
        labels=(*DESK, "verdict", "kind"),
    )
    quarantined = GaugeMetricFamily(
        "tocsin_quarantined_slots", "Slots of opening hours that a miscount puts in quarantine.", labels=DESK
    )
    unapplied = CounterMetricFamily(
        "tocsin_reviews_unapplied", "Reviews that were dropped because their incident never opened.", labels=DESK
    )
    start = GaugeMetricFamily(
        "tocsin_incident_start_timestamp_seconds",
        "Start of the oldest open incident; absent without one.",
        labels=(*DESK, "verdict", "kind"),
    )
    for desk in desks:
        label, watch, kinds = desk_label(desk), desk.watch, _kinds(desk)
        now_open = list(watch.incidents.open(lambda each: each.status != "dismissed"))
        miscounts = [each for each in now_open if _verdict(each) == "miscount"]
        for kind in kinds:
            alike, of_kind = [each for each in miscounts if each.kind == kind], {**label, "kind": kind}
            sure = bool(alike) and all(each.status == "confirmed" for each in alike)
            suspected.add_sample(suspected.name, of_kind, bool(alike))
            confirmed.add_sample(confirmed.name, of_kind, sure)
            quarantine.add_sample(quarantine.name, of_kind, any(map(_in_quarantine, alike)))
        starts: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for each in now_open:
            starts[_verdict(each), each.kind].append(each.bounds()[0])
        for kind in dict.fromkeys(each.kind for each in now_open):
            held = all(each.in_hand for each in now_open if each.kind == kind)
            taken.add_sample(taken.name, {**label, "kind": kind}, held)
        for (judged, of), begun in starts.items():
            start.add_sample(start.name, {**label, "verdict": judged, "kind": of}, min(begun) / 1000)
        for key, count in watch.state.counted.items():
            judged, of = read_judged_key(key)
            incidents.add_sample(f"{incidents.name}_total", {**label, "verdict": judged, "kind": of}, count)
        quarantined.add_sample(quarantined.name, label, _quarantined(desk))
        unapplied.add_sample(f"{unapplied.name}_total", label, watch.state.unapplied)
    yield from (suspected, confirmed, taken, quarantine, start, incidents, quarantined, unapplied)


def _kinds(desk: Desk) -> Sequence[Kind]:
    return MISCOUNT_KINDS if isinstance(desk, Line) else CASE_KINDS


def _quarantined(desk: Desk) -> int:
    if isinstance(desk, Line):
        return corrected_of(desk).quarantined
    return len(quarantined_slots(desk.state.watch.incidents, desk.rules.day, desk.rules.opened))


def line_families(lines: list[Line], _now: int) -> Iterator[Metric]:
    """Yield the metric families that only lines have: overloads, withheld live figures, calls not checked."""
    overload = GaugeMetricFamily("tocsin_overload", "Whether the line is overloaded: 0 or 1.", labels=LINE)
    withheld = GaugeMetricFamily(
        "tocsin_figure_withheld",
        "Whether the line's corrected figure is withheld for a reason: 0 or 1.",
        labels=(*LINE, "reason"),
    )
    unwatched = CounterMetricFamily(
        "tocsin_calls_unwatched", "Calls left out of the checks to limit the size of the state.", labels=LINE
    )
    for line in lines:
        label, figure = (line.rules.site, line.rules.line), corrected_of(line)
        open_now = line.watch.incidents.open(lambda each: each.status != "dismissed")
        overload.add_metric(label, any(each.verdict == "overload" for each in open_now))
        for reason in REASONS:
            withheld.add_metric((*label, reason), figure.guard is not None and figure.guard.reason == reason)
        unwatched.add_metric(label, line.watch.state.missed)
    yield from (overload, withheld, unwatched)


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


def still_alike(desk: Desk, _now: int) -> tuple[Hashable, ...] | None:
    """Return all shown values of a desk without an open incident; None while one is open, as many are shown then."""
    if any(desk.watch.incidents.open()):
        return None
    state = desk.watch.state
    return (*state.counted.items(), _quarantined(desk), state.unapplied)


def line_alike(line: Line, _now: int) -> tuple[Hashable, ...] | None:
    """Return the values of `line_families` of a line without an open incident; None while one is open."""
    if any(line.watch.incidents.open()):
        return None
    guard = corrected_of(line).guard
    return None if guard is None else guard.reason, line.watch.state.missed


def _verdict(incident: Incident) -> Verdict:
    """Return the verdict to show: an undecided incident is a miscount once a person confirms it."""
    return "miscount" if counted_wrong(incident) else incident.verdict


def _in_quarantine(incident: Incident) -> bool:
    """Return whether the incident's last slot is in opening hours and in quarantine."""
    return covering([incident], (incident.end - 1) // QUARTER_MS, open=True) is not None
