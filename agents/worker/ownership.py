"""The partitions that this worker owns now, and the records of their states in the changelog."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from faust.types import TP

from agents.worker.continuity import Gap
from agents.worker.restored import RestoredStates
from agents.worker.steps import Steps
from agents.worker.unread import UnreadState
from streams.catalogue import Catalogue
from streams.feed import Feed, Input
from streams.ledger.day import LedgerDay
from streams.partition import Partition


class Ownership:
    """The states by partition, so that a revoked partition is dropped as a whole.

    `topics` has the full name of each input's topic.
    """

    def __init__(self, catalogue: Catalogue, topics: Mapping[Input, str]) -> None:
        self._catalogue = catalogue
        self.topics = topics
        self._feeds: Mapping[Input, Feed] = {}
        self._records: defaultdict[int, RestoredStates] = defaultdict(RestoredStates)
        self.partitions: dict[int, Partition] = {}
        self.caught_up: set[int] = set()  # partitions folded up to their ends as of the last rebalance
        self.unread: dict[bytes, UnreadState] = {}  # states of these partitions whose record cannot be read, by key
        self.generation = -1  # of the group that assigned these partitions, ascending
        self.settled = False  # whether no rebalance is under way, and the states are restored
        self.rebalances = 0  # so far
        self.trouble: str | None = None  # why no partition can be owned after a rebalance, if so
        self.restored = 0  # records of the changelog, so far

    def whole(self, assigned: Collection[TP]) -> tuple[list[int], list[int]]:
        """Return the numbers with every input assigned, and the numbers with only some inputs assigned.

        Another worker, of an older version with fewer inputs, owns the partitions of the latter.
        """
        given: defaultdict[int, set[str]] = defaultdict(set)
        for tp in assigned:
            given[tp.partition].add(tp.topic)
        inputs = set(self.topics.values())
        numbers = sorted(number for number, topics in given.items() if topics & inputs)
        return [each for each in numbers if given[each] >= inputs], [
            each for each in numbers if not given[each] >= inputs
        ]

    def restore(self, number: int, key: bytes, record: bytes | None, offset: int = -1) -> None:
        """Keep a record of the changelog, restored from an offset or just written."""
        self.restored += 1
        self._records[number].take(key, record, offset)

    async def assign(self, numbers: Collection[int], feeds: Mapping[Input, Feed], generation: int = 0) -> None:
        """Own exactly these partitions, each with the states in its records; own none if a rebalance begins meanwhile.

        Other tasks may run between two partitions. `generation` is that of the group that assigns them. Raises
        `RecreatedError` if an input topic was recreated since the states were folded.
        """
        for gone in self._records.keys() - set(numbers):
            del self._records[gone]
        self._feeds, rebalances, catalogue, steps = feeds, self.rebalances, None, Steps()
        while catalogue is not self._catalogue:  # again if the offices' files changed meanwhile
            catalogue, partitions = self._catalogue, dict[int, Partition]()
            for number in sorted(numbers):
                partitions[number] = Partition(number, *self._given(number), generation=generation)
                if await steps.pause() and self.rebalances != rebalances:
                    return
        self.partitions = partitions
        self._find_unread()
        self.caught_up, self.settled, self.generation = set(), True, generation

    def renew(self, catalogue: Catalogue) -> list[TP]:
        """Own the same partitions under another catalogue, with the states unchanged.

        Return the partitions of topics to read again because some of their desks were unknown until now.
        """
        self._catalogue = catalogue
        positions = self.positions()
        for number, partition in self.partitions.items():
            self.partitions[number] = partition.renewed(number, *self._given(number))
        self._find_unread()
        return [tp for tp, position in self.positions().items() if position < positions[tp]]

    def shown(self) -> dict[int, Partition]:
        """Return the partitions whose figures may be shown: no total may fall."""
        return {number: partition for number, partition in self.partitions.items() if number in self.caught_up}

    @property
    def shows_all(self) -> bool:
        """Whether every owned partition may be shown."""
        return self.settled and self.partitions.keys() <= self.caught_up

    def doubtful(self) -> list[int]:
        """Return the partitions with a state whose record is too old or missing."""
        gone = {each.partition for each in self.unread.values() if each.unread.gone}
        return sorted(gone | {number for number, partition in self.partitions.items() if partition.behind()})

    def has_closed(self, day: LedgerDay) -> bool:
        """Return whether an owned desk has closed this day."""
        return any(partition.has_closed(day) for partition in self.partitions.values())

    def take(self, records: Mapping[int, RestoredStates]) -> None:
        """Replace these partitions' restored records."""
        self._records.update(records)

    def _given(
        self, number: int
    ) -> tuple[Catalogue, Mapping[bytes, bytes], Mapping[Input, Feed], Mapping[bytes, bytes]]:
        records = self._records[number]
        return self._catalogue, records.furthest(), self._feeds, records.earlier()

    def _find_unread(self) -> None:
        self.unread = {
            each.key: UnreadState(each, number, self._records[number].unreadable(each.key, forget=not each.refused))
            for number, partition in self.partitions.items()
            for each in partition.unread
        }

    def revoke(self) -> None:
        """Drop every state: the next owner rereads everything that is in no checkpoint."""
        self.unsettle()
        self.rebalances += 1

    def unsettle(self) -> None:
        """Own nothing until the states are restored."""
        self.partitions, self.unread, self.caught_up = {}, {}, set()
        self.settled = False

    def positions(self) -> dict[TP, int]:
        """Return the offset of the last record read from each partition of each input; empty during a rebalance."""
        return {
            TP(self.topics[name], number): intake.positions.cursor
            for number, partition in self.partitions.items()
            for name, intake in partition.intakes.items()
        }

    def noted(self) -> dict[TP, int]:
        """Return the offset up to which each partition of each input was read in any run, as `positions` does."""
        return {
            TP(self.topics[name], number): intake.positions.noted
            for number, partition in self.partitions.items()
            for name, intake in partition.intakes.items()
        }

    def pass_over(self, tp: TP, gap: Gap) -> None:
        """Mark a partition as read up to the end of an empty gap."""
        for name, topic in self.topics.items():
            if topic == tp.topic and tp.partition in self.partitions:
                self.partitions[tp.partition].intakes[name].positions.pass_over(gap.came - 1)
