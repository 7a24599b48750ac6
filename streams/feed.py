"""The identity of an input topic, by which a recreated topic is recognised."""

from __future__ import annotations

from typing import Final, NamedTuple


class Feed(NamedTuple):
    """An input topic's identity."""

    id: str  # from the broker
    epoch: int = 0  # from the configuration: raised to count a new topic from its beginning


UNKNOWN_FEED: Final = Feed("")


class RecreatedError(RuntimeError):
    """A state was folded from another topic than the present input topic."""
