"""A person's decision on an incident, applied to the line, service or channel that has it."""

from __future__ import annotations

from typing import Protocol

from streams.events import Review, milliseconds
from streams.kept.mark import AHEAD, Mark
from streams.kept.times import DAY_MS


class ReviewedState(Protocol):
    """The part of a desk's state that reviews need."""

    high: int
    reviews: Mark


class ReviewedWatch(Protocol):
    """A watch with incidents."""

    def review(self, review: Review, now: int) -> int:
        """Take a person's decision at the desk's time `now` (ms)."""


def review_desk(state: ReviewedState, watch: ReviewedWatch, review: Review, now: int) -> int:
    """Apply a person's decision; return `OK`, `DUPLICATE`, `LATE` or `AHEAD`.

    The decision is `LATE` if its incident keeps only newer decisions. Raise `Invalid` if it decides nothing.
    """
    if milliseconds(review.at) > now + DAY_MS:
        return AHEAD
    result = watch.review(review, state.high)
    state.reviews.results[result] += 1
    return result
