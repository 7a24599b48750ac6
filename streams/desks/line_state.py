"""What a line remembers."""

from __future__ import annotations

from typing import Final

from msgspec import Struct, field

from streams.calls.call import Call
from streams.calls.depth import Depth
from streams.calls.windows import Rings
from streams.kept.mark import Mark
from streams.kept.shown import Shown
from streams.ledger.book import Book
from streams.ledger.day import LineDay
from streams.watch.state import WatchState

# A state record must stay far below a broker's 1 MB message limit (docs/decisions/0004).
MAX_LIVE_CALLS: Final = 4_000


class LineState(Struct):
    """Hold all that a line remembers, with the offset up to which each input has been folded.

    `offset`, `feed`, `epoch` and `results` are those of the call attempts. Moments in epoch ms. `counts` is by outcome,
    over every call, live and settled.
    """

    line: str
    offset: int = -1
    feed: str = ""
    epoch: int = 0
    high: int = 0
    offered: int = 0
    counts: dict[int, int] = {}
    results: list[int] = field(default_factory=lambda: [0, 0, 0])
    live: dict[str, Call] = {}
    young: dict[int, Call] = {}  # settled calls, by digest: the newer generation,
    old: dict[int, Call] = {}  # and the one before, dropped whole when the newer one is full
    rings: Rings = field(default_factory=Rings)
    shown: Shown = field(default_factory=Shown)
    depth: Depth = field(default_factory=Depth)
    watch: WatchState = field(default_factory=WatchState)
    book: Book[LineDay] = field(default_factory=Book[LineDay])
    readings: Mark = field(default_factory=Mark)
    reviews: Mark = field(default_factory=Mark)
    cut: int = 0  # calls settled early because too many were live
    forgotten: int = 0  # settled calls dropped from memory because there were too many

    @property
    def others(self) -> int:
        """Return the sum of the offsets in the inputs besides the call attempts."""
        return self.readings.offset + self.reviews.offset

    def uncount(self, outcome: int) -> None:
        """Take one call out of the count of an outcome."""
        counts = self.counts
        self.shown.before_fall(outcome, counts[outcome])
        counts[outcome] -= 1
