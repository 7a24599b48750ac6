"""The events of a running exchange sent to Kafka; what was not heard meanwhile is told, since nobody can read it again.

The open calls are kept as of the last moment when the broker had everything. While the broker is away the exchange
waits with its events; while the exchange is away its calls go on unheard: a `gap` among the dead letters names that
time, so that the records of it can be sent from a file.

A kind of exchange gives a `Session` over each connection, and what is to be kept of its calls.
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

MOST_UNCONFIRMED: Final = 5_000  # events heard before they are sent
LONGEST_WAIT: Final = 1.0  # s, of an event before it is sent: a busy exchange is never silent
FIRST_PAUSE: Final = 1.0  # s, before an exchange is tried again; each further one is twice as long
LONGEST_PAUSE: Final = 30.0
RETRY_SECONDS: Final = 5.0  # of the broker
STOP_SECONDS: Final = 3.0  # for the broker to say that it has the last events


Told: TypeAlias = list[Entry] | None  # what a message tells, whole; None where none came


class Session(Protocol):
    """One connection to a running exchange."""

    heard: float  # epoch s: when the latest message was said

    def resume(self, before: float | None) -> Iterator[Told]:
        """Yield what is known of the time since `before` (epoch s), when the exchange was heard last."""

    def listen(self) -> Iterator[Told]:
        """Yield what each message tells, and None whenever none comes for a while; raise `SocketLost` at the end."""

    def close(self) -> None:
        """Let go of the connection."""


C = TypeVar("C", bound=Struct)
Connect: TypeAlias = Callable[[], Session]  # raises OSError, or ConfigError where nobody is let in


class LiveState(Struct, Generic[C]):
    """Hold what must not be forgotten of a running exchange."""

    calls: C = field(name="visits")  # the open ones; stored by the name that they had first
    heard: float | None = None  # epoch s: when it was heard last


class Listener(Generic[C]):
    """Send what an exchange tells until it is asked to stop; wait while the exchange, or the broker, is away.

    `exchange` takes the open calls, which are `calls`, and makes what connects. A `witness` is a second record.
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
        """Hear nothing more, and make `run` return once the broker has all that was heard."""
        self._stop.set()

    def last(self) -> Last:
        """Tell how much was sent, and what is left behind where the process ends now."""
        sent, left = self._outbox.sent, len(self._waiting)
        if left:
            return Last(
                text(
                    "{sent} records sent; {left} events were heard and not sent: send their records from a file",
                    sent=sent,
                    left=left,
                )
            )
        words = text("{sent} records sent, all that was heard; what is not heard from now on is a gap", sent=sent)
        return Last(words, finished=True)

    def run(self) -> None:
        """Listen; raise `ConfigError` where the exchange refuses the login or the address."""
        known, sent = self._state.heard, time.monotonic()
        with closing(self._outbox):
            try:
                for told in self.listen():
                    self._waiting += told or []
                    due = told is None or time.monotonic() - sent > LONGEST_WAIT
                    if self._state.heard != known and (due or len(self._waiting) >= MOST_UNCONFIRMED):
                        self._deliver()
                        known, sent = self._state.heard, time.monotonic()
            finally:
                self._deliver()

    def listen(self) -> Iterator[Told]:
        """Yield what the exchange tells through every loss of the connection, message by message, until the stop."""
        pause = FIRST_PAUSE
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                with closing(self._connect()) as session:
                    for told in session.resume(self._state.heard):
                        yield told
                        if self._stop.is_set():  # the time before was not told: next time it is
                            return
                    self._state.heard = session.heard
                    log.info("the exchange is heard")
                    for told in session.listen():
                        self._state.heard = session.heard
                        yield told
                        if self._stop.is_set():
                            return
            except OSError as error:
                pause = FIRST_PAUSE if time.monotonic() - began > LONGEST_PAUSE else pause
                log.warning("the exchange is not heard; trying again", error=str(error), seconds=pause)
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
    """Deliver what was heard to a broker that may be away for a while, or until `stop` is set."""

    def __init__(self, settings: Settings, name: str, stop: Event, *, witness: bool) -> None:
        self.sent = 0  # records that the broker has
        self._witness = witness
        self._settings = settings
        self._name = name
        self._stop = stop
        self._open = ExitStack()
        self._sender: Sender | None = None

    def deliver(self, entries: list[Entry]) -> bool:
        """Return once the broker has every record, however long that takes; False where it was stopped before."""
        # No row of a connection is read again: only what was heard at once is told once.
        heard = datetime.now(UTC).isoformat()
        while True:
            try:
                if self._sender is None:
                    self._sender = self._open.enter_context(sending(self._settings))
                delivery = FileSender(self._settings, self._sender, self._name, lambda _: heard, witness=self._witness)
                sent = sum(len(delivery.send(each)) for each in entries) + len(delivery.sum_up())
                self._sender.confirm(STOP_SECONDS if self._stop.is_set() else None)
            except KafkaError as error:
                log.warning("the broker does not take it; trying again", error=str(error))
                self._drop()
                if self._stop.wait(RETRY_SECONDS):
                    return False
            else:
                self.sent += sent
                return True

    def close(self) -> None:
        """Let go of the broker."""
        self._open.close()

    def _drop(self) -> None:
        self._sender = None
        try:
            self._open.close()
        except KafkaError:
            log.warning("what was under way is sent again")
        self._open = ExitStack()


def unheard(before: float, now: float, zone: str) -> str:
    """Say for how long an exchange was not heard."""
    since, until = (datetime.fromtimestamp(at, ZoneInfo(zone)).isoformat(timespec="seconds") for at in (before, now))
    return f"disconnected from {since} to {until}, {timedelta(seconds=max(0, round(now - before)))} h"


def read_state(kept: Path, calls: type[C]) -> LiveState[C]:
    """Return the state that was kept, or an empty one; `calls` is what its open calls are."""
    return read_kept(kept, LiveState[calls]) or LiveState(calls())  # type: ignore[valid-type]
