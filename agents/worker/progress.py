"""The worker's clock and its lag; the only module that lets time pass.

Only `agents.worker.app` calls `pass_time`, once a second. A scrape only reads, so its figures may be a second old.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Final, cast

import faust
from faust.types import TP

from agents.worker.continuity import Gap
from agents.worker.liveness import Liveness
from agents.worker.ownership import Ownership
from agents.worker.steps import Steps
from config.shared import Shared

PASS_SECONDS: Final = 1.0
CATCH_UP_SECONDS: Final = 0.1  # between two attempts

RESTORATION: Final = TP("", 0)  # in place of all partitions during a rebalance


class Progress:
    """The moment of the figures, and how far the owned partitions are folded."""

    def __init__(self, shared: Shared, ownership: Ownership, liveness: Liveness, app: faust.App) -> None:
        self._live = shared.clock == "wall"
        self._ownership = ownership
        self._liveness = liveness
        self._app = app
        self._rebalances = 0
        self._ends: dict[TP, int] = {}  # of the inputs at the last rebalance

    def now(self) -> int:
        """Return the moment (epoch ms) of the figures: now or, by the events' clock, the moment of the latest event."""
        if self._live:
            return round(time.time() * 1000)
        partitions = self._ownership.partitions.values()
        return max((desk.state.high for owned in partitions for desk in owned.desks()), default=0)

    async def pass_time(self) -> None:
        """Let time pass for the owned desks, if the wall clock is in use and nothing is left to fold."""
        if self._live and self.idle():
            await self._advance(self.now())

    def idle(self) -> bool:
        """Return whether nothing is left to fold."""
        return self._liveness.status == "ok" and self._folded_all(self.lag())

    async def _advance(self, now: int) -> None:
        """Let time pass up to `now` (ms) in small steps, as a quarter-hour ends for thousands of lines at once."""
        rebalances, steps = self._ownership.rebalances, Steps()
        for partition in list(self._ownership.partitions.values()):
            for _ in partition.advance(now):
                if await steps.pause() and self._ownership.rebalances != rebalances:
                    return

    def lag(self) -> dict[TP, int]:
        """Return the number of records left to fold in each owned partition whose end is known."""
        return {
            tp: max(0, end - 1 - folded)
            for tp, folded in self._ownership.positions().items()
            if (end := self._end(tp)) is not None
        }

    def _end(self, tp: TP) -> int | None:
        """Return the end of a partition; None if the broker has not sent it yet or the partition was just revoked."""
        with suppress(AssertionError):  # aiokafka's error for a revoked partition
            return cast("int | None", self._app.consumer.highwater(tp))
        return None

    def gaps(self) -> dict[TP, Gap]:
        """Return, for each partition with records left to fold, the next offset and the partition's end."""
        positions = self._ownership.positions()
        return {tp: Gap(positions[tp] + 1, positions[tp] + 1 + lag) for tp, lag in self.lag().items() if lag}

    def look(self) -> tuple[Mapping[TP, int], Mapping[TP, int]]:
        """Return each partition's position and lag; during a rebalance, those of the restoration, whose end is open."""
        if self._ownership.settled:
            return self._ownership.positions(), self.lag()
        return {RESTORATION: self._ownership.restored}, {RESTORATION: 1}

    def _folded_all(self, lag: Mapping[TP, int]) -> bool:
        # A transaction ends with a marker, which has an offset but is no record.
        return len(lag) == len(self._ownership.positions()) and max(lag.values(), default=0) <= 1

    def catch_up(self) -> None:
        """Show a partition and publish its days again once it is folded up to its ends as of the last rebalance.

        An earlier owner may have shown higher totals until then, because its last events were in no checkpoint.
        """
        if self._ownership.partitions.keys() == self._ownership.caught_up:
            return
        if self._rebalances != self._ownership.rebalances:
            self._rebalances, self._ends = self._ownership.rebalances, {}
        positions = self._ownership.positions()
        for tp in positions.keys() - self._ends.keys():
            if (end := self._end(tp)) is not None:
                self._ends[tp] = end
        behind = {tp.partition for tp, at in positions.items() if tp not in self._ends or at < self._ends[tp] - 1}
        for number in self._ownership.partitions.keys() - behind - self._ownership.caught_up:
            self._ownership.caught_up.add(number)
            self._ownership.partitions[number].publish_again()
