"""A live file sent to Kafka while it grows; after a crash the sending goes on from where it stopped.

Two things are kept, as of the last moment when the broker had everything: how far the file was read, and the open
calls of a queue log. After a crash the lines behind that moment are sent again, by the same ids.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

import msgspec
import structlog
from msgspec import Struct, field

from agents.ingest.send import delivery
from agents.ingest.tail import FilePosition, Tail
from agents.kafka.client import KafkaError
from agents.kafka.sending import sending
from agents.sources.entry import Entry
from agents.sources.queue_log_calls import Calls
from config.settings import Settings

log = structlog.get_logger()

POLL_SECONDS = 0.5
MOST_UNCONFIRMED = 5_000  # lines sent before the broker is asked whether it has them

Reader: TypeAlias = Callable[[int, bytes], Iterable[Entry]]
Readers: TypeAlias = Callable[[bytes, Calls], Reader]


class FollowState(Struct):
    """Hold what a follower must not forget."""

    position: FilePosition | None = field(default=None, name="mark")  # None before the first confirmation
    calls: Calls = field(default_factory=Calls)  # the open ones


def follow(settings: Settings, path: Path, kept: Path, readers: Readers) -> None:
    """Send every line that a file gets, without end; wait while the broker is away.

    `readers` takes the file's first line and the open calls, and makes the function that reads a line by its number.
    """
    while True:
        try:
            _follow(settings, path, kept, readers)
        except KafkaError as error:
            log.warning("the broker does not take it; beginning again from what it has", error=str(error))
            time.sleep(10 * POLL_SECONDS)


def _follow(settings: Settings, path: Path, kept: Path, readers: Readers) -> None:
    state = read_state(kept)
    unconfirmed = 0
    with closing(Tail(path, state.position)) as tail, sending(settings) as sender:
        deliver = delivery(settings, sender, str(path))
        read = readers(tail.first(), state.calls)
        for line in tail.lines():
            if unconfirmed and (line is None or unconfirmed >= MOST_UNCONFIRMED):
                sender.confirm()
                keep_state(kept, FollowState(tail.position, state.calls))
                unconfirmed = 0
            if line is None:
                time.sleep(POLL_SECONDS)
                continue
            for told in read(tail.row, line):
                deliver(told)
            unconfirmed += 1


def read_state(kept: Path) -> FollowState:
    """Return the state that was kept, or an empty one."""
    try:
        return msgspec.json.decode(kept.read_bytes(), type=FollowState)
    except FileNotFoundError:
        return FollowState()


def keep_state(kept: Path, state: FollowState) -> None:
    """Keep a state, whole or not at all."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    draft = kept.with_suffix(".draft")
    draft.write_bytes(msgspec.json.encode(state))
    draft.replace(kept)
