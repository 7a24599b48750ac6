"""The topics of the ledger, the incidents and the live figures, followed in a thread of its own.

What was read is handed on whole, each time that all topics were read to their ends. While the broker is away the last
of it stays, and `trouble` says why. Once it is back, all is read from the beginning: the topics may be new ones.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import closing
from typing import ClassVar, Final, NamedTuple

import structlog

from agents.history.ledger import History
from agents.history.statuses import PublishedStatuses
from agents.kafka.client import KafkaError, Topic, topic
from agents.kafka.reading import Record, TopicReader, leaving_out
from agents.worker.liveness import SAY_SECONDS
from config.shared import Shared
from streams.status import LineStatus, ServiceStatus

log = structlog.get_logger()

POLL_MS: Final = 500
AGAIN_SECONDS: Final = 2.0
STALE_SECONDS: Final = 15.0  # since all was read: from then on the pages say so
UNREAD: Final = "the topics have not been read yet"


class Known(NamedTuple):
    """Hold what the topics said at one moment; it never changes."""

    history: History
    lines: Mapping[str, LineStatus]  # live figures, by id
    services: Mapping[str, ServiceStatus]


class TopicFollower(ABC):
    """Follow topics, and say by `shown` for what they are read."""

    shown: ClassVar[str]

    def __init__(self, settings: Shared) -> None:
        self.read: float | None = None  # when they were last read to their ends, epoch s
        self.trouble = UNREAD  # empty while all is well
        self._settings = settings
        self._said = -SAY_SECONDS
        self._ended = threading.Event()

    def end(self) -> None:
        """Follow them no more, once what is asked of the broker is answered."""
        self._ended.set()

    def has_ended(self) -> bool:
        """Tell whether they are followed no more."""
        return self._ended.is_set()

    def start(self) -> None:
        """Begin, until the process ends or `end` is called."""
        threading.Thread(target=self._run, daemon=True, name="topics").start()

    def stale(self, now: float) -> bool:
        """Tell whether the last reading is too old at `now` (epoch s)."""
        return self.read is None or now - self.read > STALE_SECONDS

    def _run(self) -> None:
        while not self.has_ended():
            try:
                self._follow()
            except Exception as error:  # whatever it is: without this thread the pages would stand still for good
                if self.has_ended():
                    return
                self.trouble = str(error) or type(error).__name__
                if time.monotonic() - self._said >= SAY_SECONDS:
                    expected = isinstance(error, (KafkaError, OSError))
                    log.warning(
                        "the topics cannot be read; trying again",
                        shown=self.shown,
                        error=self.trouble,
                        exc_info=not expected,
                    )
                    self._said = time.monotonic()
                self._ended.wait(AGAIN_SECONDS)

    @abstractmethod
    def _follow(self) -> None:
        """Read from the beginning and on, until the broker fails; call `_well` each time that the end is reached."""

    def _well(self) -> None:
        self.read = time.time()
        if self.trouble:
            log.info("the topics are read to their ends", shown=self.shown)
        self.trouble, self._said = "", -SAY_SECONDS


class Follower(TopicFollower):
    """Follow what the offices publish."""

    shown = "figures"

    def __init__(self, settings: Shared) -> None:
        super().__init__(settings)
        self.known = Known(History(settings), {}, {})

    def _follow(self) -> None:
        reading = TopicReading(self._settings)
        with closing(TopicReader(self._settings, *reading.topics)) as reader:
            while True:
                ends = reader.ends()
                for record in reader.poll(POLL_MS):
                    reading.take(record)
                if reader.reached(ends):
                    self.known = reading.known(self.known)
                    self._well()


class TopicReading:
    """Gather what the topics say, from their beginning on."""

    def __init__(self, settings: Shared) -> None:
        self._history = History(settings)
        self._statuses = PublishedStatuses()
        self.status = topic(settings, Topic.STATUS)
        self.topics = (*self._history.topics, self.status)
        self._new = True  # the history holds what `known` has not given yet
        self._told = True  # so do the statuses

    def take(self, record: Record) -> None:
        """Take a record; one that cannot be read is left out, and said."""
        with leaving_out(record):
            if record.topic != self.status:
                self._history.take(record)
                self._new = True
            elif record.key is not None:
                self._told = True
                self._statuses.take(record.key, record.value)

    def known(self, before: Known) -> Known:
        """Return what the topics say by now; what has not changed, the history too, is the same object as before."""
        if not self._new and not self._told:
            return before
        history = self._history.copy() if self._new else before.history
        self._new = self._told = False
        return Known(history, self._statuses.lines(), self._statuses.services())
