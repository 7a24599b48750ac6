"""The figures of a nation's years, quarters and months: made when somebody asks, at most once a minute.

Of each office they are made anew only where something came that could change them, or a person has decided.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from agents.board.follower import Follower
from agents.history.ledger import History
from agents.nation.figures import FiguredOffice, NationFigures, figures_of_office, serving_in, together
from config.offices import Offices
from config.settings import Settings
from streams.indicators.period import Period

EVERY_SECONDS: Final = 60.0
KEPT: Final = 8  # figures of a nation or of a part of it, with what they were made of
PERIODS: Final = 4  # whose offices' figures are kept: of 101 offices some 50 MB each


class _Office(NamedTuple):
    """Hold an office's figures of a period, and what they were made of."""

    settings: Settings
    today: date
    state: int
    figured: FiguredOffice


class _Made(NamedTuple):
    """Hold the figures of offices, and what they were made of."""

    history: History
    offices: Offices
    today: date
    at: float  # monotonic s
    figures: NationFigures


class KeptUnits:
    """Keep the figures of nations and units that were last asked for."""

    def __init__(self, follower: Follower, offices: Callable[[], Offices]) -> None:
        self._follower = follower
        self._offices = offices
        self._lock = asyncio.Lock()  # one at a time: a second one would take as long again
        self._made: OrderedDict[tuple[Period, frozenset[str]], _Made] = OrderedDict()
        self._by_period: OrderedDict[Period, dict[str, _Office]] = OrderedDict()
        self._dates: tuple[History | None, dict[str, frozenset[date]]] = (None, {})

    def known(self, sites: Collection[str]) -> list[int]:
        """Return the years that the ledger has days of, of any of these offices, the latest first."""
        dates = self._counted()
        return sorted({each.year for site in sites for each in dates.get(site, ())}, reverse=True)

    def has(self, period: Period, sites: Collection[str]) -> bool:
        """Tell whether the ledger has a day of a period, of any of these offices."""
        dates = self._counted()
        return any(period.first <= each <= period.last for site in sites for each in dates.get(site, ()))

    def today(self) -> date:
        """Return the nation's local day; in a replay, the ledger's last one."""
        shared = self._offices().shared
        days = [each for dates in self._counted().values() for each in dates] if shared.clock == "event" else []
        return max(days, default=datetime.now(ZoneInfo(shared.timezone)).date())

    async def of(self, period: Period, sites: frozenset[str]) -> NationFigures:
        """Return the figures of these offices over a period."""
        async with self._lock:
            name, history, offices, today = (period, sites), self._follower.known.history, self._offices(), self.today()
            found = self._made.pop(name, None)
            if found is None or not self._holds(found, history, offices, today):
                parts = {site: each for site, each in offices.sites.items() if site in sites}
                part = Offices(offices.shared, parts)
                figures = await asyncio.to_thread(self._figures, part, history, period, today)
                found = _Made(history, offices, today, time.monotonic(), figures)
            self._made[name] = found
            while len(self._made) > KEPT:
                self._made.popitem(last=False)
            return found.figures

    def _holds(self, found: _Made, history: History, offices: Offices, today: date) -> bool:
        if found.offices is not offices or found.today != today:
            return False
        if found.history is history:
            return True
        return time.monotonic() - found.at < EVERY_SECONDS and _decided(found.history) == _decided(history)

    def _figures(self, offices: Offices, history: History, period: Period, today: date) -> NationFigures:
        kept = self._by_period.pop(period, {})
        self._by_period[period] = kept
        while len(self._by_period) > PERIODS:
            self._by_period.popitem(last=False)
        made = []
        for settings in serving_in(offices, period):
            site = settings.site
            known, state = kept.get(site), history.state(site, period)
            if known is None or known[:3] != (settings, today, state):
                figured = figures_of_office(settings, history, period, today)
                known = kept[site] = _Office(settings, today, state, figured)
            made.append(known.figured)
        return together(offices, period, today, made)

    def _counted(self) -> dict[str, frozenset[date]]:
        """Return the days that each site has records of."""
        history = self._follower.known.history
        if self._dates[0] is not history:
            self._dates = history, {site: frozenset(history.days.dates(site)) for site in self._offices().sites}
        return self._dates[1]


def _decided(history: History) -> frozenset[tuple[str, str, str, int]]:
    """Return which incidents persons have decided on, how, and how often."""
    return frozenset(
        (site, each["id"], each["status"], len(each["decisions"]))
        for site, known in history.incidents.by_site().items()
        for each in known.values()
        if each["decisions"]
    )
