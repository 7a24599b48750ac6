"""A thread that follows the topics of the ledger, the incidents and the live figures.

Readers get a new snapshot each time all topics have been read to their ends. While the broker is unreachable they keep
the last snapshot, and `trouble` gives the reason. Afterwards the thread reads from the beginning, because the topics
may have been recreated.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing, nullcontext
from datetime import datetime
from itertools import chain
from typing import ClassVar, Final, NamedTuple
from zoneinfo import ZoneInfo

import structlog

from agents.audit.stated import Stated
from agents.history.ledger import History
from agents.history.statuses import PublishedStatuses
from agents.history.today import now
from agents.kafka.client import KafkaError, Topic, topic
from agents.kafka.input_ends import InputEndsReader
from agents.kafka.reading import Record, TopicReader, leaving_out
from agents.states.records import StateRecord, StatesReader
from agents.worker.liveness import SAY_SECONDS
from config.shared import Shared
from streams.status import LineStatus, ServiceStatus, Status

log = structlog.get_logger()

POLL_MS: Final = 500
AGAIN_SECONDS: Final = 2.0
STALE_SECONDS: Final = 15.0  # since the last full reading; after that, pages warn
UNREAD: Final = "the topics have not been read yet"


class Known(NamedTuple):
    """An immutable snapshot of the topics."""

    history: History
    lines: Mapping[str, LineStatus]  # live figures, by id
    services: Mapping[str, ServiceStatus]

    def latest(self, sites: Collection[str]) -> datetime | None:
        """Return the latest moment of these offices' live figures; None if there are none."""
        statuses: Iterable[Status] = chain(self.lines.values(), self.services.values())
        return max((each.at for each in statuses if each.site in sites), default=None)

    def now(self, shared: Shared, sites: Collection[str]) -> datetime:
        """Return the local time. A replay is at its latest live figures, or at the end of the ledger's last day."""
        latest = self.latest(sites) if shared.clock == "event" else None
        if latest is not None:
            return latest.astimezone(ZoneInfo(shared.timezone))
        return now(shared, chain.from_iterable(map(self.history.days.dates, sites)))


class TopicFollower(ABC):
    """A thread that reads topics; `shown` describes their purpose in the log."""

    shown: ClassVar[str]

    def __init__(self, settings: Shared) -> None:
        self.read: float | None = None  # when all topics were last read to their ends (epoch s)
        self.trouble = UNREAD  # empty if all is well
        self._settings = settings
        self._said = -SAY_SECONDS
        self._ended = threading.Event()

    def end(self) -> None:
        """Stop following, once pending requests to the broker are answered."""
        self._ended.set()

    def has_ended(self) -> bool:
        """Whether `end` was called."""
        return self._ended.is_set()

    def start(self) -> None:
        """Start the thread; it runs until the process ends or `end` is called."""
        threading.Thread(target=self._run, daemon=True, name="topics").start()

    def stale(self, now: float) -> bool:
        """Whether the last reading is too old at `now` (epoch s)."""
        return self.read is None or now - self.read > STALE_SECONDS

    def _run(self) -> None:
        while not self.has_ended():
            try:
                self._follow()
            except Exception as error:  # any error: without this thread the pages would never change again
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
        """Read from the beginning until the broker fails; call `_well` at each end of the topics."""

    def _well(self) -> None:
        self.read = time.time()
        if self.trouble:
            log.info("the topics are read to their ends", shown=self.shown)
        self.trouble, self._said = "", -SAY_SECONDS


class Follower(TopicFollower):
    """A follower of the topics that the offices publish."""

    shown = "figures"

    def __init__(self, settings: Shared, only: Collection[Topic] = ()) -> None:
        super().__init__(settings)
        self.known = Known(History(settings), {}, {})
        self._only = [topic(settings, each) for each in only]  # all if empty

    def _follow(self) -> None:
        reading = TopicReading(self._settings)
        with (
            closing(TopicReader(self._settings, *(self._only or reading.topics))) as reader,
            closing(InputEndsReader(self._settings)) as inputs,
            nullcontext() if self._only else closing(StatesReader(self._settings)) as states,
        ):
            reading.reach(inputs)
            before = () if states is None else states.read()
            while not self.has_ended():
                ends = reader.ends()
                for record in reader.poll(POLL_MS):
                    reading.take(record)
                if reader.reached(ends):
                    reading.settle(inputs)
                    if states is not None:
                        after = states.read()
                        reading.compare(before, after)
                        before = after
                    self.known = reading.known(self.known)
                    self._well()


class TopicReading:
    """What the topics contain, gathered from their beginning."""

    def __init__(self, settings: Shared) -> None:
        self._settings = settings
        self._history = History(settings)
        self._statuses = PublishedStatuses()
        self.status = topic(settings, Topic.STATUS)
        self.topics = (*self._history.topics, self.status)
        self._history_changed = True  # the history has changed since the last `known`
        self._statuses_changed = True  # the statuses have changed since then

    def take(self, record: Record) -> None:
        """Take a record; log an unreadable one and leave it out."""
        with leaving_out(record):
            if record.topic != self.status:
                self._history.take(record)
                self._history_changed = True
            elif record.key is not None:
                self._statuses_changed = True
                self._statuses.take(record.key, record.value, record.timestamp)

    def reach(self, inputs: InputEndsReader) -> None:
        """Let days and statuses know the ends of their inputs; raise `KafkaError` if no broker answers."""
        ends = inputs.read()
        self._history.days.reach(ends)
        self._statuses.reach(ends)

    def settle(self, inputs: InputEndsReader) -> None:
        """Decide about days and statuses beyond these ends; raise `KafkaError` if no broker answers."""
        self._history.settle(inputs)
        if self._statuses.beyond:
            self._statuses.reach(inputs.read())

    def compare(self, before: Sequence[StateRecord], after: Sequence[StateRecord]) -> None:
        """Let the history's breaches include its differences from the states read `before` and `after` it."""
        self._history.stated = Stated(self._settings, before, lambda: after).breaches

    def known(self, before: Known) -> Known:
        """Return a snapshot. Parts that have not changed, including the history, are the same objects as before."""
        if not self._history_changed and not self._statuses_changed:
            return before
        history = self._history.copy() if self._history_changed else before.history
        self._history_changed = self._statuses_changed = False
        return Known(history, self._statuses.lines(), self._statuses.services())
