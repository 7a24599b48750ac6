"""What a line remembers, and what is read from it: windows, totals, who waits, who called, who was at work."""

from __future__ import annotations

from typing import Final

from msgspec import Struct, field

from streams.calls.call import ANSWERED, LOST, OPEN, REASON_MASK, Call
from streams.calls.callers import Callers
from streams.calls.depth import Depth
from streams.calls.hours import Hour
from streams.calls.rules import LineRules
from streams.calls.staff import Staff
from streams.calls.tally import Tally
from streams.calls.windows import Rings, Window
from streams.checks.readings import CallTotals
from streams.kept.mark import Mark
from streams.kept.shown import Shown
from streams.kept.times import HOUR_MS
from streams.ledger.book import Book
from streams.ledger.day import LineDay
from streams.watch.state import WatchState

# A state record must stay far below a broker's 1 MB message limit (docs/decisions/0004).
MAX_LIVE: Final = 4_000


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


class LineFigures:
    """Read the figures of one line from its state."""

    def __init__(self, rules: LineRules, state: LineState) -> None:
        self.rules = rules
        self.state = state

    def window(self, window: Window, now: int) -> Tally:
        """Return the calls whose outcome fell in the window that ends at `now` (ms)."""
        tally = self.state.rings.read(window, now)
        for call in self.state.live.values():
            if call.outcome and now - window.length < call.moment <= now:
                tally.add(call, self.rules)
        return tally

    def total(self) -> Tally:
        """Return all calls with an outcome, settled and live."""
        tally = self.state.rings.total()
        for call in self.state.live.values():
            if call.outcome:
                tally.add(call, self.rules)
        return tally

    def callers(self) -> Callers:
        """Return who called, how often, and whom they reached, day by day, in all."""
        return self.state.depth.callers(self.state.live.values(), self.rules)

    def staff(self) -> Staff:
        """Return who was at work, as far as answered calls tell."""
        return self.state.depth.staffed(self.state.live.values())

    def overflow(self) -> dict[str, int]:
        """Return the diverted calls by where they went to, as far as it was told; the most first."""
        return self.state.depth.overflowed(self.state.live.values())

    def by_hour(self) -> dict[int, Hour]:
        """Return the calls of each hour (epoch hours) of the last month, by the moment of their outcome."""
        hours = self.state.rings.by_hour()
        for call in self.state.live.values():
            if call.outcome:
                tally = Tally()
                tally.add(call, self.rules)
                hours.setdefault(call.moment // HOUR_MS, Hour()).add(tally)
        return hours

    def waiting(self, now: int) -> list[int]:
        """Return how long (ms) each caller who is in the line at `now` has waited."""
        return [
            now - call.start
            for call in self.state.live.values()
            if call.outcome == OPEN and call.attempted and 0 <= now - call.start <= self.rules.max_call
        ]

    def totals(self, at: int) -> CallTotals:
        """Return the running totals as they stood at a moment (ms) of the last hours, by the moments of the calls."""
        offered, counts = self.state.offered, {ANSWERED: self.count(ANSWERED), LOST: self.count(LOST)}
        for call in self.state.live.values():
            offered -= call.attempted and call.start > at
            kind = call.outcome & ~REASON_MASK
            if kind in counts and call.moment > at:
                counts[kind] -= 1
        return CallTotals(offered, counts[ANSWERED], counts[LOST])

    def count(self, kind: int) -> int:
        """Return the number of calls whose outcome is of a kind, over all reasons."""
        return sum(count for outcome, count in self.state.counts.items() if outcome & ~REASON_MASK == kind)
