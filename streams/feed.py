"""The identity of an input topic, by which a recreated topic is recognised."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, Protocol, TypeAlias

Input: TypeAlias = Literal["calls", "tickets", "readings", "requests", "reviews", "witnesses"]


class Folded(Protocol):
    """A state, or its mark in one input: the feed and the offset up to which it was folded."""

    offset: int
    feed: str
    epoch: int


class Feed(NamedTuple):
    """An input topic's identity."""

    id: str  # from the broker
    epoch: int = 0  # from the configuration: raised to count a new topic from its beginning

    def is_other(self, state: Folded) -> bool:
        """Return whether a state was folded from another topic, in this epoch or a later one."""
        return state.offset >= 0 and state.feed != self.id and state.epoch >= self.epoch


UNKNOWN_FEED: Final = Feed("")


class RecreatedError(RuntimeError):
    """A state was folded from another topic than the present input topic."""
