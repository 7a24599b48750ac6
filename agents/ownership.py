"""The partitions that this worker owns now, and what the changelog says of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from streams.partition import Feed, Partition
from streams.record import position
from streams.rules import LineRules


class Ownership:
    """Hold state partition by partition, so that what is revoked is dropped whole."""

    def __init__(self, catalogue: Mapping[bytes, LineRules], homes: Mapping[bytes, int]) -> None:
        self._catalogue = catalogue
        self._homes = homes
        self._records: defaultdict[int, dict[bytes, bytes]] = defaultdict(dict)
        self.partitions: dict[int, Partition] = {}
        self.settled = False  # whether the partitions are ours, and their states restored
        self.rebalances = 0
        self._restored = 0

    def restore(self, number: int, key: bytes, record: bytes) -> None:
        """Keep a changelog record, read back or just written, unless a newer state of its key is kept.

        A worker that was thought dead may have written its old state after the new owner's.
        """
        self._restored += 1
        kept = self._records[number].get(key)
        if kept is None or position(kept) <= position(record):
            self._records[number][key] = record

    def assign(self, numbers: Collection[int], feed: Feed) -> None:
        """Own these partitions and no others, each with the state that its records hold.

        Raises `RecreatedError` where the input topic is not the one that they were folded from.
        """
        for gone in self._records.keys() - set(numbers):
            del self._records[gone]
        self.partitions = {
            number: Partition(number, self._catalogue, self._homes, self._records[number], feed)
            for number in sorted(numbers)
        }
        self.settled = True

    def revoke(self) -> None:
        """Drop every state: what was not checkpointed is read again by whoever owns it next."""
        self.partitions = {}
        self.settled = False
        self.rebalances += 1

    def positions(self) -> dict[int, int]:
        """Return up to which offset each partition was folded, or how far a restoration has come."""
        if not self.settled:
            return {-1: self._restored}
        return {number: partition.state.offset for number, partition in self.partitions.items()}
