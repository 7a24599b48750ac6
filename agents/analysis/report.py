"""What an analysis says: as JSON for programs, as a table for people."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from rich.console import Console
from rich.table import Table

from agents.analysis.channels import requests, show_requests
from agents.analysis.fold import Analysis
from agents.analysis.insight import depth, show_depth
from agents.history.incident_json import incident_json, moment
from streams.calls.call import ANSWERED, DIVERTED, LOST, REASON_MASK, REASONS, UNRESOLVED
from streams.calls.counts import Counts
from streams.desks.line import Line
from streams.desks.service import Service
from streams.insight.interval import jeffreys
from streams.insight.rates import rates
from streams.kept.waits import Waits
from streams.watch.correction import Corrected, correct

COUNTS = ("offered", "answered", "lost", "diverted", "unresolved")


def document(analysis: Analysis) -> dict[str, Any]:
    """Return the analysis in the shape that programs rely on; seconds, shares from 0 to 1, null for unknown."""
    zone = ZoneInfo(analysis.settings.timezone)
    return {
        "site": analysis.settings.site,
        "from": moment(analysis.start, zone),
        "to": moment(analysis.end, zone),
        "lines": {
            name: _line(line) | depth(line, analysis.settings.lines.get(name, analysis.settings.line_defaults).target)
            for name, line in analysis.lines.items()
        },
        "services": {
            name: _service(service) | _estimated(analysis, name) for name, service in analysis.services.items()
        },
        "requests": {name: requests(channel, analysis.end or 0) for name, channel in analysis.channels.items()},
        "incidents": [
            incident_json(incident, zone) for line in analysis.lines.values() for incident in line.state.watch.incidents
        ],
        "events": {
            "read": analysis.results.total(),
            **{result: analysis.results[result] for result in ("ok", "duplicate", "late", "invalid")},
        },
        "sources": {
            name: {"missing": source.missing, "restarts": source.restarts, "clock_fell": source.fallen}
            for name, source in analysis.sources.items()
        },
        "refused": dict(analysis.refused),
    }


def _line(line: Line) -> dict[str, Any]:
    raw = Counts(line.state.offered, *(line.figures.count(kind) for kind in (ANSWERED, LOST, DIVERTED, UNRESOLVED)))
    shares = rates(line)
    total = line.figures.total()
    return {
        "raw": {**msgspec.to_builtins(raw), "lost_rate": raw.lost_rate},
        "corrected": _corrected(correct(raw, line.watch)),
        "definitions": msgspec.to_builtins(shares),
        "reasons": {"lost": _reasons(line, LOST), "diverted": _reasons(line, DIVERTED)},
        "wait": {"answered": _waits(total.answered_waits), "lost": _waits(total.lost_waits)},
        "talk": _waits(total.talks),
        "service_level": {
            "within": line.rules.within / 1000,
            "rate": total.within / raw.offered if raw.offered else None,
        },
        **_dropped(line),
    }


def _dropped(line: Line) -> dict[str, int]:
    """Return what the watch had no room for, where there is any."""
    watch = line.state.watch
    dropped = {"calls_unwatched": watch.missed, "reviews_unapplied": watch.unapplied}
    return {name: count for name, count in dropped.items() if count}


def _corrected(corrected: Corrected) -> dict[str, Any]:
    counts = corrected.counts
    interval = None if counts is None else jeffreys(counts.lost, counts.offered)
    low, high = interval if interval is not None else (None, None)
    return {
        **(dict.fromkeys(COUNTS) if counts is None else msgspec.to_builtins(counts)),
        "lost_rate": None if counts is None else counts.lost_rate,
        "low": low,
        "high": high,
        "coverage": corrected.coverage,
        "method": corrected.method,
        "quarantined_slots": corrected.quarantined,
    }


def _service(service: Service) -> dict[str, Any]:
    visits = service.total()
    return {
        "issued": visits.issued,
        "served": visits.served,
        "no_show": visits.no_show,
        "cancelled": visits.cancelled,
        "transferred": visits.transferred,
        "no_show_rate": visits.no_show_rate,
        "wait": _waits(visits.waits),
        "time_in_service": _waits(visits.times_in_service),
        "within_target": visits.within_target,
        "anomalies": visits.anomalies,
    }


def _estimated(analysis: Analysis, name: str) -> dict[str, Any]:
    """Return what polls take from a service's figures, and say of them: polls show no end of a visit."""
    queue = analysis.queues.get(name)
    if queue is None and name not in analysis.estimated:
        return {"estimated": False}
    unknown = ("served", "no_show", "cancelled", "transferred", "no_show_rate", "time_in_service")
    told: dict[str, Any] = {"estimated": True, **dict.fromkeys(unknown)}
    if queue is not None:
        told["polls"] = {
            "read": queue.polls,
            "interval": queue.interval(),
            "unseen": queue.unseen + len(queue.open),
            **{each: getattr(queue, each) for each in ("blank", "gaps", "fell")},
            "open_counters": queue.open_counters(),
        }
    return told


def _reasons(line: Line, kind: int) -> dict[str, int]:
    return {
        REASONS[outcome & REASON_MASK]: count
        for outcome, count in sorted(line.state.counts.items())
        if outcome & ~REASON_MASK == kind and count
    }


def _waits(waits: Waits) -> dict[str, float | None]:
    def seconds(value: float | None) -> float | None:
        return None if value is None else round(value / 1000, 3)

    return {
        "count": waits.count,
        "mean": seconds(waits.mean()),
        **{f"p{share * 100:.0f}": seconds(waits.quantile(share)) for share in (0.5, 0.9, 0.95)},
        "max": seconds(waits.longest if waits.count else None),
    }


def show(analysis: Analysis, console: Console) -> None:
    """Print the analysis for people."""
    told = document(analysis)
    table = Table(
        title=f"{told['site']}, {told['from']} to {told['to']}",
        title_justify="left",
        box=None,
        padding=(0, 1, 0, 0),
    )
    table.add_column("line", no_wrap=True)
    for column in (*COUNTS, "lost rate", "wait", "in time"):
        table.add_column(column, justify="right", no_wrap=True)
    lines = {name: line for name, line in told["lines"].items() if line["raw"]["offered"]}
    for name, line in lines.items():
        table.add_row(
            name,
            *(str(line["raw"][kind]) for kind in COUNTS),
            _percent(line["raw"]["lost_rate"]),
            _seconds(line["wait"]["answered"]["mean"]),
            _percent(line["service_level"]["rate"]),
        )
    if not lines:
        console.print("no call was counted")
    else:
        console.print(table)
    for name, line in lines.items():
        low, high = line["corrected"]["low"], line["corrected"]["high"]
        other = line["definitions"]
        corrected = line["corrected"]
        if corrected["method"] != "none":
            console.print(
                f"{name}: corrected lost rate {_percent(corrected['lost_rate']) or 'unavailable'} "
                f"({corrected['method']}, {_percent(corrected['coverage'])} of the opening hours covered)",
                style="yellow",
            )
        between = "" if low is None else f"lost rate between {_percent(low)} and {_percent(high)} (95 %); "
        console.print(
            f"{name}: {between}"
            f"without short calls {_percent(other['without_short'])}, of those that waited "
            f"{_percent(other['queued_only']) or 'none'}, reached nobody {_percent(other['unanswered'])}"
        )
        for kind in ("lost", "diverted"):
            if line["reasons"][kind]:
                reasons = ", ".join(f"{reason} {count}" for reason, count in line["reasons"][kind].items())
                console.print(f"{name}: {kind} by reason: {reasons}")
        show_depth(name, line, console)
    for incident in told["incidents"]:
        console.print(
            f"{incident['line']}: {incident['verdict']}, {incident['kind']}, {incident['from']} to {incident['to']} "
            f"({incident['status']}); " + "; ".join(each["says_en"] for each in incident["evidence"]),
            style="yellow",
            markup=False,
        )
    _show_services(told["services"], console)
    show_requests(told["requests"], console)
    events = told["events"]
    console.print(
        f"events: {events['read']} read, {events['ok']} ok, {events['duplicate']} duplicate, "
        f"{events['late']} late, {events['invalid']} invalid"
    )
    _show_troubles(analysis, console)


def _show_troubles(analysis: Analysis, console: Console) -> None:
    """Print what was wrong on the way to here."""
    for name, line in analysis.lines.items():
        for what, count in _dropped(line).items():
            console.print(f"{name}: {count} x {what.replace('_', ' ')}", style="yellow", markup=False)
    for name, source in analysis.sources.items():
        if source.missing or source.fallen:
            console.print(
                f"{name}: {source.missing} of its events never came, by its own numbers; "
                f"its clock fell by more than an hour {source.fallen} time(s)",
                style="yellow",
                markup=False,
            )
    for reason, refused in analysis.first_refused.items():
        console.print(
            f"{reason}: {analysis.refused[reason]} line(s), the first is {refused.row}: {refused.why.detail}",
            style="yellow",
            markup=False,
        )


def _show_services(services: dict[str, Any], console: Console) -> None:
    table = Table(box=None, padding=(0, 1, 0, 0))
    table.add_column("service", no_wrap=True)
    for column in ("issued", "served", "no-show", "wait", "p90", "in service"):
        table.add_column(column, justify="right", no_wrap=True)
    for name, service in services.items():
        if service["issued"]:
            table.add_row(
                name,
                *("" if service[kind] is None else str(service[kind]) for kind in ("issued", "served", "no_show")),
                _minutes(service["wait"]["mean"]),
                _minutes(service["wait"]["p90"]),
                _minutes((service["time_in_service"] or {}).get("mean")),
            )
    if table.row_count:
        console.print(table)
    for name, service in services.items():
        if service["estimated"]:
            polls = service.get("polls", {"interval": None})
            told = f", to {polls['interval']:.0f} s" if polls["interval"] else ""
            unseen = f"; {polls['unseen']} ticket(s) were not seen whole" if polls.get("unseen") else ""
            console.print(f"{name}: estimates from polls of the display{told}{unseen}", style="yellow", markup=False)
        for anomaly, count in service["anomalies"].items():
            console.print(f"{name}: {count} x {anomaly}", style="yellow", markup=False)


def _minutes(value: float | None) -> str:
    return "" if value is None else f"{value / 60:.1f} min"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share * 100:.2f} %"


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.1f} s"
