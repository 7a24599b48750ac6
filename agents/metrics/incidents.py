"""Metrics of suspected miscounts: open incidents, usual values, and the quarantine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple, get_args

from agents.metrics.family import DESK, LINE, Family, desk_label
from streams.cases.view import CASE_KINDS
from streams.desks.kinds import Desk
from streams.desks.line import Line
from streams.desks.line_corrected import corrected_of
from streams.kept.times import QUARTER_MS, SLOTS_AN_HOUR
from streams.watch.guard import Reason
from streams.watch.incident import Incident, Verdict, read_judged_key
from streams.watch.incidents import counted_wrong, covering, quarantined_slots
from streams.watch.laws import Kind, Miscount
from streams.watch.quarantine import slots_in_quarantine

MISCOUNT_KINDS = get_args(Miscount)
REASONS = get_args(Reason)


class UsualNow(NamedTuple):
    """An hour's usual lost rate and calls; None if unknown and outside of opening hours."""

    lost: float | None
    offered: float | None


def families(desks: Sequence[Desk], _now: int) -> Iterator[Family]:
    """Yield the metric families of the desks' incidents; a label names the line, the service or the channel."""
    suspected = Family(
        "gauge", "tocsin_miscount_suspected", "Whether a miscount of this kind is open: 0 or 1.", (*DESK, "kind")
    )
    confirmed = Family(
        "gauge",
        "tocsin_miscount_confirmed",
        "Whether a person has confirmed every open miscount of this kind: 0 or 1.",
        (*DESK, "kind"),
    )
    taken = Family(
        "gauge",
        "tocsin_incident_taken",
        "Whether persons are dealing with every open incident of this kind: 0 or 1; absent without one.",
        (*DESK, "kind"),
    )
    quarantine = Family(
        "gauge",
        "tocsin_quarantine",
        "Whether a miscount of this kind puts opening hours in quarantine: 0 or 1.",
        (*DESK, "kind"),
    )
    incidents = Family(
        "counter",
        "tocsin_incidents",
        "Incidents by verdict and kind; one whose verdict changed counts under both.",
        (*DESK, "verdict", "kind"),
    )
    quarantined = Family(
        "gauge", "tocsin_quarantined_slots", "Slots of opening hours that a miscount puts in quarantine.", DESK
    )
    unapplied = Family(
        "counter", "tocsin_reviews_unapplied", "Reviews that were dropped because their incident never opened.", DESK
    )
    start = Family(
        "gauge",
        "tocsin_incident_start_timestamp_seconds",
        "Start of the oldest open incident; absent without one.",
        (*DESK, "verdict", "kind"),
    )
    for desk in desks:
        desk_labels, watch, kinds = desk_label(desk), desk.watch, _kinds(desk)
        names, label = tuple(desk_labels), tuple(desk_labels.values())
        now_open = list(watch.incidents.open(lambda each: each.status != "dismissed"))
        miscounts = [each for each in now_open if _verdict(each) == "miscount"]
        for kind in kinds:
            alike, of_kind = [each for each in miscounts if each.kind == kind], (*label, kind)
            sure = bool(alike) and all(each.status == "confirmed" for each in alike)
            suspected.add(of_kind, bool(alike), (*names, "kind"))
            confirmed.add(of_kind, sure, (*names, "kind"))
            quarantine.add(of_kind, any(map(_in_quarantine, alike)), (*names, "kind"))
        starts: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for each in now_open:
            starts[_verdict(each), each.kind].append(each.bounds()[0])
        for kind in dict.fromkeys(each.kind for each in now_open):
            held = all(each.in_hand for each in now_open if each.kind == kind)
            taken.add((*label, kind), held, (*names, "kind"))
        for (judged, of), begun in starts.items():
            start.add((*label, judged, of), min(begun) / 1000, (*names, "verdict", "kind"))
        for key, count in watch.state.counted.items():
            judged, of = read_judged_key(key)
            incidents.add((*label, judged, of), count, (*names, "verdict", "kind"))
        quarantined.add(label, _quarantined(desk), names)
        unapplied.add(label, watch.state.unapplied, names)
    yield from (suspected, confirmed, taken, quarantine, start, incidents, quarantined, unapplied)


def _kinds(desk: Desk) -> Sequence[Kind]:
    return MISCOUNT_KINDS if isinstance(desk, Line) else CASE_KINDS


def _quarantined(desk: Desk) -> int:
    if isinstance(desk, Line):
        return 0 if desk.reported is not None else slots_in_quarantine(desk.watch)
    return len(quarantined_slots(desk.state.watch.incidents, desk.rules.day, desk.rules.opened))


def line_families(lines: list[Line], _now: int) -> Iterator[Family]:
    """Yield the metric families that only lines have: overloads, withheld live figures, calls not checked."""
    overload = Family("gauge", "tocsin_overload", "Whether the line is overloaded: 0 or 1.", LINE)
    withheld = Family(
        "gauge",
        "tocsin_figure_withheld",
        "Whether the line's corrected figure is withheld for a reason: 0 or 1.",
        (*LINE, "reason"),
    )
    unwatched = Family(
        "counter", "tocsin_calls_unwatched", "Calls left out of the checks to limit the size of the state.", LINE
    )
    for line in lines:
        label, figure = (line.rules.site, line.rules.line), corrected_of(line)
        open_now = line.watch.incidents.open(lambda each: each.status != "dismissed")
        overload.add(label, any(each.verdict == "overload" for each in open_now))
        for reason in REASONS:
            withheld.add((*label, reason), figure.guard is not None and figure.guard.reason == reason)
        unwatched.add(label, line.watch.state.missed)
    yield from (overload, withheld, unwatched)


def usual_families(lines: list[Line], now: int) -> Iterator[Family]:
    """Yield the metric families of usual values at `now` (ms); unknown values have no sample."""
    lost = Family("gauge", "tocsin_lost_call_ratio_expected", "Usual lost-call rate at this hour of the week.", LINE)
    offered = Family(
        "gauge", "tocsin_calls_offered_expected", "Calls that usually enter the line in this hour of the week.", LINE
    )
    for line in lines:
        label, usual = (line.rules.site, line.rules.line), usual_at(line, now)
        if usual.lost is not None:
            lost.add(label, usual.lost)
        if usual.offered is not None:
            offered.add(label, usual.offered)
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
