"""Before a worker joins its group: is there a broker, does it let the worker in, and are the topics as they must be."""

from __future__ import annotations

import asyncio
import time
from typing import Final

import structlog

from agents.kafka.client import KafkaError
from agents.kafka.refusals import RefusalError
from agents.kafka.topics import check_topics
from agents.worker.liveness import AWAY_SECONDS, SAY_SECONDS
from config.settings import Settings

log = structlog.get_logger()

AGAIN_SECONDS: Final = 2.0


class TopicsError(RuntimeError):
    """Tell which topics are not as a worker needs them."""


class Arrival:
    """Wait for the broker."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._since = time.monotonic()
        self._trouble = ""

    async def wait(self) -> None:
        """Return once the broker answers and has what the worker needs.

        Raises `TopicsError` where its topics are not those configured, and `RefusalError` where it refuses the worker:
        what only a person can mend is for the supervisor of the process to see.
        """
        said = -SAY_SECONDS
        while True:
            try:
                differences = (await asyncio.to_thread(check_topics, self._settings)).differences
                break
            except RefusalError:
                raise
            except KafkaError as error:
                self._trouble = str(error)
                if time.monotonic() - said >= SAY_SECONDS:
                    log.warning("no broker yet; waiting", error=self._trouble)
                    said = time.monotonic()
                await asyncio.sleep(AGAIN_SECONDS)
        self._trouble = ""
        wrong = [str(each) for each in differences if each.what in {"topic", "partitions"}]
        if wrong:
            raise TopicsError("\n".join(wrong))

    def wrong(self) -> str | None:
        """Say why the worker still waits, once it has waited for long."""
        return self._trouble if time.monotonic() - self._since >= AWAY_SECONDS and self._trouble else None
