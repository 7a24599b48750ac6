"""`python -m tests.compiled.folded SEED`: fold an office's events and print digests of the states.

The events come in batches: some are repeated, broken or dated ahead, and time passes in between. Each restart writes
and reads back every state.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from itertools import islice
from random import Random
from typing import Final

import msgspec

from agents.catalogue import catalogue
from agents.ingest.send import address
from benchmarks.hot_path.traffic import office_events
from config.offices import Offices
from config.settings import Kafka, Line, Service, Settings
from streams.desks import line
from streams.events import milliseconds
from streams.feed import Input
from streams.kept.record import inflated
from streams.kept.times import QUARTER_MS
from streams.partition import Partition
from tests.streams.telling import Message

EVENTS: Final = 12_000
RESTARTS: Final = 6
OFFICE: Final = Settings(
    site="lozere",
    kafka=Kafka(partitions=1),
    lines={"standard": Line(expected_lost_rate=0.02), "circulation": Line(), "cni": Line(lifecycle="final")},
    services={"cards": Service()},
)


def messages(seed: int) -> Iterator[tuple[Input, Message]]:
    """Yield records of the inputs, each with its input."""
    random, encode = Random(seed), msgspec.json.Encoder().encode
    for offset, event in enumerate(islice(office_events(OFFICE, calls_an_hour=120.0, seed=seed), EVENTS)):
        topic, key = address(OFFICE, event)
        which: Input = "tickets" if topic.name == "COUNTER_TICKETS" else "calls"
        came = milliseconds(event.at) + (500 if random.random() > 0.001 else -3 * 86_400_000)
        value = encode(event) if random.random() > 0.002 else encode(event)[:40]
        yield which, Message(2 * offset, key, value, came)
        if random.random() < 0.02:  # repeated
            yield which, Message(2 * offset + 1, key, value, came)


def states(seed: int) -> str:
    """Return a digest of every state, of every day of the ledger and of the rejections."""
    told, said, kept = hashlib.sha256(), list(messages(seed)), dict[bytes, bytes]()
    step = len(said) // RESTARTS
    for begin in range(0, len(said), step):
        owned = Partition(0, catalogue(Offices.alone(OFFICE)), kept)
        for which, message in said[begin : begin + step]:
            for refused in owned.intakes[which].take([message]):
                told.update(repr((refused.offset, refused.reason)).encode())
        now = said[min(begin + step, len(said)) - 1][1].timestamp // QUARTER_MS * QUARTER_MS
        for _ in owned.advance(now):
            pass
        changed = owned.changed()
        for key, record in sorted(changed.states().items()):
            kept[key] = record
            told.update(key + inflated(record))
        for key, record in sorted(changed.days.items()):
            told.update(key + record)
        for desk in owned.desks():
            desk.check()
    assert all(desk.state.results[0] for desk in owned.desks())
    return told.hexdigest()


if __name__ == "__main__":
    compiled = not line.__file__.endswith(".py")
    print("compiled" if compiled else "source", states(int(sys.argv[1])))  # noqa: T201 -- a program
