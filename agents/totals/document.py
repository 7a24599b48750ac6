"""A year's figures for programs: the shape that `tocsin analyze --json` has too, and every indicator with its trace."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from agents.history.incident_json import incident_json, moment
from agents.pages import words
from streams.calls.counts import Counts
from streams.indicators.annual import Annual
from streams.indicators.channel import ChannelTotals
from streams.indicators.indicator import Compared, Figure, Indicator
from streams.indicators.line import LineTotals
from streams.indicators.period import Period
from streams.indicators.service import ServiceTotals
from streams.indicators.vintage import Vintage
from streams.insight.interval import jeffreys


def document(annual: Annual, zone: ZoneInfo, vintage: Vintage | None = None) -> dict[str, Any]:
    """Return all figures; seconds, days, shares from 0 to 1, null for unknown; the vintage, where they are one."""
    return {
        "site": annual.site,
        "from": _midnight(annual.period.first, zone),
        "to": _midnight(annual.period.last + timedelta(1), zone),
        "period": annual.period.name,
        "as_of": annual.today.isoformat(),
        "vintage": None
        if vintage is None
        else {"number": vintage.number, "at": moment(vintage.at, zone), "digest": vintage.digest},
        "lines": {name: _line(line) for name, line in annual.lines.items()},
        "services": {name: _service(service) for name, service in annual.services.items()},
        "requests": {name: _channel(channel) for name, channel in annual.channels.items()},
        "survey": [share._asdict() for share in annual.shares],
        "indicators": [_indicator(each) for each in annual.indicators],
        "incidents": [incident_json(incident, zone) for incident in annual.incidents],
    }


def _midnight(day: date, zone: ZoneInfo) -> str:
    return datetime(day.year, day.month, day.day, tzinfo=zone).isoformat(timespec="seconds")


def _counts(counts: Counts | None) -> dict[str, Any]:
    if counts is None:
        return dict.fromkeys((*Counts.__struct_fields__, "lost_rate"))
    return {**msgspec.to_builtins(counts), "lost_rate": counts.lost_rate}


def _line(line: LineTotals) -> dict[str, Any]:
    """Return a line's figures: `raw` and `corrected` are about all its calls, `opening_hours` what the indicator is."""
    raw, corrected = line.all_raw, line.all_corrected
    interval = None if corrected is None else jeffreys(corrected.lost, corrected.offered)
    low, high = (line.low, line.high) if interval is None or line.method == "impute" else interval
    return {
        "raw": _counts(raw),
        "corrected": {
            **_counts(corrected),
            "low": low,
            "high": high,
            "coverage": line.coverage,
            "method": line.method,
            "quarantined_slots": line.in_quarantine,
        },
        "opening_hours": {"raw": _counts(line.raw), "corrected": _counts(line.corrected), "slots": line.slots},
        # The ledger keeps no call by itself: what needs one is not known.
        "definitions": {
            "lost_over_offered": raw.lost_rate,
            "without_short": None,
            "unanswered": (raw.offered - raw.answered) / raw.offered if raw.offered else None,
            "queued_only": None,
            "net_callers": None,
        },
        "wait": {"answered": msgspec.to_builtins(line.answered_wait), "lost": msgspec.to_builtins(line.lost_wait)},
        "service_level": {"within": line.plan.within, "rate": line.within / raw.offered if raw.offered else None},
        "months": msgspec.to_builtins(line.months),
        "weeks": msgspec.to_builtins(line.weeks),
    }


def _service(service: ServiceTotals) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(service)
    del told["plan"]
    return told


def _channel(channel: ChannelTotals) -> dict[str, Any]:
    plan = channel.plan
    targeted = plan.target_days is not None
    return {
        "received": channel.received,
        "answered": channel.answered,
        "within_target": channel.within_target,
        "mean_days": channel.mean_days,
        "withdrawn": channel.withdrawn,
        "pending": channel.pending,
        "late": channel.answered - channel.within + channel.overdue if targeted else None,
        "overdue": channel.overdue if targeted else None,
        "target_days": plan.target_days,
        "days": plan.days,
        "months": msgspec.to_builtins(channel.months),
    }


def _indicator(indicator: Indicator) -> dict[str, Any]:
    title = words.title(indicator)
    return {
        "id": indicator.id,
        "kind": indicator.kind,
        "subject": indicator.subject,
        "label": f"{title.fr} : {indicator.label}",
        "label_en": f"{title.en}: {indicator.label}",
        "unit": indicator.unit,
        "target": indicator.target,
        "raw": _figure(indicator.raw),
        "corrected": _figure(indicator.corrected),
        "flips": indicator.flips,
        "coverage": indicator.coverage,
        "method": indicator.method,
        "counted": _counted(indicator.counted),
        "incidents": indicator.incidents,
        "compared": [_compared(each) for each in indicator.compared],
    }


def _figure(figure: Figure) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(figure)
    return told


def _counted(period: Period | None) -> dict[str, str] | None:
    return None if period is None else {"from": period.first.isoformat(), "to": period.last.isoformat()}


def _compared(other: Compared) -> dict[str, Any]:
    return {
        "period": other.period.name,
        "counted": _counted(other.counted),
        "whole": other.whole,
        "raw": other.raw,
        "corrected": other.corrected,
    }
