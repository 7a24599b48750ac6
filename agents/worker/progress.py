"""What time it is for this worker, how much is left to fold, and the only place that lets time pass.

`agents.worker.app` calls `pass_time` once a second, and nobody else does. Figures only read: what a scrape shows is a
second old at most, and a scrape changes nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Final, cast

import faust
from faust.types import TP

from agents.worker.continuity import Gap
from agents.worker.liveness import Liveness
from agents.worker.ownership import Ownership
from config.shared import Shared

PASS_SECONDS: Final = 1.0
STEP_SECONDS: Final = 0.05  # of passing time, after which events are folded and the broker is answered

RESTORATION: Final = TP("", 0)  # stands for all partitions while they change hands


class Progress:
    """Know the moment that figures are of, and how far the worker has folded what it owns."""

    def __init__(self, shared: Shared, ownership: Ownership, liveness: Liveness, app: faust.App) -> None:
        self._live = shared.clock == "wall"
        self._ownership = ownership
        self._liveness = liveness
        self._app = app
        self._rebalances = 0
        self._caught_up: set[int] = set()  # partitions that were folded up to their ends since the last rebalance

    def now(self) -> int:
        """Return the moment (epoch ms) that figures are of.

        By the wall clock it is now; by the events' clock it is the latest event's moment.
        """
        if self._live:
            return round(time.time() * 1000)
        partitions = self._ownership.partitions.values()
        return max((desk.state.high for owned in partitions for desk in owned.desks()), default=0)

    async def pass_time(self) -> None:
        """Let time pass for the owned lines and services, where the wall clock counts and nothing is left to fold."""
        if not self._live:
            return
        if self._liveness.status == "ok" and self._folded_all(self.lag()):
            await self._advance(self.now())
        self._catch_up(self.lag())

    async def _advance(self, now: int) -> None:
        """Let time pass up to `now` (ms), step by step: a quarter ends for thousands of lines at once."""
        rebalances, begun = self._ownership.rebalances, time.monotonic()
        for partition in list(self._ownership.partitions.values()):
            for _ in partition.advance(now):
                if time.monotonic() - begun > STEP_SECONDS:
                    await asyncio.sleep(0)  # the fold goes on
                    begun = time.monotonic()
                if self._ownership.rebalances != rebalances:
                    return

    def lag(self) -> dict[TP, int]:
        """Return how many records of each owned partition are left to fold, where the broker has told its end."""
        return {
            tp: max(0, end - 1 - folded)
            for tp, folded in self._ownership.positions().items()
            if (end := self._end(tp)) is not None
        }

    def _end(self, tp: TP) -> int | None:
        """Return where a partition ends, as far as the broker has told; None too where it was just taken away."""
        with suppress(AssertionError):  # by which aiokafka tells the latter
            return cast("int | None", self._app.consumer.highwater(tp))
        return None

    def gaps(self) -> dict[TP, Gap]:
        """Return, for each partition with records left to fold, the offset that is due and the partition's end."""
        positions = self._ownership.positions()
        return {tp: Gap(positions[tp] + 1, positions[tp] + 1 + lag) for tp, lag in self.lag().items() if lag}

    def look(self) -> tuple[Mapping[TP, int], Mapping[TP, int]]:
        """Return how far each partition was folded, and how many of its records are left.

        While partitions change hands, the restoration of their states stands for them; it is never done.
        """
        if self._ownership.settled:
            return self._ownership.positions(), self.lag()
        return {RESTORATION: self._ownership.restored}, {RESTORATION: 1}

    def _folded_all(self, lag: Mapping[TP, int]) -> bool:
        # A transaction ends with a mark, which takes an offset and is no record.
        return len(lag) == len(self._ownership.positions()) and max(lag.values(), default=0) <= 1

    def _catch_up(self, lag: Mapping[TP, int]) -> None:
        """Publish a partition's days again once it is folded up to its ends for the first time since a rebalance."""
        if self._rebalances != self._ownership.rebalances:
            self._rebalances, self._caught_up = self._ownership.rebalances, set()
        for number in self._ownership.partitions.keys() - self._caught_up:
            left = [lag.get(TP(topic, number)) for topic in self._ownership.topics.values()]
            if not any(left) and None not in left:
                self._caught_up.add(number)
                self._ownership.partitions[number].publish_again()
