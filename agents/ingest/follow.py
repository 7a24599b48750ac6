"""A live file sent to Kafka while it grows; after a crash the sending goes on from where it stopped.

Two things are kept, as of the last moment when the broker had everything: how far the file was read, and the open
calls of a log. After a crash the lines behind that moment are sent again, by the same ids.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Any, Final, Generic, TypeVar

from msgspec import Struct, field

from agents.ending import Last
from agents.ingest.kept import keep_state, read_kept
from agents.ingest.logfile import FilePosition
from agents.ingest.send import FileSender, begins_of
from agents.ingest.tail import Tail, Turn
from agents.ingest.voice import Voice
from agents.kafka.client import KafkaError
from agents.kafka.sending import sending
from agents.sources.entry import Accepted, Entry, Refused
from agents.sources.kind import FileKind
from agents.sources.queue_log_calls import Calls
from agents.sources.readers import FILE_OVER, LiveReader, Origin, RowReader
from config.refusal import ConfigError
from config.settings import Settings
from streams.decoding import Invalid
from streams.events import milliseconds

POLL_SECONDS: Final = 0.5
STOP_SECONDS: Final = 3.0  # for the broker to say that it has the last lines
MOST_UNCONFIRMED: Final = 5_000  # lines sent before the broker is asked whether it has them

C = TypeVar("C", bound=Struct)


class FollowState(Struct, Generic[C]):
    """Hold what a follower must not forget."""

    calls: C  # the open ones
    position: FilePosition | None = field(default=None, name="mark")  # None before the first line
    arrived: float = 0.0  # epoch s: when the last line came, of which a call may still be held; 0: none is


class LiveRows:
    """Turn the lines of a live file into entries, through its rotations."""

    def __init__(self, live: LiveReader, origin: Origin, state: FollowState[Any]) -> None:
        self._live = live
        self._origin = origin
        self._state = state
        self._read: RowReader | None = None
        self._before: RowReader | None = None  # what read the file before
        self.whole = True  # whether no row is begun of which further lines come

    def take(self, row: int, line: bytes, tail: Tail, now: float) -> Iterable[Entry]:
        """Return what a line tells of."""
        if self._read is None:
            self._read = self._reader(tail.first())
        told = self._read(row, line)
        self.whole = told is not None
        self._state.arrived = now
        return told or ()

    def turn(self, row: int) -> Iterable[Entry]:
        """Return what a row tells of whose end nobody will write: another file is read from here on."""
        told = self._read(row, FILE_OVER) if self._read is not None else None
        self._before, self._read, self.whole = self._read or self._before, None, True
        return told or ()

    def rest(self, now: float) -> Iterator[Entry]:
        """Yield the calls that waited for further rows, where none has come for long."""
        if self._live.rest is not None and self._state.arrived and now - self._state.arrived >= self._live.patience:
            self._state.arrived = 0.0
            yield from self._live.rest(self._state.calls, self._origin)

    def _reader(self, first: bytes) -> RowReader:
        try:
            return self._live.reader(first, self._state.calls, self._origin)
        except ConfigError:
            if self._before is None:
                raise
            return self._before  # a rotation may cut the first line


class FileFollower:
    """Send every line that a file gets, until it is asked to stop; wait while the broker is away."""

    def __init__(
        self, settings: Settings, path: Path, kept: Path, kind: FileKind, live: LiveReader, origin: Origin, voice: Voice
    ) -> None:
        self._settings = settings
        self._path = path
        self._kept = kept
        self._kind = kind
        self._live = live
        self._origin = origin
        self._voice = voice
        self._stop = Event()
        self._sent = 0  # records
        self._row = 0  # the last line that was read
        self._head = b""  # how the file begins in which it stands
        self._at = 0.0  # epoch s: the moment of the last event
        self._unconfirmed = 0  # lines read since the broker was asked whether it has them

    def stop(self) -> None:
        """Read no further line, and make `run` return once the broker has all that was read."""
        self._stop.set()

    def last(self) -> Last:
        """Tell how far the file was sent."""
        told = {"sent": self._sent, "row": self._row, "file": self._path}
        if self._unconfirmed:
            return Last(self._voice.words("behind", rows=self._unconfirmed, **told))
        return Last(self._voice.words("ended", **told), finished=True)

    def run(self) -> None:
        """Follow the file."""
        position = read_state(self._kept, self._live.calls).position
        self._row = position.row if position else 0
        self._voice.tell("begun", file=self._path, row=self._row + 1, broker=self._settings.kafka.bootstrap)
        if not self._path.exists():
            self._voice.tell("waiting", file=self._path)
        while not self._stop.is_set():
            try:
                self._follow()
            except KafkaError as error:
                self._voice.tell("broker", error=str(error))
                self._stop.wait(10 * POLL_SECONDS)
            except FileNotFoundError:
                self._stop.wait(POLL_SECONDS)  # a rotation was under way

    def _follow(self) -> None:
        state = read_state(self._kept, self._live.calls)
        self._unconfirmed = 0
        with closing(Tail(self._path, state.position, self._live.ends)) as tail, sending(self._settings) as sender:
            keep_state(self._kept, state := FollowState(state.calls, tail.position, state.arrived))
            begins = begins_of(lambda: self._head.splitlines(keepends=True), self._origin.pseudonym)
            delivery = FileSender(self._settings, sender, str(self._path), begins, witness=self._origin.witness)
            rows = LiveRows(self._live, self._origin, state)
            for line in tail.lines():
                if isinstance(line, Turn):
                    self._send(delivery, self._turned(line, rows))
                elif line is not None:
                    self._row, self._head = tail.row, tail.head
                    self._unconfirmed += 1
                    self._send(delivery, rows.take(tail.row, line, tail, time.time()))
                else:
                    self._unconfirmed += self._send(delivery, rows.rest(time.time()))
                stopping = self._stop.is_set()
                if self._unconfirmed and (line is None or stopping or self._unconfirmed >= MOST_UNCONFIRMED):
                    self._sent += len(delivery.sum_up())
                    sender.confirm(STOP_SECONDS if stopping else None)
                    if rows.whole:
                        if isinstance(state.calls, Calls):
                            state.calls.forget(self._at - self._settings.retention.pseudonyms)
                        keep_state(self._kept, FollowState(state.calls, tail.position, state.arrived))
                        self._unconfirmed = 0
                if stopping:
                    return
                self._voice.count(self._sent, self._row, self._at)
                if line is None:
                    self._stop.wait(POLL_SECONDS)

    def _send(self, delivery: FileSender, entries: Iterable[Entry]) -> int:
        """Send entries, and return how many records they gave."""
        before = self._sent
        for told in entries:
            self._sent += len(delivery.send(told))
            if isinstance(told, Accepted):
                self._at = milliseconds(told.event.at) / 1000
        return self._sent - before

    def _turned(self, turn: Turn, rows: LiveRows) -> Iterator[Entry]:
        yield from rows.turn(self._row + 1)
        if turn.gap is not None:
            yield Refused(turn.gap.row + 1, b"", Invalid("gap", self._voice.warn(turn.gap, self._kind)))
        if self._row:
            self._voice.tell("turned", file=turn.file, sent=self._sent)


def read_state(kept: Path, calls: type[C]) -> FollowState[C]:
    """Return the state that was kept, or an empty one; `calls` is what its open calls are."""
    return read_kept(kept, FollowState[calls]) or FollowState(calls())  # type: ignore[valid-type]
