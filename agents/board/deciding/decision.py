"""A decision taken on a page: written to the log by the same code as `tocsin review`, and seen there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Final

import structlog
from msgspec.structs import replace

from agents.board.deciding.forms import FormError, Wish
from agents.history import review
from agents.history.incident_schema import IncidentJson
from agents.kafka.client import KafkaError
from agents.translation import Words
from config.settings import Settings
from streams.decoding import Invalid
from streams.events import Review
from streams.watch.review import decided

log = structlog.get_logger()

WRITE_SECONDS: Final = 8.0  # for the broker to take a decision: a person waits for it
SEEN_SECONDS: Final = 5.0  # for the board to read it back
LOOK_SECONDS: Final = 0.1


class NotWrittenError(Exception):
    """Tell that the broker did not confirm a decision; whether it has it is not known."""


def reviews_of(settings: Settings, asked: Wish, who: str, parts: Sequence[IncidentJson], text: Words) -> list[Review]:
    """Return a decision on each of the incidents that are decided on together, or a declaration where there are none.

    Raises `FormError` where it cannot be taken.
    """
    named = {"note": asked.note or None, "id": asked.once, "line": asked.line}
    try:
        made = review.review(settings, asked.choice, who, **named, **{"from": asked.start, "to": asked.end})
        every = [replace(made, incident=each["id"], line=each["line"]) for each in parts] or [made]
        for each in every:
            decided(each)
    except review.ReviewError as error:
        if "telephone number" not in str(error):
            raise FormError(str(text.fact(error))) from None
        said = text("No telephone number may stand in the name or the reason: both are published.")
        raise FormError(said) from None
    except Invalid as error:
        raise FormError(str(error)) from None
    return every


async def take(settings: Settings, reviews: Sequence[Review], seen: Callable[[], bool]) -> None:
    """Write decisions and wait until the board has read them.

    Raises `NotWrittenError` where the broker does not confirm them in time. Sent again, they are the same decisions.
    """
    writing = asyncio.create_task(asyncio.to_thread(review.send, settings, *reviews))
    writing.add_done_callback(_told)
    try:
        await asyncio.wait_for(asyncio.shield(writing), WRITE_SECONDS)
    except (KafkaError, OSError) as error:  # a timeout is one of the latter
        raise NotWrittenError(str(error) or type(error).__name__) from error
    for each in reviews:
        log.info("decided on the board", by=each.by, decision=each.decision, incident=each.incident or each.line)
    deadline = time.monotonic() + SEEN_SECONDS
    while not seen() and time.monotonic() < deadline:  # noqa: ASYNC110 -- the follower is a thread, with no event to wait for
        await asyncio.sleep(LOOK_SECONDS)


def _told(writing: asyncio.Task[None]) -> None:
    """Say how it ended, where nobody may wait for it any more."""
    if not writing.cancelled() and (error := writing.exception()) is not None:
        log.warning("a decision was not confirmed by the broker", error=str(error) or type(error).__name__)
