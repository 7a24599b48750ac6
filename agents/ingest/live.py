"""The events of a running exchange sent to Kafka; what was not heard meanwhile is told, since nobody can read it again.

The open calls are kept as of the last moment when the broker had everything. While the broker is away the exchange
waits with its events; while the exchange is away its calls go on unheard: a `gap` among the dead letters names that
time, so that the records of it can be sent from a file.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

import msgspec
import structlog
from msgspec import Struct, field

from agents.ending import Last
from agents.ingest.send import FileSender
from agents.kafka.client import KafkaError
from agents.kafka.sending import Sender, sending
from agents.sources.callcenter import CallCenter, entry
from agents.sources.callcenter_visits import QueueVisit, QueueVisits
from agents.sources.entry import Entry, Refused
from agents.sources.event_socket import Frame
from agents.sources.event_socket_client import EventSocketClient
from config.settings import Settings
from streams.decoding import Invalid

log = structlog.get_logger()

MOST_UNCONFIRMED: Final = 5_000  # events sent before the broker is asked whether it has them
RETRY_SECONDS: Final = 5.0

Connect: TypeAlias = Callable[[], EventSocketClient]


class LiveState(Struct):
    """Hold what must not be forgotten of a running exchange."""

    heard: float | None = None  # epoch s: when it was heard last
    visits: QueueVisits = field(default_factory=QueueVisits)


class Listener:
    """Send what an exchange tells, without end; wait while it, or the broker, is away."""

    def __init__(
        self,
        settings: Settings,
        name: str,
        kept: Path,
        center_of: Callable[[QueueVisits], CallCenter],
        connect: Connect,
    ) -> None:
        self._kept = kept
        self._state = read_state(kept)
        self._outbox = Outbox(settings, name)
        self._exchange = Exchange(self._state, center_of(self._state.visits), connect, settings.timezone)
        self._waiting: list[Entry] = []

    def last(self) -> Last:
        """Tell what is left behind where the process ends now."""
        if self._waiting:
            return Last(f"{len(self._waiting)} events were heard and not delivered: send their records from a file")
        return Last("what was heard is delivered; what is not heard from now on is told as a gap", finished=True)

    def run(self) -> None:
        """Listen; raise `ConfigError` where the exchange refuses the password or the address."""
        known = self._state.heard
        with closing(self._outbox):
            try:
                for told in self._exchange.entries():
                    if told is not None:
                        self._waiting.append(told)
                    if self._state.heard != known and (told is None or len(self._waiting) >= MOST_UNCONFIRMED):
                        self._deliver()
                        known = self._state.heard
            finally:
                self._deliver()

    def _deliver(self) -> None:
        if self._waiting:
            self._outbox.deliver(self._waiting)
            self._waiting.clear()
        keep_state(self._kept, self._state)


class Exchange:
    """Listen to an exchange through every loss of the connection."""

    def __init__(self, state: LiveState, center: CallCenter, connect: Connect, zone: str) -> None:
        self._state = state
        self._center = center
        self._connect = connect
        self._zone = ZoneInfo(zone)
        self._asked: deque[tuple[str, str, QueueVisit]] = deque()

    def entries(self) -> Iterator[Entry | None]:
        """Yield what the exchange tells, and None whenever it tells nothing for a while."""
        while True:
            try:
                with closing(self._connect()) as client:
                    yield from self._return(client)
                    for read in client.frames():
                        if read is None:
                            yield None
                            continue
                        self._state.heard = time.time()
                        if isinstance(read, Frame) and read.kind == "api/response":
                            yield from self._answered(read)
                        else:
                            yield from entry(read, self._center)
            except OSError as error:
                log.warning("the exchange is not heard; trying again", error=str(error))
                yield None
                time.sleep(RETRY_SECONDS)

    def _return(self, client: EventSocketClient) -> Iterator[Entry]:
        """Say what time was not heard, and ask which of the callers who waited before are still there."""
        before, now = self._state.heard, time.time()
        self._state.heard = now
        self._asked.clear()
        log.info("the exchange is heard")
        if before is None:
            return
        waiting = self._state.visits.waiting()
        unheard = f"{self._shown(before)} to {self._shown(now)}, {now - before:.0f} s"
        detail = f"nothing was heard from {unheard}; {len(waiting)} callers waited then; send the records of that time"
        log.warning(detail)
        yield Refused(1, b"", Invalid("gap", detail))
        for line, call, visit in waiting:
            self._asked.append((line, call, visit))
            client.ask(f"api uuid_exists {call.partition('#')[0]}")

    def _answered(self, frame: Frame) -> Iterator[Entry]:
        if self._asked:
            line, call, visit = self._asked.popleft()
            if frame.body.strip() == b"false":
                yield from self._center.gone(line, call, visit, round(time.time(), 3))

    def _shown(self, at: float) -> str:
        return datetime.fromtimestamp(at, self._zone).isoformat(timespec="seconds")


class Outbox:
    """Deliver what was heard to a broker that may be away for a while."""

    def __init__(self, settings: Settings, name: str) -> None:
        self._settings = settings
        self._name = name
        self._open = ExitStack()
        self._sender: Sender | None = None

    def deliver(self, entries: list[Entry]) -> None:
        """Return once the broker has every record, however long that takes."""
        while True:
            try:
                if self._sender is None:
                    self._sender = self._open.enter_context(sending(self._settings))
                delivery = FileSender(self._settings, self._sender, self._name)
                for each in entries:
                    delivery.send(each)
                delivery.sum_up()
                self._sender.confirm()
            except KafkaError as error:
                log.warning("the broker does not take it; trying again", error=str(error))
                self._drop()
                time.sleep(RETRY_SECONDS)
            else:
                return

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


def read_state(kept: Path) -> LiveState:
    """Return the state that was kept, or an empty one."""
    try:
        return msgspec.json.decode(kept.read_bytes(), type=LiveState)
    except FileNotFoundError:
        return LiveState()


def keep_state(kept: Path, state: LiveState) -> None:
    """Keep a state, whole or not at all."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    draft = kept.with_suffix(".draft")
    draft.write_bytes(msgspec.json.encode(state))
    draft.replace(kept)
