"""A partition whose catalogue changes while it runs loses nothing, whichever records were saved."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from streams.calls.rules import LineRules
from streams.catalogue import Catalogue
from streams.feed import Feed
from streams.partition import Partition
from tests.streams.telling import Message
from tests.streams.telling import value as told

FEEDS = {name: Feed(name) for name in ("calls", "tickets", "readings", "requests", "reviews", "witnesses")}
LINES = [b"mende/standard", b"mende/cards", b"florac/standard", b"langogne/standard"]


def rules(key: bytes) -> LineRules:
    site, _, line = key.decode().partition("/")
    return LineRules(site=site, line=line, max_call=600_000)


RULES = {key: rules(key) for key in LINES}


def catalogue(lines: list[bytes]) -> Catalogue:
    return Catalogue({key: RULES[key] for key in lines}, {}, {}, lambda _: 0)


def partition(lines: list[bytes], records: dict[bytes, bytes] | None = None) -> Partition:
    return Partition(0, catalogue(lines), records or {}, FEEDS)  # type: ignore[arg-type]


def renewed(owned: Partition, lines: list[bytes], records: dict[bytes, bytes] | None = None) -> Partition:
    return owned.renewed(0, catalogue(lines), records or {}, FEEDS, {})  # type: ignore[arg-type]


def message(offset: int, key: bytes) -> Message:
    site, _, line = key.decode().partition("/")
    return Message(offset, key, told("answered", 100.0 + offset, str(offset), line, site=site))


def messages(keys: list[bytes]) -> list[Message]:
    return [message(offset, key) for offset, key in enumerate(keys)]


def take(owned: Partition, told: list[Message]) -> None:
    """Let a partition take the records it has not read; a worker seeks to its position, too."""
    owned.calls.take([each for each in told if each.offset > owned.calls.positions.cursor])


def states(owned: Partition) -> dict[bytes, object]:
    """Return the states of the lines, except how far they were once read again."""
    found = {key: msgspec.to_builtins(line.state) for key, line in owned.lines.items()}
    return {key: {name: each for name, each in state.items() if name != "until"} for key, state in found.items()}


@given(
    st.lists(st.sampled_from(LINES), max_size=30),
    st.integers(0, 30),
    st.integers(0, 30),
    st.sets(st.sampled_from(LINES)),
    st.sampled_from(["written", "unwritten"]),
)
def test_a_desk_that_comes_late_counts_as_if_it_had_always_been_there(
    keys: list[bytes], first: int, second: int, late: set[bytes], written: str
) -> None:
    stream = messages(keys)
    known = [key for key in LINES if key not in late]
    owned, always = partition(known), partition(LINES)
    take(owned, stream[:first])
    if written == "written":
        owned.changed()
    owned = renewed(owned, LINES)
    take(owned, stream[: max(first, second)])
    take(owned, stream)
    take(always, stream)
    assert states(owned) == states(always)
    assert owned.calls.positions.cursor == always.calls.positions.cursor == len(keys) - 1


@given(st.lists(st.sampled_from(LINES), max_size=30), st.integers(0, 30), st.sets(st.sampled_from(LINES)))
def test_a_desk_that_goes_and_comes_back_has_lost_nothing(keys: list[bytes], first: int, gone: set[bytes]) -> None:
    stream = messages(keys)
    owned, always = partition(LINES), partition(LINES)
    take(owned, stream[:first])
    owned = renewed(owned, [key for key in LINES if key not in gone])
    assert owned.lines.keys() == set(LINES) - gone
    take(owned, stream)
    owned = renewed(owned, LINES)
    take(owned, stream)
    take(always, stream)
    assert states(owned) == states(always)


def test_what_was_counted_of_a_desk_that_goes_stays_counted_once() -> None:
    owned = partition(LINES)
    take(owned, messages([b"florac/standard", b"florac/standard", b"mende/standard"]))
    owned.calls.take([Message(3, b"florac/standard", b"{")])
    fewer = renewed(owned, LINES[:2])
    assert (fewer.calls.results(), fewer.calls.rejected()) == ([3, 0, 0], 1)
    again = renewed(renewed(fewer, LINES[:1]), LINES)
    assert (again.calls.results(), again.calls.rejected()) == ([3, 0, 0], 1)
    again.calls.take([message(4, b"florac/standard")])
    assert again.calls.results() == [4, 0, 0]


def test_a_desk_that_goes_is_still_written() -> None:
    owned = partition(LINES)
    take(owned, messages([b"florac/standard"]))
    owned = renewed(owned, LINES[:2])
    assert b"line florac/standard" in owned.changed().desks
    assert owned.changed().desks == {}


def test_a_record_of_an_earlier_life_is_gone_on_from() -> None:
    before = partition(LINES)
    take(before, messages([b"florac/standard"] * 3))
    records = before.changed().desks
    owned = partition(LINES[:2])
    owned.calls.take(messages([b"florac/standard"] * 5)[3:])
    owned = renewed(owned, LINES, dict(records))
    owned.calls.take(messages([b"florac/standard"] * 5)[3:])
    assert owned.lines[b"florac/standard"].state.results == [5, 0, 0]


def test_a_desk_whose_rules_stay_is_the_same_one() -> None:
    owned = partition(LINES[:2])
    again = renewed(owned, LINES)
    assert all(again.lines[key] is owned.lines[key] for key in LINES[:2])


def test_writing_that_failed_meanwhile_stays_due() -> None:
    owned = partition(LINES)
    take(owned, messages([b"florac/standard"]))
    records = owned.changed()
    again = renewed(owned, LINES[:2])
    again.unwritten(records)
    assert b"line florac/standard" in again.changed().desks
