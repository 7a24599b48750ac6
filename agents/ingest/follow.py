"""A live file sent to Kafka while it grows; after a crash the sending goes on from where it stopped.

Two things are kept, as of the last moment when the broker had everything: how far the file was read, and the open
calls of a log. After a crash the lines behind that moment are sent again, by the same ids.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

import msgspec
import structlog
from msgspec import Struct, field

from agents.ingest.send import addressed
from agents.ingest.tail import FilePosition, Tail
from agents.kafka.client import KafkaError, topic
from agents.kafka.sending import sending
from agents.sources.entry import Entry
from config.settings import Settings

log = structlog.get_logger()

POLL_SECONDS = 0.5
MOST_UNCONFIRMED = 5_000  # lines sent before the broker is asked whether it has them

Reader: TypeAlias = Callable[[int, bytes], Iterable[Entry]]
C = TypeVar("C", bound=Struct)
Readers: TypeAlias = Callable[[bytes, C], Reader]


class FollowState(Struct, Generic[C]):
    """Hold what a follower must not forget."""

    calls: C  # the open ones
    position: FilePosition | None = field(default=None, name="mark")  # None before the first confirmation


def follow(settings: Settings, path: Path, kept: Path, calls: type[C], readers: Readers[C]) -> None:
    """Send every line that a file gets, without end; wait while the broker is away.

    `readers` takes the file's first line and the open calls, which are `calls`, and makes the function that reads a
    line by its number.
    """
    while True:
        try:
            _follow(settings, path, kept, calls, readers)
        except KafkaError as error:
            log.warning("the broker does not take it; beginning again from what it has", error=str(error))
            time.sleep(10 * POLL_SECONDS)


def _follow(settings: Settings, path: Path, kept: Path, calls: type[C], readers: Readers[C]) -> None:
    state = read_state(kept, calls)
    unconfirmed = 0
    with closing(Tail(path, state.position)) as tail, sending(settings) as sender:
        read = readers(tail.first(), state.calls)
        for line in tail.lines():
            if unconfirmed and (line is None or unconfirmed >= MOST_UNCONFIRMED):
                sender.confirm()
                keep_state(kept, FollowState(state.calls, tail.position))
                unconfirmed = 0
            if line is None:
                time.sleep(POLL_SECONDS)
                continue
            for told in read(tail.row, line):
                name, key, value = addressed(settings, told, str(path))
                sender.send(topic(settings, name), key, value)
            unconfirmed += 1


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
