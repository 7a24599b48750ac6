"""The partitions that this worker owns now, and the records of their states in the changelog."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from faust.types import TP

from agents.worker.continuity import Gap
from streams.intake import Feed
from streams.kept.record import position
from streams.partition import Catalogue, Input, Partition


class Ownership:
    """Hold the states partition by partition, so that a revoked partition is dropped whole.

    `topics` has the full name of each input's topic.
    """

    def __init__(self, catalogue: Catalogue, topics: Mapping[Input, str]) -> None:
        self._catalogue = catalogue
        self.topics = topics
        self._records: defaultdict[int, dict[bytes, bytes]] = defaultdict(dict)
        self.partitions: dict[int, Partition] = {}
        self.settled = False  # whether no rebalance is under way, and the states are restored
        self.rebalances = 0  # that have begun
        self.trouble: str | None = None  # why nothing can be owned after a rebalance, while that lasts
        self.restored = 0  # records of the changelog, so far

    def restore(self, number: int, key: bytes, record: bytes) -> None:
        """Keep a record of the changelog, read back or just written, unless a newer one of its key is kept.

        A worker that was thought dead may have written its old state after the new owner wrote a newer one.
        """
        self.restored += 1
        kept = self._records[number].get(key)
        if kept is None or position(kept) <= position(record):
            self._records[number][key] = record

    def assign(self, numbers: Collection[int], feeds: Mapping[Input, Feed]) -> None:
        """Own these partitions and no others, each with the states that its records hold.

        Raises `RecreatedError` where an input topic is not the one that the states were folded from.
        """
        for gone in self._records.keys() - set(numbers):
            del self._records[gone]
        self.partitions = {
            number: Partition(number, self._catalogue, self._records[number], feeds) for number in sorted(numbers)
        }
        self.settled = True

    def revoke(self) -> None:
        """Drop every state: the next owner reads again what was not written with a checkpoint."""
        self.partitions = {}
        self.settled = False
        self.rebalances += 1

    def positions(self) -> dict[TP, int]:
        """Return the offset of the last record read from each partition of each input.

        While partitions change hands there is none.
        """
        return {
            TP(self.topics[name], number): intake.position
            for number, partition in self.partitions.items()
            for name, intake in partition.intakes.items()
        }

    def pass_over(self, tp: TP, gap: Gap) -> None:
        """Mark the partition as read up to the gap's end; the gap holds no records."""
        for name, topic in self.topics.items():
            if topic == tp.topic and tp.partition in self.partitions:
                intake = self.partitions[tp.partition].intakes[name]
                intake.position = max(intake.position, gap.came - 1)
