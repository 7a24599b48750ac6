"""Kafka's topics in memory and a stopped clock; everything that reads and writes is real."""

from __future__ import annotations

import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from kafka import TopicPartition  # type: ignore[import-untyped]  # ships no types

import agents.history
import agents.totals
from agents import progress
from agents.history import ledger
from agents.history.ledger import History
from agents.kafka import sending
from agents.kafka.input_ends import InputEnds, InputEndsReader
from agents.kafka.reading import TopicReader
from agents.kafka.silence import Silence
from agents.totals import history
from config.settings import Settings
from config.shared import Shared
from streams.indicators.annual import Annual
from streams.indicators.breakdown import SurveyFigures
from streams.indicators.period import Period
from tests.waiting import FOR_EVER


@dataclass
class MemoryRecord:
    """A record of a topic."""

    topic: str
    offset: int
    timestamp: int  # epoch ms
    key: bytes | None
    value: bytes | None
    partition: int = 0


class MemoryTopics:
    """Topics of one partition each, which a client may write to as to a `PackingProducer`."""

    def __init__(self) -> None:
        self.records = defaultdict[str, list[MemoryRecord]](list)

    def pack(self, topic: str, key: bytes | None, value: bytes | None, *_: Any) -> None:
        known = self.records[topic]
        known.append(MemoryRecord(topic, len(known), round(time.time() * 1000), key, value))

    def flush(self, _seconds: float | None = None) -> None:
        pass

    def close(self, _seconds: float | None = None) -> None:
        pass


def _reading(topics: MemoryTopics) -> Mapping[str, Callable[..., Any]]:
    """Return the methods of a `TopicReader` of these topics that would ask a broker."""

    def begin(self: Any, settings: Shared, *names: str, **_: Any) -> None:
        self._silence = Silence(settings, "topics")
        self._read = Counter[TopicPartition]({TopicPartition(name, 0): 0 for name in names})

    def poll(self: Any, wait_ms: int = 1_000) -> Iterator[MemoryRecord]:
        if wait_ms and all(self._position(tp) == end for tp, end in self.ends().items()):
            time.sleep(0.05)  # nothing comes while no code writes
        for tp in self._read:
            rest = topics.records[tp.topic][self._read[tp] :]
            self._read[tp] += len(rest)
            yield from rest

    return {
        "__init__": begin,
        "poll": poll,
        "begin_at": lambda *_: None,
        "close": lambda _: None,
        "ends": lambda self: {tp: len(topics.records[tp.topic]) for tp in self._read},
        "starts": lambda self: dict.fromkeys(self._read, 0),
        "_position": lambda self, tp: self._read[tp],
    }


class Clock:
    """A clock that only moves when it is set."""

    now = 0.0  # epoch s


def _read_once(topics: MemoryTopics, clock: Clock) -> Callable[[Shared], History]:
    """Return `read_history`, which reads the topics again only after a record was written or the clock was set."""
    read, known = ledger.read_history, dict[tuple[float, int], History]()

    def read_once(shared: Shared) -> History:
        written = clock.now, sum(map(len, topics.records.values()))
        if written not in known:
            known[written] = read(shared)
        return known[written]

    return read_once


def _figures_once() -> Callable[..., Annual]:
    """Return `figures`, which computes the same figures of the same history once."""
    compute, known = history.figures, dict[tuple[str, History, Period, date], Annual]()

    def figures_once(
        settings: Settings, of: History, period: Period, today: date, survey: SurveyFigures | None = None
    ) -> Annual:
        if survey is not None:
            return compute(settings, of, period, today, survey)
        asked = settings.site, of, period, today
        if asked not in known:
            known[asked] = compute(settings, of, period, today)
        return known[asked]

    return figures_once


@contextmanager
def in_memory() -> Iterator[tuple[MemoryTopics, Clock]]:
    """Make this process use topics in memory and a settable clock while the block runs."""
    topics, clock = MemoryTopics(), Clock()
    with pytest.MonkeyPatch.context() as patch:
        for name, method in _reading(topics).items():
            patch.setattr(TopicReader, name, method)
        patch.setattr(progress, "LINE_EVERY", FOR_EVER)  # a slow machine would print how far a command is
        patch.setattr(InputEndsReader, "__init__", lambda self, shared: setattr(self, "shared", shared))
        patch.setattr(InputEndsReader, "close", lambda _: None)
        patch.setattr(InputEndsReader, "read", lambda self, **_: InputEnds(self.shared, {}, round(clock.now * 1000)))
        patch.setattr(sending, "producer", lambda _settings: topics)
        patch.setattr(time, "time", lambda: clock.now)
        # A hundred commands show the same records. A command imports these modules when it runs; a replaced function
        # would stay in every module that was first imported meanwhile.
        read, make = _read_once(topics, clock), _figures_once()
        patch.setattr(agents.history, "ledger", SimpleNamespace(**vars(ledger) | {"read_history": read}))
        patch.setattr(agents.totals, "history", SimpleNamespace(**vars(history) | {"figures": make}))
        patch.setattr(secrets, "token_hex", lambda size: "5a" * size)  # the salt of a note
        yield topics, clock
