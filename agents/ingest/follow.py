"""Sends a growing file to Kafka; after a crash it resumes from the last confirmed line.

A state file has what the broker's last confirmation covers: how far the followed file was read, and which calls of a
log were open. After a crash, later lines are sent again with the same ids.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Any, Final, Generic, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from agents.ending import Last
from agents.ingest.kept import keep_state, read_kept
from agents.ingest.logfile import FilePosition
from agents.ingest.send import FileSender, begins_of
from agents.ingest.tail import Tail, Turn
from agents.ingest.voice import Voice
from agents.kafka.client import KafkaError
from agents.kafka.sending import sending
from agents.sources.asterisk.queue_log_calls import Calls
from agents.sources.connector import FILE_OVER, Connector, HeaderAwaitedError, Reader
from agents.sources.context import Context
from agents.sources.entry import Accepted, Entry, Refused
from agents.sources.lines import Recoding
from config.refusal import ConfigError
from config.settings import Settings
from streams.decoding import Invalid
from streams.events import milliseconds

POLL_SECONDS: Final = 0.5
STOP_SECONDS: Final = 3.0  # for the broker to confirm the last lines
MOST_UNCONFIRMED: Final = 5_000  # lines sent before the broker must confirm them

C = TypeVar("C", bound=Struct)


class FollowState(Struct, Generic[C]):
    """The state of a follower that survives a crash."""

    calls: C  # the open ones
    position: FilePosition | None = field(default=None, name="mark")  # None before the first line
    arrived: float = 0.0  # epoch s: when the last line came, if a call may still wait for further rows; otherwise 0
    encoding: Recoding = field(default_factory=Recoding)  # of the position's file


class LiveRows:
    """Turns the lines of a live file into entries, through its rotations."""

    def __init__(self, connector: Connector, context: Context, state: FollowState[Any]) -> None:
        self._connector = connector
        self._context = context
        self._state = state
        self._reader: Reader[Any] | None = None
        self._before: Reader[Any] | None = None  # of the previous file
        self.awaited: HeaderAwaitedError | None = None  # why the file cannot be read yet
        self.whole = True  # whether the last line ended its row

    def take(self, row: int, line: bytes, tail: Tail, now: float) -> Iterable[Entry]:
        encoding = self._state.encoding
        if self._reader is None:
            if encoding.windows is None:
                encoding = self._state.encoding = Recoding.of(tail.head)
            self._reader = self._opened(tail.first(self._connector.begins))
        # Messages have their lengths in bytes, and come in pieces that may end inside a character.
        line = line if self._connector.ends else encoding.line(line)
        if self._reader is None:
            self.whole = False  # so that a crash does not skip these lines before the header is known
            return ()
        entries = self._reader.read(row, line)
        self.whole = entries is not None
        self._state.arrived = now
        return entries or ()

    def turn(self, row: int) -> Iterable[Entry]:
        """Return the entries of a row that remains incomplete because its file has ended."""
        if self.awaited is not None and self.awaited.mistakes:
            raise self.awaited
        entries = self._reader.read(row, FILE_OVER) if self._reader is not None else None
        self._before, self._reader, self.whole = self._reader or self._before, None, True
        self._state.encoding = Recoding()
        return entries or ()

    def rest(self, now: float) -> Iterator[Entry]:
        """Yield the calls that wait for further rows, if no row has come for the connector's `patience`."""
        patience = self._connector.patience
        if patience and self._state.arrived and now - self._state.arrived >= patience:
            self._state.arrived = 0.0
            yield from self._connector.open(self._context, self._state.calls).finish()

    def _opened(self, first: Sequence[bytes]) -> Reader[Any] | None:
        """Return the reader of a file with these first lines, None if a header must come first."""
        ahead, self.awaited = replace(self._state.encoding), None
        try:
            return self._connector.open(self._context, self._state.calls, b"".join(map(ahead.line, first)))
        except ConfigError as error:
            if self._before is not None:
                return self._before  # a rotation may cut the first line
            if not isinstance(error, HeaderAwaitedError):
                raise
            self.awaited = error
            return None


class FileFollower:
    """Sends every new line of a file until it is stopped; waits while the broker is away."""

    def __init__(
        self, settings: Settings, path: Path, kept: Path, connector: Connector, context: Context, voice: Voice
    ) -> None:
        self._settings = settings
        self._path = path
        self._kept = kept
        self._connector = connector
        self._context = context
        self._voice = voice
        self._stop = Event()
        self._sent = 0  # records
        self._row = 0  # the last line that was read
        self._told = 0  # the last line of the last report that the header is missing
        self._head = b""  # the beginning of that line's file
        self._at = 0.0  # epoch s: the moment of the last event
        self._unconfirmed = 0  # lines read since the broker's last confirmation

    def stop(self) -> None:
        """Stop reading, and let `run` return once the broker has every record."""
        self._stop.set()

    def last(self) -> Last:
        """Return how far the file was sent."""
        facts = {"sent": self._sent, "row": self._row, "file": self._path}
        if self._unconfirmed:
            return Last(self._voice.words("behind", rows=self._unconfirmed, **facts))
        return Last(self._voice.words("ended", **facts), finished=True)

    def run(self) -> None:
        position = read_state(self._kept, self._connector.state).position
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
        state = read_state(self._kept, self._connector.state)
        self._unconfirmed = 0
        with closing(Tail(self._path, state.position, self._connector.ends)) as tail, sending(self._settings) as sender:
            keep_state(self._kept, state := replace(state, position=tail.position))
            begins = begins_of(lambda: self._head.splitlines(keepends=True), self._context.pseudonym)
            delivery = FileSender(self._settings, sender, str(self._path), begins, witness=self._context.witness)
            rows = LiveRows(self._connector, self._context, state)
            for line in tail.lines():
                if isinstance(line, Turn):
                    self._send(delivery, self._turned(line, rows))
                elif line is not None:
                    self._row, self._head = tail.row, tail.head
                    self._unconfirmed += 1
                    self._send(delivery, rows.take(tail.row, line, tail, time.time()))
                else:
                    self._tell_awaited(rows.awaited)
                    self._unconfirmed += self._send(delivery, rows.rest(time.time()))
                stopping = self._stop.is_set()
                if self._unconfirmed and (line is None or stopping or self._unconfirmed >= MOST_UNCONFIRMED):
                    self._sent += len(delivery.sum_up())
                    sender.confirm(STOP_SECONDS if stopping else None)
                    if rows.whole:
                        if isinstance(state.calls, Calls):
                            state.calls.forget(self._at - self._settings.retention.pseudonyms)
                        keep_state(self._kept, replace(state, position=tail.position))
                        self._unconfirmed = 0
                if stopping:
                    return
                self._voice.count(self._sent, self._row, self._at)
                if line is None:
                    self._stop.wait(POLL_SECONDS)

    def _send(self, delivery: FileSender, entries: Iterable[Entry]) -> int:
        """Send entries, and return the number of their records."""
        before = self._sent
        for entry in entries:
            self._sent += len(delivery.send(entry))
            if isinstance(entry, Accepted):
                self._at = milliseconds(entry.event.at) / 1000
        return self._sent - before

    def _tell_awaited(self, awaited: HeaderAwaitedError | None) -> None:
        if awaited is not None and awaited.mistakes and self._told != self._row:
            self._told = self._row
            self._voice.tell("awaited", file=self._path, row=self._row, mistake=awaited.mistakes[0].sentence())

    def _turned(self, turn: Turn, rows: LiveRows) -> Iterator[Entry]:
        yield from rows.turn(self._row + 1)
        if turn.gap is not None:
            yield Refused(turn.gap.row + 1, b"", Invalid("gap", self._voice.warn(turn.gap, self._connector.kind)))
        if self._row:
            self._voice.tell("turned", file=turn.file, sent=self._sent)


def read_state(kept: Path, calls: type[C]) -> FollowState[C]:
    """Return the kept state, or an empty one; `calls` is the type of its open calls."""
    return read_kept(kept, FollowState[calls]) or FollowState(calls())  # type: ignore[valid-type]
