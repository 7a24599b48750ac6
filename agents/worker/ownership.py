"""The partitions that this worker owns now, and what the changelog says of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from faust.types import TP

from agents.worker.continuity import Gap
from streams.intake import Feed
from streams.kept.record import position
from streams.partition import Catalogue, Input, Partition


class Ownership:
    """Hold state partition by partition, so that what is revoked is dropped whole; `topics` has each input's topic."""

    def __init__(self, catalogue: Catalogue, topics: Mapping[Input, str]) -> None:
        self._catalogue = catalogue
        self.topics = topics
        self._records: defaultdict[int, dict[bytes, bytes]] = defaultdict(dict)
        self.partitions: dict[int, Partition] = {}
        self.settled = False  # whether the partitions are ours, and their states restored
        self.rebalances = 0
        self.restored = 0  # changelog records, so far

    def restore(self, number: int, key: bytes, record: bytes) -> None:
        """Keep a changelog record, read back or just written, unless a newer state of its key is kept.

        A worker that was thought dead may have written its old state after the new owner's.
        """
        self.restored += 1
        kept = self._records[number].get(key)
        if kept is None or position(kept) <= position(record):
            self._records[number][key] = record

    def assign(self, numbers: Collection[int], feeds: Mapping[Input, Feed]) -> None:
        """Own these partitions and no others, each with the state that its records hold.

        Raises `RecreatedError` where an input topic is not the one that they were folded from.
        """
        for gone in self._records.keys() - set(numbers):
            del self._records[gone]
        self.partitions = {
            number: Partition(number, self._catalogue, self._records[number], feeds) for number in sorted(numbers)
        }
        self.settled = True

    def revoke(self) -> None:
        """Drop every state: what was not checkpointed is read again by whoever owns it next."""
        self.partitions = {}
        self.settled = False
        self.rebalances += 1

    def positions(self) -> dict[TP, int]:
        """Return up to which offset each partition of each input was read; none while partitions change hands."""
        return {
            TP(self.topics[name], number): intake.position
            for number, partition in self.partitions.items()
            for name, intake in partition.intakes.items()
        }

    def pass_over(self, tp: TP, gap: Gap) -> None:
        """Hold a partition of an input for read up to the end of a gap, in which nothing is."""
        for name, topic in self.topics.items():
            if topic == tp.topic and tp.partition in self.partitions:
                intake = self.partitions[tp.partition].intakes[name]
                intake.position = max(intake.position, gap.came - 1)
