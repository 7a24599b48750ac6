"""Checks before a worker joins its group: the broker answers, grants its rights, and has the right topics."""

from __future__ import annotations

import asyncio
import time
from contextlib import closing
from typing import Final

import structlog

from agents.kafka.client import KafkaError, Topic, topic
from agents.kafka.reading import TopicReader
from agents.kafka.refusals import RefusalError, Right, lacking
from agents.kafka.rights import missing_rights
from agents.kafka.topics import INPUT_TOPICS, check_topics
from agents.worker.liveness import SAY_SECONDS
from config.shared import Shared

log = structlog.get_logger()

AGAIN_SECONDS: Final = 2.0

READ: Final = (*INPUT_TOPICS.values(), Topic.STATE, Topic.LEDGER)
WRITTEN: Final = (
    *(Topic.STATE, Topic.LEDGER, Topic.INCIDENTS, Topic.STATUS, Topic.DEAD_LETTERS),
    Topic.COUNTER_TICKETS,  # a transfer opens a wait there
)


class TopicsError(RuntimeError):
    """The topics that a worker cannot work with."""


class Arrival:
    """The wait for the broker."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._trouble: str | None = "the broker has not answered yet"

    async def wait(self) -> None:
        """Return once the broker answers and has what the worker needs.

        Raises `TopicsError` if its topics are not as configured, and `RefusalError` if it denies a right: only a person
        can repair these, so the process's supervisor must see them.
        """
        logged = -SAY_SECONDS
        while True:
            try:
                await asyncio.to_thread(require_all, self._shared)
                break
            except RefusalError:
                raise
            except KafkaError as error:
                self._trouble = str(error)
                if time.monotonic() - logged >= SAY_SECONDS:
                    log.warning("waiting for a broker", error=str(error))
                    logged = time.monotonic()
                await asyncio.sleep(AGAIN_SECONDS)
        self._trouble = None

    def wrong(self) -> str | None:
        """Return why the worker still waits, None if it does not."""
        return self._trouble


def require_all(shared: Shared) -> None:
    """Raise `TopicsError` or `RefusalError` if a worker could not work, `KafkaError` if no broker answers."""
    found = check_topics(shared, {*READ, *WRITTEN}).differences
    added = [each for each in found if each.what == "partitions" and int(each.found or 0) > int(each.expected)]
    differences = [each for each in found if each.what in {"topic", "partitions"} and each not in added]
    if differences or (added and not _counted(shared)):
        raise TopicsError("\n".join(map(str, differences + added)))
    needed = [
        *(Right("Read", "topic", topic(shared, each)) for each in READ),
        *(Right("Write", "topic", topic(shared, each)) for each in WRITTEN),
        *(Right(each, "group", f"{shared.kafka.prefix}worker") for each in ("Describe", "Read")),
    ]
    if missing := missing_rights(shared, needed):
        raise lacking(shared, missing)


def _counted(shared: Shared) -> bool:
    """Return whether any state exists: then partitions that were added must not stop the counting of the others."""
    with closing(TopicReader(shared, topic(shared, Topic.STATE))) as reader:
        return any(reader.ends().values())
