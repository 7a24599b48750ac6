"""A small office that is open from 9 to 11 (UTC), Monday to Friday, and days of its ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from streams.indicators.annual import AnnualInput
from streams.indicators.desk_days import HeldDays
from streams.indicators.plan import ChannelPlan, LinePlan, Plan, ServicePlan
from streams.indicators.survey import Share
from streams.kept.times import QUARTER_MS
from streams.ledger.day import CallSlot, LedgerDay, LineDay
from streams.watch.incident import Incident

HOURS = (9, 10)
SLOTS = 4 * len(HOURS)  # a day
LINE = LinePlan("Circulation", 0.10, 20.0, "exclude", "lost over offered", expected=0.02)


def opened(day: date) -> Mapping[int, int]:
    first = slot_at(day, 0)
    return {first + 4 * hour + part: hour for hour in HOURS for part in range(4)} if day.weekday() < 5 else {}


def held(
    days: Iterable[LedgerDay], incidents: Sequence[Incident], shares: Sequence[Share] = (), **more: Any
) -> AnnualInput:
    """Return the input of a year's report, with its days in memory."""
    return AnnualInput(HeldDays(days), incidents, shares, **more)


def slot_at(day: date, hour: int) -> int:
    return round(datetime(day.year, day.month, day.day, hour, tzinfo=UTC).timestamp() * 1000) // QUARTER_MS


def plan(**more: Any) -> Plan:
    given: dict[str, Any] = {
        "site": "lozere",
        "lines": {"circulation": LINE},
        "services": {"cartes": ServicePlan("Cartes grises", 1800.0)},
        "channels": {"email": ChannelPlan("Courriels", 5, "working")},
        "opened": opened,
        "day": lambda at: datetime.fromtimestamp(at / 1000, UTC).date(),
    }
    return Plan(**{**given, **more})


def days(first: date, last: date) -> list[date]:
    every = (first + timedelta(passed) for passed in range((last - first).days + 1))
    return [day for day in every if day.weekday() < 5]


def line_days(first: date, last: date, slot_of: Callable[[int], CallSlot], line: str = "circulation") -> list[LineDay]:
    """Return the working days; `slot_of` gives each open slot by its number."""
    return [
        LineDay(id=f"lozere/{line}", day=day.isoformat(), slots={slot_no: slot_of(slot_no) for slot_no in opened(day)})
        for day in days(first, last)
    ]


def incident(first: date, last: date, **more: Any) -> Incident:
    """Return a miscount of whole days, the last included."""
    given: dict[str, Any] = {
        "id": f"circulation-{first:%Y%m%d}T000000Z-rise",
        "line": "circulation",
        "cause": "rise",
        "verdict": "miscount",
        "kind": "drift",
        "start": slot_at(first, 0) * QUARTER_MS,
        "end": slot_at(last + timedelta(1), 0) * QUARTER_MS,
        "detected": slot_at(first, 12) * QUARTER_MS,
        "calls": 40,
    }
    return Incident(**{**given, **more})
