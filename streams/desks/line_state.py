"""The state of a line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from streams.calls.call import UNRESOLVED, Call
from streams.calls.definition import LineDefinition
from streams.calls.depth import Depth
from streams.calls.windows import Rings
from streams.desks.line_witness_state import LineWitnessState
from streams.kept.mark import Mark
from streams.kept.memory import MemoryPage
from streams.kept.shown import Shown
from streams.ledger.book import Book
from streams.ledger.day import LineDay
from streams.watch.reported_state import ReportedState
from streams.watch.state import WatchState

# A state record must stay far below a broker's 1 MB message limit (docs/decisions/0004).
MAX_LIVE_CALLS: Final = 4_000


@dataclass(slots=True)
class LineState:
    """A line's state, with the offset up to which each input was folded; moments in epoch ms."""

    line: str  # its id, `site/line`
    offset: int = -1  # of the last folded call event
    feed: str = ""  # the topic's id, as given by the broker, to which this offset belongs
    epoch: int = 0  # the topic's epoch, as configured
    until: int = -1  # greater than `offset` if the partition was read up to here and is being replayed for this state
    high: int = 0  # the watermark: the latest moment of a call event
    offered: int = 0  # distinct calls
    counts: dict[int, int] = field(default_factory=dict)  # the calls with an outcome, live and settled, by outcome
    results: list[int] = field(default_factory=lambda: [0, 0, 0])  # call events: ok, duplicate, late
    live: dict[str, Call] = field(default_factory=dict)  # by the source's id
    young: dict[int, Call] = field(default_factory=dict)  # settled calls, by digest: the open page of the memory,
    old: dict[int, MemoryPage] = field(default_factory=dict)  # and the sealed page of each that is on one
    rings: Rings = field(default_factory=Rings)  # the sums over settled calls
    shown: Shown = field(default_factory=Shown)  # the counters that Prometheus has read
    depth: Depth = field(default_factory=Depth)  # callers, agents and destinations
    watch: WatchState = field(default_factory=WatchState)  # the evidence against the counting, and the incidents
    book: Book[LineDay] = field(default_factory=Book[LineDay])  # the days of the ledger
    readings: Mark = field(default_factory=Mark)  # how far the readings were folded
    reviews: Mark = field(default_factory=Mark)  # how far the reviews were folded
    witness: LineWitnessState = field(default_factory=LineWitnessState)  # the second record
    cut: int = 0  # calls settled early for lack of room
    forgotten: int = 0  # settled calls dropped from memory for lack of room
    # Definitions by which calls were counted; None if an earlier version did not store it
    definitions: list[LineDefinition | None] = field(default_factory=list)
    reported: ReportedState = field(default_factory=ReportedState)  # of a line with readings only
    refused: dict[str, int] = field(default_factory=dict)  # rejected call events by reason
    again: int = 0  # calls whose id an earlier call of the line had
    pages: list[MemoryPage] = field(default_factory=list)  # the sealed pages

    @property
    def others(self) -> int:
        """The sum of the offsets in the inputs other than calls."""
        return self.readings.offset + self.reviews.offset + max(0, self.witness.mark.offset + 1)

    def uncount(self, outcome: int) -> None:
        counts = self.counts
        self.shown.before_fall(outcome, self.unresolved() if outcome == UNRESOLVED else counts[outcome])
        counts[outcome] -= 1

    def unresolved(self) -> int:
        """Return the number of calls that will never have an outcome: settled without one, or cut by a restart."""
        cut = sum(not call.outcome and call.ended >= 0 for call in self.live.values())
        return self.counts.get(UNRESOLVED, 0) + cut
