"""The topics that all ways read, and the truth: the correct counts of every line and service.

Slow frameworks read fewer events, from a topic of their own: the first ones of the same office.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final

import msgspec

from agents.ingest.send import address, ingest
from agents.kafka.topics import create_topics
from agents.sources.entry import Accepted
from benchmarks.hot_path.asked import PARTITIONS, Asked
from benchmarks.hot_path.figures import Figures, begun, count, summary
from benchmarks.hot_path.traffic import OfficeEvent, office_events
from config.settings import Kafka, Settings, load
from streams.events import milliseconds

COUNTED: Final = (
    "offered",
    "answered",
    "lost",
    "diverted",
    "issued",
    "served",
    "no_show",
)  # types that Tocsin shows too
NOTHING: Final[Mapping[str, Any]] = {"totals": {}}


def settings_of(asked: Asked) -> Settings:
    """Return the settings of the office whose topics are read."""
    kafka = Kafka(bootstrap=asked.broker, prefix=asked.prefix, partitions=PARTITIONS)
    return load(None, {}).model_copy(update={"kafka": kafka, "clock": "event"})


def first_events(events: int) -> list[OfficeEvent]:
    return list(islice(office_events(load(None, {})), events))


def fill(settings: Settings, events: Iterable[OfficeEvent]) -> None:
    """Create the topics, and send events to them as `tocsin ingest` does."""
    create_topics(settings)
    encode = msgspec.json.Encoder().encode
    ingest(settings, (Accepted(row, event, encode(event)) for row, event in enumerate(events, 1)), "bench")


def truth(events: Sequence[OfficeEvent]) -> dict[str, Any]:
    """Return the figures of every line and service, each counted from its own events in their order."""
    settings = load(None, {})
    figures: dict[str, Figures] = {}
    for event in events:
        key = address(settings, event)[1].decode()
        count(figures.setdefault(key, begun()), event.type, milliseconds(event.at) / 1000, getattr(event, "wait", None))
    return {key: summary(each) for key, each in figures.items()}


def differences(found: Mapping[str, Any], true: Mapping[str, Any]) -> list[str]:
    """Return, in words, the differences between figures and the truth.

    A way may keep fewer figures than the truth has, but it must have the totals of every line and service.
    """
    return [
        f"{key}: {value} {name}, expected {right}"
        for key in sorted(found.keys() | true.keys())
        for name, value in _compared(found.get(key, NOTHING)).items()
        if value != (right := _compared(true.get(key, NOTHING)).get(name))
    ]


def _compared(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures to compare, by name: the totals by type, and the others."""
    totals = {kind: figures["totals"].get(kind, 0) for kind in COUNTED}
    return totals | {name: value for name, value in figures.items() if name != "totals"}
