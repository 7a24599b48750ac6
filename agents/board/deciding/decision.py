"""Decisions and answers given on a page, written to the log by the same code as `tocsin review`, and read back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import structlog
from msgspec.structs import replace

from agents.board.deciding.forms import FormError, Wish
from agents.history import review
from agents.history.incident_schema import IncidentJson, named_desk
from agents.history.questions import CallAnswer
from agents.kafka.client import KafkaError
from agents.translation import Words
from config.settings import Settings
from streams.decoding import Invalid
from streams.events import Review
from streams.watch.review import decided

log = structlog.get_logger()

WRITE_SECONDS: Final = 8.0  # time for the broker to accept a decision, while a person waits
SEEN_SECONDS: Final = 5.0  # time for the board to read the decision back
LOOK_SECONDS: Final = 0.1


class NotWrittenError(Exception):
    """The broker did not confirm a decision in time; the log may or may not have the decision."""


def reviews_of(settings: Settings, asked: Wish, who: str, parts: Sequence[IncidentJson], text: Words) -> list[Review]:
    """Return a decision on each of `parts`, which are decided together; if there are none, return a declaration.

    Raises `FormError` if the decision is not allowed.
    """
    named = {"note": asked.note or None, "id": asked.once, "line": asked.line}
    with _refusals(text):
        made = review.review(settings, asked.choice, who, **named, **{"from": asked.start, "to": asked.end})
        every = [replace(made, incident=each["id"], **named_desk(each)) for each in parts] or [made]
        for each in every:
            decided(each)
    return every


def answers_of(settings: Settings, given: Iterable[CallAnswer], who: str, text: Words) -> list[Review]:
    """Return a person's answers as reviews; raise `FormError` if one is not allowed."""
    with _refusals(text):
        return [each.review(settings, who) for each in given]


@contextmanager
def _refusals(text: Words) -> Iterator[None]:
    try:
        yield
    except review.ReviewError as error:
        if "telephone number" not in str(error):
            raise FormError(str(text.fact(error))) from None
        said = text("The name and the reason must not contain a telephone number: both are published.")
        raise FormError(said) from None
    except Invalid as error:
        raise FormError(str(error)) from None


async def take(settings: Settings, reviews: Sequence[Review], seen: Callable[[], bool]) -> None:
    """Write decisions and wait until the board has read them.

    Raises `NotWrittenError` if the broker does not confirm them in time. A repeated attempt sends the same decisions.
    """
    writing = asyncio.create_task(asyncio.to_thread(review.send, settings, *reviews))
    writing.add_done_callback(_log_failure)
    try:
        await asyncio.wait_for(asyncio.shield(writing), WRITE_SECONDS)
    except (KafkaError, OSError) as error:  # includes timeouts
        raise NotWrittenError(str(error) or type(error).__name__) from error
    for each in reviews:
        log.info("decided on the board", by=each.by, decision=each.decision, incident=each.incident or each.line)
    deadline = time.monotonic() + SEEN_SECONDS
    while not seen() and time.monotonic() < deadline:  # noqa: ASYNC110 -- the follower is a thread without an event to wait for
        await asyncio.sleep(LOOK_SECONDS)


def _log_failure(writing: asyncio.Task[None]) -> None:
    """Log a failed write, because the request that asked for it may be over."""
    if not writing.cancelled() and (error := writing.exception()) is not None:
        log.warning("a decision was not confirmed by the broker", error=str(error) or type(error).__name__)
