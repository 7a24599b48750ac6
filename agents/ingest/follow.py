"""A live file into Kafka, for as long as it is written; after a crash from where it stopped.

What is kept is how far the file was read, and the open calls of a queue log, as of the last moment
when the broker had everything. A crash sends what came after it once more, by the same ids.
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

from agents.ingest.send import addressed
from agents.ingest.tail import Mark, Tail
from agents.kafka.client import KafkaError, producer, topic
from agents.sources.entry import Entry
from agents.sources.queue_log_calls import Calls
from config.settings import Settings

log = structlog.get_logger()

POLL_SECONDS = 0.5
MOST_UNSAFE = 5_000  # lines sent before the broker is asked whether it has them

Reader: TypeAlias = Callable[[int, bytes], Iterable[Entry]]
Readers: TypeAlias = Callable[[bytes, Calls], Reader]


class Progress(Struct):
    """Hold what a follower must not forget."""

    mark: Mark | None = None
    calls: Calls = field(default_factory=Calls)


def follow(settings: Settings, path: Path, kept: Path, readers: Readers) -> None:
    """Send every line that a file gets, without end; wait where the broker is away.

    `readers` makes, from the file's first line and the open calls, what reads a line by its number.
    """
    while True:
        try:
            _follow(settings, path, kept, readers)
        except KafkaError as error:
            log.warning("the broker does not take it; beginning again from what it has", error=str(error))
            time.sleep(10 * POLL_SECONDS)


def _follow(settings: Settings, path: Path, kept: Path, readers: Readers) -> None:
    progress = load(kept)
    failures: list[BaseException] = []
    unsafe = 0
    with closing(Tail(path, progress.mark)) as tail, closing(producer(settings)) as client:
        read = readers(tail.first(), progress.calls)
        for line in tail.lines():
            if unsafe and (line is None or unsafe >= MOST_UNSAFE):
                client.flush()
                if failures:
                    raise KafkaError(f"the broker refused a record: {failures[0]}")
                save(kept, Progress(tail.mark, progress.calls))
                unsafe = 0
            if line is None:
                time.sleep(POLL_SECONDS)
                continue
            for told in read(tail.row, line):
                name, key, value = addressed(settings, told, str(path))
                client.send(topic(settings, name), key=key, value=value).add_errback(failures.append)
            unsafe += 1


def load(kept: Path) -> Progress:
    """Return what was kept, or nothing yet."""
    try:
        return msgspec.json.decode(kept.read_bytes(), type=Progress)
    except FileNotFoundError:
        return Progress()


def save(kept: Path, progress: Progress) -> None:
    """Keep progress, whole or not at all."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    draft = kept.with_suffix(".draft")
    draft.write_bytes(msgspec.json.encode(progress))
    draft.replace(kept)
