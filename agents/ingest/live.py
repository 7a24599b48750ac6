"""Sends the events of a running exchange to Kafka, and reports the times when it could not listen.

The state file has the open calls as of the broker's last confirmation. While the broker is away, the exchange's events
wait. While the exchange is away, its calls are not recorded: a dead letter, a `gap`, states that time, so that the
calls can be sent from a file later.

Each kind of exchange has its own `Session` over a connection, and its own state of open calls.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Final, Generic, Protocol, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

import structlog
from msgspec import Struct, field

from agents.ending import Last
from agents.ingest.kept import keep_state, read_kept
from agents.ingest.send import FileSender
from agents.kafka.client import KafkaError
from agents.kafka.sending import Sender, sending
from agents.sources.entry import Entry
from agents.translation import text
from config.settings import Settings

log = structlog.get_logger()

MOST_UNCONFIRMED: Final = 5_000  # events received before they are sent
LONGEST_WAIT: Final = 1.0  # s before an event is sent, because a busy exchange is never silent
FIRST_PAUSE: Final = 1.0  # s, before the next connection to an exchange; doubled each time
LONGEST_PAUSE: Final = 30.0
RETRY_SECONDS: Final = 5.0  # before the broker is tried again
STOP_SECONDS: Final = 3.0  # for the broker to confirm the last events


Received: TypeAlias = list[Entry] | None  # all entries of a message; None if none came for a while


class Session(Protocol):
    """One connection to a running exchange."""

    heard: float  # epoch s: the moment of the latest message

    def resume(self, before: float | None) -> Iterator[Received]:
        """Yield all that is known about the time since `before` (epoch s), the last moment recorded."""

    def listen(self) -> Iterator[Received]:
        """Yield the entries of each message, and None if none comes for a while; raise `SocketLost` at the end."""

    def close(self) -> None:
        """Close the connection."""


C = TypeVar("C", bound=Struct)
Connect: TypeAlias = Callable[[], Session]  # raises OSError, or ConfigError if the exchange refuses the login


class LiveState(Struct, Generic[C]):
    """The state of a running exchange that survives a restart."""

    calls: C = field(name="visits")  # the open ones; stored under their first name
    heard: float | None = None  # epoch s: the last moment recorded


class Listener(Generic[C]):
    """Sends an exchange's events until it is stopped; waits while the exchange or the broker is away.

    `exchange` takes the open calls, whose type is `calls`, and returns the function that connects. With `witness` the
    events are a second record of calls.
    """

    def __init__(
        self,
        settings: Settings,
        name: str,
        kept: Path,
        calls: type[C],
        exchange: Callable[[C], Connect],
        *,
        witness: bool = False,
    ) -> None:
        self._kept = kept
        self._state = read_state(kept, calls)
        self._connect = exchange(self._state.calls)
        self._stop = Event()
        self._outbox = Outbox(settings, name, self._stop, witness=witness)
        self._waiting: list[Entry] = []

    def stop(self) -> None:
        """Stop listening, and let `run` return once the broker has all events."""
        self._stop.set()

    def last(self) -> Last:
        """Return how much was sent, and how much would be lost if the process ended now."""
        sent, left = self._outbox.sent, len(self._waiting)
        if left:
            return Last(
                text(
                    "sent {sent} records, but not the last {left} events; send these from a file of the exchange",
                    sent=sent,
                    left=left,
                )
            )
        words = text("sent {sent} records; calls from now on are not recorded until you start again", sent=sent)
        return Last(words, finished=True)

    def run(self) -> None:
        """Listen; raise `ConfigError` if the exchange refuses the login or the address."""
        known, sent = self._state.heard, time.monotonic()
        with closing(self._outbox):
            try:
                for received in self.listen():
                    self._waiting += received or []
                    due = received is None or time.monotonic() - sent > LONGEST_WAIT
                    if self._state.heard != known and (due or len(self._waiting) >= MOST_UNCONFIRMED):
                        self._deliver()
                        known, sent = self._state.heard, time.monotonic()
            finally:
                self._deliver()

    def listen(self) -> Iterator[Received]:
        """Yield each message's entries until the stop; connect again whenever the connection is lost."""
        pause = FIRST_PAUSE
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                with closing(self._connect()) as session:
                    for received in session.resume(self._state.heard):
                        yield received
                        if self._stop.is_set():  # the gap was not reported in full, so it is reported next time
                            return
                    self._state.heard = session.heard
                    log.info("connected to the exchange")
                    for received in session.listen():
                        self._state.heard = session.heard
                        yield received
                        if self._stop.is_set():
                            return
            except OSError as error:
                pause = FIRST_PAUSE if time.monotonic() - began > LONGEST_PAUSE else pause
                log.warning("no connection to the exchange; trying again", error=str(error), seconds=pause)
                yield None
                self._stop.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    def _deliver(self) -> None:
        if self._waiting:
            if not self._outbox.deliver(self._waiting):
                return
            self._waiting.clear()
        keep_state(self._kept, self._state)


class Outbox:
    """Delivers entries to a broker that may be away for a while, until `stop` is set."""

    def __init__(self, settings: Settings, name: str, stop: Event, *, witness: bool) -> None:
        self.sent = 0  # records that the broker has
        self._witness = witness
        self._settings = settings
        self._name = name
        self._stop = stop
        self._open = ExitStack()
        self._sender: Sender | None = None

    def deliver(self, entries: list[Entry]) -> bool:
        """Return True once the broker has every record, however long that takes; False if stopped before."""
        # A connection's rows are never read again: its moment is enough to distinguish its dead letters.
        heard = datetime.now(UTC).isoformat()
        while True:
            try:
                if self._sender is None:
                    self._sender = self._open.enter_context(sending(self._settings))
                delivery = FileSender(self._settings, self._sender, self._name, lambda _: heard, witness=self._witness)
                sent = sum(len(delivery.send(each)) for each in entries) + len(delivery.sum_up())
                self._sender.confirm(STOP_SECONDS if self._stop.is_set() else None)
            except KafkaError as error:
                log.warning("the broker does not accept the records; trying again", error=str(error))
                self._drop()
                if self._stop.wait(RETRY_SECONDS):
                    return False
            else:
                self.sent += sent
                return True

    def close(self) -> None:
        self._open.close()

    def _drop(self) -> None:
        self._sender = None
        try:
            self._open.close()
        except KafkaError:
            log.warning("unconfirmed records are sent again")
        self._open = ExitStack()


def unheard(before: float, now: float, zone: str) -> str:
    """Return, in words, for how long an exchange was disconnected."""
    since, until = (datetime.fromtimestamp(at, ZoneInfo(zone)).isoformat(timespec="seconds") for at in (before, now))
    return f"disconnected from {since} to {until}, {timedelta(seconds=max(0, round(now - before)))} h"


def read_state(kept: Path, calls: type[C]) -> LiveState[C]:
    """Return the kept state, or an empty one; `calls` is the type of its open calls."""
    return read_kept(kept, LiveState[calls]) or LiveState(calls())  # type: ignore[valid-type]
