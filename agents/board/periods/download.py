"""A desk's period as CSV and JSON: the page's figures, raw and corrected, each with its quality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from agents.csv_text import csv_text
from agents.desk_view.reading import DeskFound, DeskView
from agents.desk_view.words import PeriodWords
from agents.history.incident_json import moment
from agents.language import Language
from agents.pages.withheld import why
from agents.pages.words import REASONS as CAUSES
from agents.pages.words import STATUSES
from agents.shape import ChannelFigures, ServiceFigures, corrected_channel, corrected_service, repeats_shape
from agents.translation import Words
from streams.calls.call import REASONS
from streams.indicators.channel import ChannelTotals
from streams.indicators.kinds import OF_CALLS, rate
from streams.indicators.line import LineTotals
from streams.indicators.period import Period
from streams.indicators.service import ServiceTotals
from streams.kept.times import QUARTER_MS
from streams.ledger.reasons import NOT_KEPT, CallReasons, summed
from streams.periods.buckets import Bucket, Row, quality

WHY: Final = (*REASONS, NOT_KEPT)
FORMATS: Final = {"csv": "text/csv", "sheet": "text/csv", "json": "application/json"}  # sheet: CSV for a person


def as_csv(view: DeskView, zone: ZoneInfo, reader: Language | None = None) -> str:
    """Return a view's curve as CSV, a row per bar; unknown values are empty.

    For a `reader`'s spreadsheet, heads and qualities are words, and moments have no offset.
    """
    rows: list[Sequence[Any]] = [_heads(view) if reader is None else _said_heads(view, zone, Words(reader))]
    for each, (bucket, _) in zip(_flagged(view, zone), view.figures.curve, strict=True):
        best = each["corrected"] or {}
        counted = [each["raw"][name] for name in view.columns]
        corrected = [best.get(name) for name in view.columns]
        why = _cells(bucket.reasons) if view.kind == "lines" else []
        begun, ended, standing = each["from"], each["to"], each["quality"]
        if reader is not None:
            begun, ended = (datetime.fromisoformat(when).strftime("%Y-%m-%d %H:%M") for when in (begun, ended))
            standing = Words(reader)(STATUSES[standing])
        rows.append([begun, ended, *counted, *corrected, each["coverage"], standing, *why])
    return csv_text(rows, reader)


def _heads(view: DeskView) -> list[str]:
    corrected = (f"corrected_{name}" for name in view.columns)
    return ["from", "to", *view.columns, *corrected, "coverage", "quality", *map("_".join, _reasons(view))]


def _said_heads(view: DeskView, zone: ZoneInfo, text: Words) -> list[str]:
    names = PeriodWords(text, zone).columns(view.kind)
    columns = [names[each] for each in view.columns]
    corrected = [text("{name}, corrected", name=each) for each in columns]
    causes: dict[str, str] = {each: text(CAUSES[each]) for each in REASONS}
    causes[NOT_KEPT] = text("reason not kept")
    why = [f"{names[outcome]}{text.colon}{causes[each]}" for outcome, each in _reasons(view)]
    return [text("From"), text("To"), *columns, *corrected, text("Coverage"), text("Quality"), *why]


def _reasons(view: DeskView) -> list[tuple[str, str]]:
    """Return every pair of an outcome of a line and a reason, for the outcomes that have reasons."""
    return [(outcome, each) for outcome in ("lost", "diverted") for each in WHY] if view.kind == "lines" else []


def as_json(view: DeskView, site: str, zone: ZoneInfo) -> bytes:
    """Return a view as JSON; unknown values are null."""
    shown = view.figures
    document = {
        "site": site,
        "kind": view.kind,
        "name": view.name,
        "from": view.period.first,
        "to": view.period.last,
        "until": view.until,
        "grain": shown.grain,
        **_figures(view, view.found, zone),
        "usual": None
        if shown.usual is None
        else dict(zip(view.columns, [round(each, 2) for each in shown.usual], strict=True)),
        "compared": [
            {"with": each.shift.what, **_days(each.shift.period), **_figures(view, each.found, zone)}
            for each in view.beside
        ],
        "curve": _flagged(view, zone),
        "week": [{"weekday": day + 1, "hour": hour, **_bucket(view, each)} for (day, hour), each in shown.week.items()],
        "hours": [{"hour": hour, **_bucket(view, each)} for hour, each in shown.hours.items()],
        "incidents": [each.id for each in view.incidents],
    }
    return msgspec.json.encode(document)


def _flagged(view: DeskView, zone: ZoneInfo) -> list[dict[str, Any]]:
    found, until = [], None if view.until is None else view.until.timestamp() * 1000
    for bucket, usual in view.figures.curve:
        start, end = (moment(slot_no * QUARTER_MS, zone) for slot_no in (bucket.first, bucket.end))
        more = _bucket(view, bucket)
        expected = None if usual is None else round(usual[0], 2)
        found.append({"from": start, "to": end, **more, "usual": expected, "quality": quality(bucket, until)})
    return found


def _cells(why: CallReasons) -> list[int | None]:
    """Return the calls of each reason. A reason without calls is None if some calls have an unknown reason."""
    return [part.get(each, None if NOT_KEPT in part else 0) for part in (why.lost, why.diverted) for each in WHY]


def _bucket(view: DeskView, bucket: Bucket) -> dict[str, Any]:
    why = {"reasons": _why(bucket.reasons)} if view.kind == "lines" else {}
    return {
        **why,
        "raw": _row(view.columns, bucket.counted),
        "corrected": None if bucket.believed is None else _row(view.columns, bucket.believed),
        "coverage": round(bucket.sum.coverage, 4),
    }


def _why(reasons: CallReasons) -> dict[str, Mapping[str, int]]:
    return {"lost": reasons.lost, "diverted": reasons.diverted}


def _row(columns: Sequence[str], row: Row) -> Mapping[str, int]:
    return dict(zip(columns, row, strict=True))


def _days(period: Period) -> dict[str, Any]:
    return {"from": period.first, "to": period.last}


def _means(totals: ServiceTotals | ChannelTotals, zone: ZoneInfo) -> dict[str, Any]:
    """Return the means of a service or a channel as counted, and without wrong values."""
    if isinstance(totals, ServiceTotals):
        counted: Struct = ServiceFigures(totals.wait.mean, totals.time_in_service.mean, totals.no_show)
        corrected: Struct | None = None if totals.means is None else corrected_service(totals.means, zone)
    else:
        counted = ChannelFigures(totals.within_target, totals.mean_days)
        corrected = None if totals.means is None else corrected_channel(totals.means, zone)
    return {"raw": counted, "corrected": corrected}


def _figures(view: DeskView, found: DeskFound, zone: ZoneInfo) -> dict[str, Any]:
    totals = found.totals
    if not found.slots:
        return {"raw": None, "corrected": None}
    if not isinstance(totals, LineTotals):
        raw = {name: sum(each.counted[at] for each in found.slots) for at, name in enumerate(view.columns)}
        closings = {"closings": totals.closings} if isinstance(totals, ServiceTotals) else {}
        return {"raw": raw, "corrected": raw, "suspect": found.suspect, "means": _means(totals, zone), **closings}
    best = totals.corrected
    return {
        "raw": {
            **msgspec.structs.asdict(totals.raw),
            **{kind: rate(kind, totals.raw, totals.raw_diverted) for kind in OF_CALLS},
        },
        "corrected": None
        if best is None
        else {
            **msgspec.structs.asdict(best),
            **{kind: rate(kind, best, totals.corrected_diverted) for kind in OF_CALLS},
            "low": totals.low,
            "high": totals.high,
        },
        "suspect": found.suspect,
        "reasons": _why(summed(each.reasons for each in found.slots)),
        "reasons_at_any_hour": _why(found.reasons),
        "laws": found.laws,
        "closings": totals.closings,
        "called_again": repeats_shape(totals.repeats),
        "wait": {"answered": totals.answered_wait, "lost": totals.lost_wait},
        "method": totals.method,
        "coverage": totals.coverage,
        "withheld": None if totals.guard is None else why(totals.guard, totals.coverage, zone, Language.EN),
    }
