"""Effects of the incidents, computed in a thread; computed again after an incident or its year has changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

import msgspec
import structlog

from agents.board.follower import Follower
from agents.cache import Cache
from agents.desk_view.effect import TOLD, Weight, decision_of, weigh
from agents.history.ledger import History
from config.settings import Settings
from streams.watch.incident import Incident

log = structlog.get_logger()

RECHECK_SECONDS: Final = 2.0
AT_ONCE: Final = 5
OLD_SECONDS: Final = 300.0  # age from which an effect is computed again if the ledger has changed

Groups = Mapping[str, Sequence[Incident]]  # incidents that are decided together, by name


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
        self._kept = Cache[str, Weight](patience=OLD_SECONDS)
        self._lock = asyncio.Lock()

    def known(self) -> dict[str, Weight]:
        """Return the effects computed so far, by group."""
        return self._kept.values()

    async def of(self, name: str, incidents: Sequence[Incident]) -> Weight:
        """Return a group's current effect."""
        await self._renew({name: incidents})
        return self._kept.values()[name]

    async def keep(self) -> None:
        """Keep all effects up to date, forever."""
        said = False
        while True:
            try:
                groups = await asyncio.to_thread(self._groups, self._follower.known.history)
                names = list(groups)
                # In small groups, so that a requested page does not wait long.
                for first in range(0, len(names), AT_ONCE):
                    await self._renew({name: groups[name] for name in names[first : first + AT_ONCE]})
                self._kept.retain(groups)
                said = False
            except Exception:  # any error: it may stop when a record is repaired
                if not said:
                    log.exception("the incidents cannot be weighed; trying again")
                said = True
            await asyncio.sleep(RECHECK_SECONDS)

    async def _renew(self, groups: Groups) -> None:
        async with self._lock:
            history = self._follower.known.history
            states = {name: _state(incidents) for name, incidents in groups.items()}
            due = {name: groups[name] for name in groups if self._kept.get(name, states[name], history) is None}
            if due:
                tried = [decision_of(each, time.time()) for each in TOLD]
                found = await asyncio.to_thread(weigh, self._settings, history, due, self._today(), tried)
                for name, weight in found.items():
                    self._kept.put(name, weight, states[name], history)


def _state(incidents: Sequence[Incident]) -> bytes:
    """Return a digest of the facts that the effect of incidents depends on."""
    facts = [(each.id, each.verdict, each.kind, each.status, each.bounds()) for each in incidents]
    return msgspec.json.encode(facts)
