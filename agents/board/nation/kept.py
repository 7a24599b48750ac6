"""The present state of a nation, computed in a thread after news and at regular intervals."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import structlog

from agents.board.follower import Follower, Known
from agents.board.nation.live import OfficeLive, OfficeReading, WaitingCase
from agents.board.nation.served import ServedOffices
from agents.cache import Cache
from agents.desk_view.incidents import Case, gathered_cases, views
from agents.history.ledger import History
from config.offices import Offices
from config.settings import Settings
from streams.across.shared import SharedFault
from streams.watch.incidents import awaits

log = structlog.get_logger()

LOOK_SECONDS: Final = 1.0
AGAIN_SECONDS: Final = 5.0  # computed again even without news, because an office may fall silent
CASES_SECONDS: Final = 5.0  # least time between two readings of the incidents to decide


class NationNow(NamedTuple):
    """The state of a nation's offices at a moment."""

    offices: Offices
    at: datetime  # local to the nation
    live: tuple[OfficeLive, ...]  # the worst office first; without retired and future offices
    waiting: tuple[WaitingCase, ...]  # incidents to decide, the greatest effect first
    faults: tuple[SharedFault, ...] = ()  # shared faults to decide, the latest first


class _Cases(NamedTuple):
    """The incidents and faults to decide."""

    waiting: tuple[WaitingCase, ...]
    faults: tuple[SharedFault, ...]


class KeptNation:
    def __init__(self, follower: Follower, served: ServedOffices, faults: Callable[[], Sequence[SharedFault]]) -> None:
        self.trouble = ""  # why the state cannot be computed
        self._follower = follower
        self._served = served
        self._faults = faults
        self._readings = Cache[str, OfficeReading]()
        self._cases = Cache[None, _Cases](patience=CASES_SECONDS)
        self._now = Cache[None, NationNow](patience=LOOK_SECONDS, limit=AGAIN_SECONDS)

    async def now(self) -> NationNow:
        """Return the nation's state, at most a few seconds old."""
        offices, known = self._served.offices, self._follower.known
        return await self._now.made_apart(None, partial(self._made, offices, known), offices, known)

    @property
    def last(self) -> NationNow | None:
        """The state computed last."""
        return self._now.last(None)

    async def keep(self) -> None:
        """Keep the state up to date, forever; `trouble` gives the reason of a failure."""
        while True:
            await self.renew()
            await asyncio.sleep(LOOK_SECONDS)

    async def renew(self) -> None:
        """Compute the state if it is due; `trouble` gives the reason of a failure."""
        try:
            await self.now()
            self.trouble = ""
        except Exception as error:  # any error: it may stop when a record is repaired
            if not self.trouble:
                log.exception("the nation's figures cannot be computed; trying again")
            self.trouble = f"the nation's figures cannot be computed: {error!r}"

    def _made(self, offices: Offices, known: Known) -> NationNow:
        at, history = known.now(offices.shared, offices.sites), known.history
        live = []
        for site, settings in offices.sites.items():
            today = at.astimezone(ZoneInfo(settings.timezone)).date()
            if settings.place.serves(today, today):
                reading = self._readings.made(site, partial(OfficeReading, settings), settings)
                live.append(reading.at(known, at.timestamp(), today))
        live.sort(key=lambda each: each.order)
        cases = self._cases.made(None, partial(self._open_cases, offices, history), offices, history)
        return NationNow(offices, at, tuple(live), cases.waiting, cases.faults)

    def _open_cases(self, offices: Offices, history: History) -> _Cases:
        open_ones = (each for each in self._faults() if any(map(awaits, each.incidents)))
        faults = tuple(sorted(open_ones, key=lambda each: -each.bounds()[0]))
        return _Cases(waiting(offices.sites, history, faults), faults)


def waiting(
    sites: Mapping[str, Settings], history: History, faults: Iterable[SharedFault] = ()
) -> tuple[WaitingCase, ...]:
    """Return the offices' incidents to decide, in the order of `IncidentView.order`.

    Incidents that are part of a shared fault are listed with the fault, not here.
    """
    shared = {(site, each.id) for fault in faults for site, parts in fault.parts.items() for each in parts}
    found = [
        WaitingCase(sites[site], each)
        for site, incidents in history.incidents.by_site().items()
        if site in sites
        for each in views(
            sites[site], _apart(site, gathered_cases(sites[site], history, incidents), shared), status="open"
        )
    ]
    return tuple(sorted(found, key=lambda each: each.view.order))


def _apart(site: str, cases: Iterable[Case], shared: Collection[tuple[str, str]]) -> list[Case]:
    return [each for each in cases if not all((site, part["id"]) in shared for part in each.parts)]
