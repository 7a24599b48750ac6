"""A limit on the wait for a broker that has stopped answering: a client reports a long wait, and then gives up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from kafka.errors import (  # type: ignore[import-untyped]  # ships no types
    KafkaConnectionError,
    KafkaTimeoutError,
    NodeNotReadyError,
    RequestTimedOutError,
)

from agents.ending import notice
from agents.kafka.refusals import AwayError
from agents.translation import text
from streams.said import said

if TYPE_CHECKING:
    from config.shared import Shared

QUIET_SECONDS: Final = 5.0  # a longer wait is reported
ANSWER_SECONDS: Final = 60.0  # the longest wait: a broker that restarts is back sooner (docs/operations/run.md)
_AWAY: Final = (KafkaConnectionError, KafkaTimeoutError, NodeNotReadyError, RequestTimedOutError)


def limit_ms() -> int:
    """Return the longest wait, for Kafka's clients."""
    return round(1000 * ANSWER_SECONDS)


class Silence:
    """How long a client has waited without an answer. `what` names the topics or the data that it asked for."""

    def __init__(self, settings: Shared, what: str) -> None:
        self._facts = {"address": settings.kafka.bootstrap, "what": what}
        self._lasted = 0.0

    def end(self) -> None:
        self._lasted = 0.0

    def lasts(self, seconds: float) -> None:
        """Add seconds without an answer: report them if there are many, and raise `AwayError` if there are too many."""
        self._lasted += seconds
        if self._lasted >= QUIET_SECONDS:
            notice(self._words())
        if self._lasted >= ANSWER_SECONDS:
            raise self.error()

    @contextmanager
    def asking(self) -> Iterator[int]:
        """Yield the longest wait (ms) for one answer; report a long one, and raise `AwayError` if none comes."""
        timer = threading.Timer(QUIET_SECONDS, notice, (self._words(),))
        timer.daemon = True
        timer.start()
        try:
            yield limit_ms()
        except AwayError:
            raise
        except _AWAY:
            raise self.error() from None
        finally:
            timer.cancel()
            timer.join()

    def _words(self) -> str:
        return text(
            "waiting up to {seconds} s for the broker at {address} ({what})",
            seconds=round(ANSWER_SECONDS),
            **self._facts,
        )

    def error(self) -> AwayError:
        return AwayError(said("the broker at {address} stopped answering ({what})", **self._facts))
