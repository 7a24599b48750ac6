"""Before a worker joins its group: is there a broker, does it let the worker in, and are the topics as they must be."""

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
from agents.kafka.topics import check_topics
from agents.worker.app import INPUT_TOPICS
from agents.worker.liveness import SAY_SECONDS
from config.shared import Shared

log = structlog.get_logger()

AGAIN_SECONDS: Final = 2.0

READ: Final = (*INPUT_TOPICS.values(), Topic.STATE, Topic.LEDGER)
WRITTEN: Final = (
    *(Topic.STATE, Topic.LEDGER, Topic.INCIDENTS, Topic.STATUS, Topic.DEAD_LETTERS),
    Topic.COUNTER_TICKETS,  # where a transfer opens a wait
)


class TopicsError(RuntimeError):
    """Tell which topics are not as a worker needs them."""


class Arrival:
    """Wait for the broker."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._trouble: str | None = "the broker has not answered yet"

    async def wait(self) -> None:
        """Return once the broker answers and has what the worker needs.

        Raises `TopicsError` where its topics are not those configured, and `RefusalError` where it refuses the worker:
        what only a person can mend is for the supervisor of the process to see.
        """
        said = -SAY_SECONDS
        while True:
            try:
                await asyncio.to_thread(require_all, self._shared)
                break
            except RefusalError:
                raise
            except KafkaError as error:
                self._trouble = str(error)
                if time.monotonic() - said >= SAY_SECONDS:
                    log.warning("waiting for a broker", error=str(error))
                    said = time.monotonic()
                await asyncio.sleep(AGAIN_SECONDS)
        self._trouble = None

    def wrong(self) -> str | None:
        """Say that, and why, the worker still waits."""
        return self._trouble


def require_all(shared: Shared) -> None:
    """Raise `TopicsError` or `RefusalError` where a worker could not work, `KafkaError` where no broker answers."""
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
    """Tell whether there is a state: partitions that were added since then must not stop the counting of the others."""
    with closing(TopicReader(shared, topic(shared, Topic.STATE))) as reader:
        return any(reader.ends().values())
