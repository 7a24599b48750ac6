"""Figures of a nation's years, quarters and months, computed on request and at most once a minute.

An office's figures are computed again only after new records that concern them, or after a decision.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import partial
from typing import Final

from agents.board.follower import Follower
from agents.board.nation.served import ServedOffices
from agents.board.years import LedgerDays, decided_in
from agents.cache import Cache
from agents.history.ledger import History
from agents.nation.figures import FiguredOffice, NationFigures, figures_of_office, serving_in, together
from config.offices import Offices
from streams.indicators.period import Period

EVERY_SECONDS: Final = 60.0
KEPT: Final = 8  # most units whose figures are kept, with their inputs
PERIODS: Final = 4  # most periods kept with each office's figures: some 50 MB a period for 101 offices


class KeptUnits:
    """Figures of the nations and units requested last."""

    def __init__(self, follower: Follower, served: ServedOffices) -> None:
        self._follower = follower
        self._served = served
        self._made = Cache[tuple[Period, frozenset[str]], NationFigures](KEPT, patience=EVERY_SECONDS)
        self._of_offices = Cache[Period, Cache[str, FiguredOffice]](PERIODS)
        self._days = LedgerDays(follower)

    def known(self, sites: Collection[str]) -> list[int]:
        """Return the years for which the ledger has days of any of these offices, latest first."""
        return self._days.years(sites)

    def has(self, period: Period, sites: Collection[str]) -> bool:
        """Whether the ledger has a day of a period, of any of these offices."""
        return self._days.has(period, sites)

    def today(self) -> date:
        """Return the nation's local day; in a replay, the ledger's last one."""
        return self._days.today(self._served.offices.shared, self._served.offices.sites)

    async def of(self, period: Period, sites: frozenset[str]) -> NationFigures:
        """Return the figures of these offices over a period."""
        history, offices, today = self._follower.known.history, self._served.offices, self.today()
        part = Offices(offices.shared, {site: each for site, each in offices.sites.items() if site in sites})
        make = partial(self._figures, part, history, period, today)
        return await self._made.made_apart((period, sites), make, (offices, today, decided_in(history)), history)

    def _figures(self, offices: Offices, history: History, period: Period, today: date) -> NationFigures:
        kept = self._of_offices.made(period, Cache)
        made = [
            kept.made(
                each.site,
                partial(figures_of_office, each, history, period, today),
                (each, today, history.state(each.site, period)),
            )
            for each in serving_in(offices, period)
        ]
        return together(offices, period, today, made)
