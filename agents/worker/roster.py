"""The offices that a worker counts; their files are checked every few seconds, and when an unknown desk appears.

If a file cannot be used, the offices stay unchanged, and the reason is logged once a minute.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import structlog

from agents.catalogue import SiteRules, Times, catalogue, digest, rules_of_site, times
from agents.worker.liveness import SAY_SECONDS
from config.offices import OfficeFiles, Offices
from config.refusal import ConfigError
from config.settings import Settings
from streams.catalogue import Catalogue

log = structlog.get_logger()

LOOK_SECONDS: Final = 5.0
SOON_SECONDS: Final = 1.0  # between two checks for unknown desks, which may come in a flood


class CountedOffice(NamedTuple):
    """An office's settings, clock and rules."""

    settings: Settings
    zone: ZoneInfo
    times: Times
    rules: SiteRules


class Roster:
    """The offices and their catalogue."""

    def __init__(self, offices: Offices, files: OfficeFiles | None = None) -> None:
        """Begin with these offices; without `files` they never change."""
        self._files = files if offices.nation is not None else None
        self._known: dict[str, CountedOffice] = {}  # retired offices too, as their last figures are still written
        self._sites: frozenset[bytes] = frozenset()
        self._looked = -SOON_SECONDS
        self._logged = -SAY_SECONDS
        self._looking = asyncio.Lock()
        self.trouble: str | None = None  # why the files cannot be used, if so
        self.offices = offices
        self.catalogue = self._take(offices)

    def office(self, site: str) -> CountedOffice:
        return self._known[site]

    async def meet(self, messages: Iterable[Any]) -> bool:
        """Reload the files if a record's key has an unknown site; return whether the offices changed."""
        if self._files is None or time.monotonic() - self._looked < SOON_SECONDS:
            return False
        keys = {each.key for each in messages}
        if all(key is None or key.partition(b"/")[0] in self._sites for key in keys):
            return False
        return await self.look()

    async def look(self) -> bool:
        """Reload changed files; return whether the offices changed."""
        if self._files is None:
            return False
        async with self._looking:
            self._looked = time.monotonic()
            if not await asyncio.to_thread(self._files.changed):
                return False
            try:
                found = await asyncio.to_thread(self._files.load)
            except ConfigError as error:
                self._refuse(str(error))
                return False
            return self._follow(found)

    def _refuse(self, why: str) -> None:
        now = time.monotonic()
        if why != self.trouble or now - self._logged >= SAY_SECONDS:
            log.error("the offices' files cannot be used; the previous ones stay in use", why=why)
            self._logged = now
        self.trouble = why

    def _follow(self, found: Offices) -> bool:
        before, self.trouble = self.offices, None
        if found.shared != before.shared:
            log.warning("settings shared by all offices have changed; restart the workers to apply them")
            found = found.sharing(before.shared)
        if found.sites == before.sites:
            return False
        added, retired = found.sites.keys() - before.sites.keys(), before.sites.keys() - found.sites.keys()
        changed = [each for each in found.sites.keys() & before.sites.keys() if found.sites[each] != before.sites[each]]
        log.info("the offices changed", added=sorted(added), retired=sorted(retired), changed=sorted(changed))
        self.offices = found
        self.catalogue = self._take(self.offices)
        return True

    def _take(self, offices: Offices) -> Catalogue:
        for site, settings in offices.sites.items():
            known = self._known.get(site)
            if known is None or known.settings != settings:
                self._known[site] = _office(settings)
        self._sites = frozenset(site.encode() for site in offices.sites)
        self.digest = digest(offices)
        return catalogue(offices, {site: self._known[site].rules for site in offices.sites})


def _office(settings: Settings) -> CountedOffice:
    return CountedOffice(settings, ZoneInfo(settings.timezone), times(settings), rules_of_site(settings))
