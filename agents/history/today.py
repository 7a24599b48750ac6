"""The present day of an office or a nation: one rule for every command and page."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from config.shared import Shared


def now(shared: Shared, days: Iterable[date]) -> datetime:
    """Return the local time; in a replay, the end of the last of the ledger's `days`, if there is any."""
    zone = ZoneInfo(shared.timezone)
    if shared.clock == "event" and (last := max(days, default=None)) is not None:
        return datetime.combine(last, datetime.max.time(), zone)
    return datetime.fromtimestamp(time.time(), zone)


def today(shared: Shared, days: Iterable[date]) -> date:
    """Return the local day; in a replay, the last of the ledger's `days`, if there is any."""
    return now(shared, days).date()
