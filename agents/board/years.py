"""Figures of years, quarters and months from the ledger, computed once a minute and after each decision."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

import structlog

from agents.board.follower import Follower
from agents.cache import Cache
from agents.history.ledger import History
from agents.history.today import today
from agents.totals.history import figures
from config.settings import Settings
from streams.chain.breach import Breach
from streams.indicators.annual import Annual
from streams.indicators.period import Period
from streams.indicators.vintage import Vintage, digest_of

log = structlog.get_logger()

EVERY_SECONDS: Final = 60.0
SHOWN: Final = 3  # the latest years, for Prometheus
KEPT: Final = 16  # most years, quarters and months kept
RECHECK_SECONDS: Final = 5.0


class _Found(NamedTuple):
    """A period's figures, and the breaches found in them."""

    annual: Annual
    breaches: list[Breach]


class LedgerDays:
    """The local days that the ledger has of each site."""

    def __init__(self, follower: Follower) -> None:
        self._follower = follower
        self._known = Cache[None, dict[str, frozenset[date]]]()

    def of(self, site: str) -> frozenset[date]:
        history = self._follower.known.history
        known = self._known.made(None, dict, source=history)
        if site not in known:
            known[site] = frozenset(history.days.dates(site))
        return known[site]

    def years(self, sites: Collection[str]) -> list[int]:
        """Return the years of any of these sites, the latest first."""
        return sorted({each.year for each in self.each(sites)}, reverse=True)

    def has(self, period: Period, sites: Collection[str]) -> bool:
        return any(period.first <= each <= period.last for each in self.each(sites))

    def each(self, sites: Collection[str]) -> Iterator[date]:
        """Yield the days of each of these sites."""
        return (each for site in sites for each in self.of(site))


class KeptYears:
    """Figures of all years in the ledger, and of quarters and months requested last."""

    def __init__(self, settings: Settings, follower: Follower) -> None:
        self._settings = settings
        self._follower = follower
        self._days = LedgerDays(follower)
        self.trouble = ""
        self._found = Cache[Period, _Found](KEPT, patience=EVERY_SECONDS)

    def known(self) -> list[int]:
        """Return the years with days in the ledger, the latest first."""
        return self._days.years([self._settings.site])

    def parts(self, year: int) -> list[Period]:
        """Return the quarters and months of a year with days in the ledger, each quarter before its months."""
        months = {each.month for each in self._dates() if each.year == year}
        parts = [Period.of_months(year, first, 3) for first in (1, 4, 7, 10)]
        parts += [Period.of_months(year, month, 1) for month in months]
        counted = (each for each in parts if not months.isdisjoint(range(each.first.month, each.last.month + 1)))
        return sorted(counted, key=lambda each: (each.first, -each.last.month))

    def today(self) -> date:
        """Return today's local day; in a replay, the ledger's last one."""
        return today(self._settings, self._dates())

    async def of(self, period: Period) -> Annual | None:
        """Return the figures of a period; None if the ledger has no day of it."""
        if not self._days.has(period, [self._settings.site]):
            return None
        site, history, today = self._settings.site, self._follower.known.history, self.today()

        def made() -> _Found:
            return _Found(figures(self._settings, history, period, today), history.breaches(site, period))

        return (await self._found.made_apart(period, made, (today, decided_in(history, site)), history)).annual

    def breaches(self, period: Period) -> list[Breach]:
        """Return the breaches found when a period's figures were last computed."""
        found = self._found.last(period)
        return [] if found is None else found.breaches

    def broken(self) -> dict[str, int]:
        """Return the number of breaches by period."""
        return {period.name: len(found.breaches) for period, found in self._found.values().items()}

    def altered(self) -> int:
        """Return how many records were found altered or impossible when the figures were last computed."""
        return len({each.subject for found in self._found.values().values() for each in found.breaches})

    def vintage(self, annual: Annual) -> Vintage | None:
        """Return the last vintage of a period; None if its figures differ from the given ones."""
        vintages = self._follower.known.history.publications.vintages(annual.site, annual.period)
        return vintages[-1] if vintages and vintages[-1].digest == digest_of(annual) else None

    def shown(self) -> list[Annual]:
        """Return the figures of the latest years that were already computed."""
        years = [self._found.last(Period.of_year(each)) for each in self.known()[:SHOWN]]
        return [each.annual for each in years if each is not None]

    async def keep(self) -> None:
        """Keep the latest years' figures up to date, forever; `trouble` gives the reason of a failure."""
        while True:
            await self.renew()
            await asyncio.sleep(RECHECK_SECONDS)

    async def renew(self) -> None:
        """Compute the latest years' figures if they are due; `trouble` gives the reason of a failure."""
        try:
            for year in self.known()[:SHOWN]:
                await self.of(Period.of_year(year))
            self.trouble = ""
        except Exception as error:  # any error: it may stop when a record is repaired
            if not self.trouble:
                log.exception("the years' figures cannot be computed; trying again")
            self.trouble = f"the years' figures cannot be computed: {error!r}"

    def _dates(self) -> frozenset[date]:
        return self._days.of(self._settings.site)


@lru_cache(maxsize=4)
def decided_in(history: History, site: str | None = None) -> frozenset[tuple[str, str, str, int]]:
    """Return (site, incident id, status, number of decisions) of the decided incidents of a site, or of all sites."""
    by_site = history.incidents.by_site() if site is None else {site: history.incidents.of(site)}
    return frozenset(
        (name, each["id"], each["status"], len(each["decisions"]))
        for name, known in by_site.items()
        for each in known.values()
        if each["decisions"]
    )
