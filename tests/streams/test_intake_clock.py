"""When sources were last heard, and which clocks are trusted."""

from __future__ import annotations

import msgspec

from streams.catalogue import Catalogue
from streams.intake import MAX_SOURCES
from streams.partition import Partition
from tests.streams.partitions import (
    CATALOGUE,
    HOMES,
    STANDARD,
    partition,
    written,
)
from tests.streams.telling import Message
from tests.streams.telling import value as told


def test_a_source_stands_with_its_last_event_and_one_that_is_not_named_as_unknown() -> None:
    owned = partition()
    said = [("pbx", 100), ("pbx", 300), (None, 50), ("pbx", 200)]
    owned.calls.take([Message(offset, STANDARD, told(at=at, source=who)) for offset, (who, at) in enumerate(said)])
    assert owned.calls.state.sources == {"lozere/pbx": 200_000, "lozere/unknown": 50_000}


def test_a_replay_takes_no_source_back() -> None:
    messages = [Message(offset, STANDARD, told(at=at, source="pbx")) for offset, at in enumerate((100, 300))]
    owned = partition()
    owned.calls.take(messages)
    again = partition(written(owned))
    again.calls.take(messages[:1])
    assert again.calls.state.sources == {"lozere/pbx": 300_000}
    assert again.lines[STANDARD].state.offered == 1


def test_sources_are_bounded_and_those_known_go_on() -> None:
    owned = partition()
    names = [f"source {number}" for number in range(2 * MAX_SOURCES)]
    owned.calls.take([Message(offset, STANDARD, told(source=name)) for offset, name in enumerate(names)])
    assert list(owned.calls.state.sources) == [f"lozere/{name}" for name in names[:MAX_SOURCES]]
    owned.calls.take([Message(1_000, STANDARD, told(at=500, source=names[0]))])
    assert owned.calls.state.sources[f"lozere/{names[0]}"] == 500_000


def test_an_event_of_the_future_neither_blinds_its_line_nor_is_lost() -> None:
    """A source whose clock is hours ahead counts; the watermark keeps to the record's own time."""
    written = 1_400_000_000
    owned = partition()

    def say(offset: int, at: float, call: str) -> Message:
        value = b'{"line": "standard", "call": "%s", "type": "lost", "at": %d, "wait": 1}' % (call.encode(), at)
        return Message(offset, STANDARD, value, timestamp=written * 1000)

    assert owned.calls.take([say(0, written + 7200, "ahead"), say(1, written - 5, "now")]) == []
    line = owned.lines[STANDARD]
    assert line.state.offered == 2
    assert line.state.high == written * 1000
    assert line.state.results == [2, 0, 0]
    assert line.figures.windows(written * 1000)["5m"].lost == 1


def test_an_event_of_another_year_is_refused_for_its_clock() -> None:
    value = b'{"line": "standard", "call": "1", "type": "lost", "at": 4000000000}'
    message = Message(0, STANDARD, value, timestamp=1_400_000_000_000)
    (why,) = partition().calls.take([message])
    assert why.reason == "clock"


def test_a_replay_believes_the_clock_of_its_events() -> None:
    rules = {key: msgspec.structs.replace(each, clock="event") for key, each in CATALOGUE.items()}
    owned = Partition(3, Catalogue(rules, {}, {}, HOMES.__getitem__), {})
    value = b'{"line": "standard", "call": "1", "type": "lost", "at": 4000000000}'
    assert owned.calls.take([Message(0, STANDARD, value, timestamp=1_400_000_000_000)]) == []
    assert owned.lines[STANDARD].state.high == 4_000_000_000_000
