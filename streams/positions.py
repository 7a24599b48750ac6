"""The positions of an intake and its desks in one partition of an input topic.

    offset           0         20        40        60        80
                     |---------|---------|---------|---------|---->
    the intake       ==============================noted             everything outside desks is counted
    this run         ==========cursor                                the next record to fetch follows
    desk A           ===================offset                       complete: later records are for other desks
    desk B           ==========offset ~~~~~~~~~until                 may lack records up to `until`
    desk C           =======================================offset   written before a crash, unlike the intake
    the ledger of D  ==================kept_until                    has the kept days of D, whose state is new
    desk E                          x                                the first record of an unknown desk

The intake's state includes records up to `noted`, a desk's those up to its `offset`: an event is folded only beyond its
desk's `offset`. If a desk may lack records, the partition is read again, with the cursor at the lowest such `offset`.
`Positions.check` has the invariants.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple, Protocol

from streams.feed import UNKNOWN_FEED, Feed, Folded, RecreatedError
from streams.intake_state import IntakeState
from streams.kept.mark import END


class Marked(Folded, Protocol):
    """A desk's mark in one input, with its events by result: ok, duplicate, late, or refused.

    A mark below its `until` is replayed up to there, because its state is new or from an older record.
    """

    until: int

    results: list[int]
    refused: dict[str, int]


class Start(NamedTuple):
    """The starting point of an intake."""

    state: IntakeState
    feed: Feed = UNKNOWN_FEED
    strangers: Mapping[bytes, int] = {}  # the first record of each desk that was unknown before, by its key


class DeskPlace(NamedTuple):
    """A desk's mark in one input, and the other facts that decide where reading starts."""

    mark: Marked
    always: bool  # whether the input is always replayed from the mark on
    kept_until: int  # the ledger has the desk's kept days up to this offset; -1 if it keeps none


class Lacking(NamedTuple):
    """The offsets that a desk's record lacks, though its intake has read them."""

    after: int  # the last offset that the record holds
    last: int


class Positions:
    """The positions of one intake and its desks, as the axis above shows them.

    Created by `resume`. Desks are named by their keys, `site/name`.
    """

    def __init__(
        self,
        state: IntakeState,
        places: Mapping[bytes, DeskPlace],
        behind: dict[bytes, Lacking],
        strangers: dict[bytes, int],
    ) -> None:
        self.state = state
        self.marks = {key: place.mark for key, place in places.items()}
        self.behind = behind  # as at the start of this run
        self.strangers = strangers  # the first record of each unknown desk
        # The kept days with events still to come, the next one first
        self.kept = sorted((place.kept_until, key) for key, place in places.items() if place.kept_until >= 0)
        again = [place.mark.offset for place in places.values() if place.always or place.mark.offset < place.mark.until]
        self.cursor = min([state.offset, *again])  # of the last record read in this run

    @property
    def noted(self) -> int:
        """The offset up to which the intake's state includes everything outside desks."""
        return self.state.offset

    def note(self, offset: int) -> None:
        """Record that everything up to an offset was read and folded."""
        self.pass_over(offset)
        self.state.offset = max(self.state.offset, offset)

    def pass_over(self, offset: int) -> None:
        """Skip to an offset: up to there the partition has no further records."""
        self.cursor = max(self.cursor, offset)

    def recorded(self) -> dict[str, int]:
        """Return, by a desk's id, the offset up to which its record includes this input, or marks it for replay."""
        held = {key.decode(): max(mark.offset, mark.until) for key, mark in self.marks.items()}
        return {name: last for name, last in held.items() if last >= 0}

    def check(self) -> None:
        """Raise AssertionError if the positions contradict each other, as they never do between two batches."""
        state = self.state
        assert state.offset >= -1
        assert self.cursor >= -1
        for mark in self.marks.values():
            assert (mark.feed, mark.epoch) == (state.feed, state.epoch), "an offset of another topic"
            assert mark.offset >= -1
            assert mark.until <= state.offset, "records beyond the cursor cannot be read again"
        for key, lacking in self.behind.items():
            assert lacking.after < lacking.last <= self.marks[key].until
        assert not self.strangers.keys() & self.marks.keys(), "a desk is known or unknown"
        assert all(0 <= first <= state.offset for first in self.strangers.values())
        assert self.kept == sorted(self.kept)


def resume(start: Start, places: Mapping[bytes, DeskPlace], known: Collection[bytes]) -> Positions:
    """Set the states of an intake and its desks to their starting points, and return the positions.

    A desk that was a stranger is read again from its first record; if it is not `known` yet, it remains a stranger. If
    a desk's record lacks events that the intake's record says it has, the desk is read again from there.

    Raise `RecreatedError` if a state was folded from another feed and its epoch is not below that of this feed.
    """
    state, feed, strangers = start
    recorded, state.desks = state.desks, {}
    _follow(state, feed, state.number)
    behind: dict[bytes, Lacking] = {}
    for key, place in places.items():
        mark, first = place.mark, strangers.get(key, -1)
        if mark.offset < first:
            mark.offset, mark.until = first - 1, END
            mark.feed, mark.epoch = feed
        elif first >= 0:  # known, then a stranger: a replay met its own records again, but later ones are lacking
            mark.until = END
        _follow(mark, feed, state.number)
        mark.until = min(mark.until, state.offset)
        last = min(recorded.get(key.decode(), -1), state.offset)
        if max(mark.offset, mark.until) < last:
            behind[key] = Lacking(mark.offset, last)
            mark.until = last
    return Positions(state, places, behind, {key: first for key, first in strangers.items() if key not in known})


def _follow(state: Folded, feed: Feed, number: int) -> None:
    """Continue in a feed from a state's position, or from the beginning if the state is of an earlier epoch."""
    if feed.is_other(state):
        raise RecreatedError(
            f"partition {number} was folded up to offset {state.offset} of topic {state.feed}, "
            f"which was deleted since: the topic is {feed.id} now. To keep the totals and count the new topic "
            f"from its beginning, set kafka.epoch to {state.epoch + 1}"
        )
    if state.feed != feed.id:
        state.offset = -1
    state.feed, state.epoch = feed
