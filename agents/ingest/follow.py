"""A live file sent to Kafka while it grows; after a crash the sending goes on from where it stopped.

Two things are kept, as of the last moment when the broker had everything: how far the file was read, and the open
calls of a log. After a crash the lines behind that moment are sent again, by the same ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Generic, TypeAlias, TypeVar

import msgspec
import structlog
from msgspec import Struct, field

from agents.ending import Last
from agents.ingest.send import FileSender
from agents.ingest.tail import FilePosition, Tail
from agents.kafka.client import KafkaError
from agents.kafka.sending import sending
from agents.sources.entry import Entry
from config.settings import Settings

log = structlog.get_logger()

POLL_SECONDS = 0.5
STOP_SECONDS = 3.0  # for the broker to say that it has the last lines
MOST_UNCONFIRMED = 5_000  # lines sent before the broker is asked whether it has them

Reader: TypeAlias = Callable[[int, bytes], Iterable[Entry]]
C = TypeVar("C", bound=Struct)
Readers: TypeAlias = Callable[[bytes, C], Reader]


class FollowState(Struct, Generic[C]):
    """Hold what a follower must not forget."""

    calls: C  # the open ones
    position: FilePosition | None = field(default=None, name="mark")  # None before the first confirmation


class FileFollower(Generic[C]):
    """Send every line that a file gets, until it is asked to stop; wait while the broker is away.

    `readers` takes the file's first line and the open calls, which are `calls`, and makes the function that reads a
    line by its number.
    """

    def __init__(self, settings: Settings, path: Path, kept: Path, calls: type[C], readers: Readers[C]) -> None:
        self._settings = settings
        self._path = path
        self._kept = kept
        self._calls = calls
        self._readers = readers
        self._stop = Event()
        self._sent = 0  # records
        self._row = 0  # the last line that was read
        self._unconfirmed = 0  # lines read since the broker was asked whether it has them

    def stop(self) -> None:
        """Read no further line, and make `run` return once the broker has all that was read."""
        self._stop.set()

    def last(self) -> Last:
        """Tell how far the file was sent."""
        told = f"{self._sent} records sent, stopped at line {self._row} of {self._path}"
        if self._unconfirmed:
            return Last(f"{told}; the last {self._unconfirmed} lines are sent again next time, and count once")
        return Last(told, finished=True)

    def run(self) -> None:
        """Follow the file."""
        log.info("following", file=str(self._path), broker=self._settings.kafka.bootstrap)
        while not self._stop.is_set():
            try:
                self._follow()
            except KafkaError as error:
                log.warning("the broker does not take it; beginning again from what it has", error=str(error))
                self._stop.wait(10 * POLL_SECONDS)

    def _follow(self) -> None:
        state = read_state(self._kept, self._calls)
        self._unconfirmed = 0
        with closing(Tail(self._path, state.position)) as tail, sending(self._settings) as sender:
            delivery = FileSender(self._settings, sender, str(self._path))
            read = self._readers(tail.first(), state.calls)
            for line in tail.lines():
                self._row = tail.row
                if line is not None:
                    for told in read(tail.row, line):
                        self._sent += len(delivery.send(told))
                    self._unconfirmed += 1
                stopping = self._stop.is_set()
                if self._unconfirmed and (line is None or stopping or self._unconfirmed >= MOST_UNCONFIRMED):
                    self._sent += len(delivery.sum_up())
                    sender.confirm(STOP_SECONDS if stopping else None)
                    keep_state(self._kept, FollowState(state.calls, tail.position))
                    self._unconfirmed = 0
                if stopping:
                    return
                if line is None:
                    self._stop.wait(POLL_SECONDS)


def read_state(kept: Path, calls: type[C]) -> FollowState[C]:
    """Return the state that was kept, or an empty one; `calls` is what its open calls are."""
    try:
        state: FollowState[C] = msgspec.json.decode(kept.read_bytes(), type=FollowState[calls])  # type: ignore[valid-type]
    except FileNotFoundError:
        return FollowState(calls())
    return state


def keep_state(kept: Path, state: FollowState[C]) -> None:
    """Keep a state, whole or not at all."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    draft = kept.with_suffix(".draft")
    draft.write_bytes(msgspec.json.encode(state))
    draft.replace(kept)
