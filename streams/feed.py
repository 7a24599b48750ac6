"""Which input topic a state was folded from, so that one that was made anew is not taken for the one before."""

from __future__ import annotations

from typing import Final, NamedTuple


class Feed(NamedTuple):
    """Identify an input topic, so that one that was made anew is not taken for the one before."""

    id: str  # as the broker gave it
    epoch: int = 0  # as the configuration gives it: raised where a new topic is to be counted from its beginning


UNKNOWN_FEED: Final = Feed("")


class RecreatedError(RuntimeError):
    """Tell that a state was folded from another topic than the input topic of today."""
