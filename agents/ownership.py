"""The partitions that this worker owns now, and what the changelog says of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from streams.partition import Partition
from streams.rules import LineRules


class Ownership:
    """Hold state partition by partition, so that what is revoked is dropped whole."""

    def __init__(self, catalogue: Mapping[bytes, LineRules], homes: Mapping[bytes, int]) -> None:
        self._catalogue = catalogue
        self._homes = homes
        self._records: defaultdict[int, dict[bytes, bytes]] = defaultdict(dict)
        self.partitions: dict[int, Partition] = {}

    def restore(self, number: int, key: bytes, record: bytes) -> None:
        """Keep a changelog record, read back or just written, as the latest of its key."""
        self._records[number][key] = record

    def assign(self, numbers: Collection[int]) -> None:
        """Own these partitions and no others, each with the state that its records hold."""
        for gone in self._records.keys() - set(numbers):
            del self._records[gone]
        self.partitions = {
            number: Partition(number, self._catalogue, self._homes, self._records[number]) for number in sorted(numbers)
        }

    def revoke(self) -> None:
        """Drop every state: what was not checkpointed is read again by whoever owns it next."""
        self.partitions = {}
