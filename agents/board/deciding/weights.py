"""Effects of the incidents, computed in a thread; computed again after a record that they depend on has changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Final, NamedTuple, TypeAlias

import structlog

from agents.board.follower import Follower
from agents.desk_view.effect import TOLD, Weight, decision_of, weigh, years_of
from agents.history.ledger import History
from agents.totals.plan import plan_of
from config.settings import Settings
from streams.indicators.period import Period
from streams.watch.incident import Incident

log = structlog.get_logger()

RECHECK_SECONDS: Final = 2.0
IDLE: Final = 9  # pause between two rounds, as a multiple of the last round; limits the load to a tenth of a core
AT_ONCE: Final = 5

Groups: TypeAlias = Mapping[str, Sequence[Incident]]  # incidents that are decided together, by name
_Given: TypeAlias = tuple[object, ...]  # what an effect depends on


class _Kept(NamedTuple):
    """An effect, its inputs, and the moment of its computation (epoch s)."""

    weight: Weight
    given: _Given
    at: float


class KeptWeights:
    """Effects of the incidents; `groups` returns the groups of incidents in a history."""

    def __init__(
        self,
        settings: Settings,
        follower: Follower,
        groups: Callable[[History], Groups],
        today: Callable[[], date],
    ) -> None:
        self._settings = settings
        self._follower = follower
        self._groups = groups
        self._today = today
        self._plan = plan_of(settings)
        self._kept: dict[str, _Kept] = {}
        self._lock = asyncio.Lock()

    def known(self) -> dict[str, Weight]:
        """Return the effects computed so far, by group; some may be out of date."""
        return {name: each.weight for name, each in self._kept.items()}

    def outdated(self, groups: Groups) -> float | None:
        """Return when (epoch s) the oldest effect of these groups was computed; None if all are up to date."""
        given = self._given(groups, self._follower.known.history)
        old = [each.at for name in groups if (each := self._kept.get(name)) and each.given != given[name]]
        return min(old, default=None)

    async def of(self, name: str, incidents: Sequence[Incident]) -> Weight:
        """Return a group's effect by the latest records."""
        return (await self._renew({name: incidents}))[name].weight

    async def keep(self) -> None:
        """Keep all effects up to date, forever."""
        said, seen = False, None
        while True:
            history, today, begun = self._follower.known.history, self._today(), time.monotonic()
            try:
                if seen != (history, today):
                    groups = await asyncio.to_thread(self._groups, history)
                    names = list(groups)
                    # In small groups, so that a requested page does not wait long.
                    for first in range(0, len(names), AT_ONCE):
                        await self._renew({name: groups[name] for name in names[first : first + AT_ONCE]})
                    self._kept = {name: each for name, each in self._kept.items() if name in groups}
                    seen = history, today
                said = False
            except Exception:  # any error: it may stop when a record is repaired
                if not said:
                    log.exception("the incidents cannot be weighed; trying again")
                said = True
            await asyncio.sleep(max(RECHECK_SECONDS, IDLE * (time.monotonic() - begun)))

    async def _renew(self, groups: Groups) -> dict[str, _Kept]:
        async with self._lock:
            history, today = self._follower.known.history, self._today()
            given = await asyncio.to_thread(self._given, groups, history)
            due = {
                name: incidents
                for name, incidents in groups.items()
                if name not in self._kept or self._kept[name].given != given[name]
            }
            if due:
                at = time.time()
                tried = [decision_of(each, at) for each in TOLD]
                found = await asyncio.to_thread(weigh, self._settings, history, due, today, tried)
                self._kept |= {name: _Kept(weight, given[name], at) for name, weight in found.items()}
            return {name: self._kept[name] for name in groups}

    def _given(self, groups: Groups, history: History) -> dict[str, _Given]:
        """Return, by group, all that its effect depends on."""
        today, site = self._today(), self._settings.site
        state = cache(lambda year: history.state(site, Period.of_year(year)))
        found: dict[str, _Given] = {}
        for name, incidents in groups.items():
            facts = [(each.id, each.verdict, each.kind, each.status, each.bounds()) for each in incidents]
            found[name] = (today, facts, [state(year) for year in sorted(years_of(self._plan, incidents))])
        return found
