"""An unreadable record is reported, replaced by the previous one or a new state, and nothing counts twice."""

from __future__ import annotations

from typing import Final, TypeVar, get_args

import pytest

from streams.catalogue import Catalogue
from streams.desks.line_state import LineState
from streams.feed import Feed, Input, RecreatedError
from streams.intake_state import IntakeState
from streams.kept import record
from streams.partition import Partition
from streams.states import read_again
from tests.streams.partitions import (
    AHEAD_AT,
    CATALOGUE,
    CIRCULATION,
    HOMES,
    OWN,
    STANDARD,
    partition,
    written,
)
from tests.streams.telling import Message
from tests.streams.telling import value as told

A = TypeVar("A", LineState, IntakeState)
LINES: Final = (STANDARD, CIRCULATION)


def test_what_a_line_would_refuse_is_counted_once_though_its_record_cannot_be_read() -> None:
    messages = [Message(0, STANDARD, told()), Message(1, STANDARD, told(at=AHEAD_AT), timestamp=5_000_000)]
    owned = partition({b"line " + STANDARD: b"junk"})
    assert [each.reason for each in owned.calls.take(messages)] == ["clock"]
    begun = LineState(STANDARD.decode())
    read_again(begun)
    mended = partition(written(owned) | {b"line " + STANDARD: record.encode(begun)})
    assert mended.calls.take(messages) == []
    assert (mended.calls.rejected(), mended.calls.results()) == (1, [1, 0, 0])


def junk(good: bytes) -> bytes:
    """Return a record with a good header and an unreadable body."""
    return good[:21] + b"\x00 junk"


@pytest.mark.parametrize(
    "bad", [b"", b"\x05", b"{}", record.encode(LineState("x"))[:30], junk(record.encode(LineState("x")))]
)
def test_a_line_whose_record_cannot_be_read_is_refused_rather_than_begun_anew_and_the_others_go_on(bad: bytes) -> None:
    owned = partition({b"line " + STANDARD: bad})
    assert [(each.key, each.mended, each.refused) for each in owned.unread] == [(b"line " + STANDARD, False, True)]
    assert owned.calls.take([Message(0, STANDARD, told()), Message(1, CIRCULATION, told(line="circulation"))]) == []
    assert set(owned.lines) == {CIRCULATION}
    assert owned.lines[CIRCULATION].state.offered == 1
    assert owned.calls.state.rejected == {}, "its events wait in the topic, and are no dead letters"


def test_a_record_that_is_no_event_of_a_refused_line_is_rejected_once_and_at_once() -> None:
    messages = [
        Message(0, STANDARD, told()),
        Message(1, STANDARD, b'{"line": "stand'),
        Message(2, STANDARD, told(line="x")),
    ]
    whole, owned = partition(), partition({b"line " + STANDARD: b"junk"})
    rejected = owned.calls.take(messages)
    assert rejected == whole.calls.take(messages)
    assert [each.offset for each in rejected] == [1, 2]
    assert owned.calls.take(messages) == [], "a second reading reports nothing again"
    begun = LineState(STANDARD.decode())
    read_again(begun)
    mended = partition(written(owned) | {b"line " + STANDARD: record.encode(begun)})
    assert mended.calls.positions.cursor == -1
    assert mended.calls.take(messages) == []
    assert mended.lines[STANDARD].state.offered == whole.lines[STANDARD].state.offered == 1
    assert mended.calls.rejected() == whole.calls.rejected()
    assert whole.calls.state.sources != {}
    assert owned.calls.state.sources == whole.calls.state.sources, "the refused line's event was heard"
    assert mended.calls.state.sources == whole.calls.state.sources


def test_a_record_that_cannot_be_read_is_taken_from_the_one_before_and_what_came_since_is_read_again() -> None:
    messages = [Message(n, STANDARD, told(call=str(n), at=100.0 + n)) for n in range(9)]
    whole, owned = partition(), partition()
    whole.calls.take(messages)
    owned.calls.take(messages[:4])
    earlier = written(owned)
    owned.calls.take(messages[4:8])
    later = written(owned)
    bad = later | {b"line " + STANDARD: junk(later[b"line " + STANDARD])}
    mended = Partition(3, Catalogue(CATALOGUE, {}, {}, HOMES.__getitem__), bad, earlier=earlier)
    assert [(each.key, each.mended) for each in mended.unread] == [(b"line " + STANDARD, True)]
    assert (mended.calls.state.offset, mended.calls.positions.cursor) == (7, 3)
    mended.calls.take(messages[4:6])
    # A crash in the middle of that loses nothing: the state records that it is behind.
    again = partition(later | written(mended))
    assert again.calls.positions.cursor == 5
    again.calls.take(messages[6:])
    assert again.lines[STANDARD].figures.counts() == whole.lines[STANDARD].figures.counts()
    assert again.lines[STANDARD].state.results == whole.lines[STANDARD].state.results
    assert partition(written(again) | {OWN: later[OWN]}).calls.positions.cursor == 7


def test_the_record_before_is_not_taken_where_a_later_version_wrote_the_last_one() -> None:
    owned = partition()
    owned.calls.take([Message(0, STANDARD, told())])
    good = written(owned)
    later = good | {b"line " + STANDARD: bytes([record.FORMAT + 1]) + good[b"line " + STANDARD][1:]}
    found = Partition(3, Catalogue(CATALOGUE, {}, {}, HOMES.__getitem__), later, earlier=good)
    assert [each.refused for each in found.unread] == [True]
    assert "of a later version" in found.unread[0].why


NOW: Final = {name: Feed("now") for name in get_args(Input)}


def of_now(records: dict[bytes, bytes], earlier: dict[bytes, bytes] | None = None) -> Partition:
    """Return a partition whose inputs are all the topic `now`."""
    return Partition(3, Catalogue(CATALOGUE, {}, {}, HOMES.__getitem__), records, NOW, earlier)


def named(good: bytes, kind: type[A], feed: str) -> bytes:
    """Return a state's record that names another topic, at a position far ahead."""
    state = record.decode(good, kind)
    state.feed, state.offset = feed, 10**6
    return record.encode(state)


def test_one_state_that_names_another_topic_stops_no_worker_and_is_taken_from_the_record_before() -> None:
    messages = [Message(n, key, told(call=str(n), line=key.decode()[7:])) for n, key in enumerate(2 * LINES)]
    owned = of_now({})
    owned.calls.take(messages)
    good = written(owned)
    line, earlier = b"line " + STANDARD, {b"line " + STANDARD: good[b"line " + STANDARD]}
    forged = good | {line: named(good[line], LineState, "other")}
    mended, refused = of_now(forged, earlier), of_now(forged)
    assert [(each.key, each.refused, each.why) for part in (mended, refused) for each in part.unread] == [
        (line, who, "only it names topic other; the topic is now") for who in (False, True)
    ]
    mended.calls.take(messages)
    assert mended.lines[STANDARD].figures.counts() == owned.lines[STANDARD].figures.counts()
    assert mended.lines[STANDARD].state.results == [2, 0, 0]
    assert set(refused.lines) == {CIRCULATION}
    anew = of_now(good | {OWN: named(good[OWN], IntakeState, "other")})
    anew.calls.take(messages)
    assert (anew.unread[0].refused, anew.lines[STANDARD].state.offered) == (False, 2)


def test_a_topic_was_recreated_if_an_intake_and_its_desk_say_so() -> None:
    owned = of_now({})
    owned.calls.take([Message(0, STANDARD, told())])
    good = written(owned)
    both = {OWN: IntakeState, b"line " + STANDARD: LineState}
    with pytest.raises(RecreatedError):
        of_now({key: named(good[key], kind, "older") for key, kind in both.items()})


def test_an_intake_whose_record_cannot_be_read_begins_anew_and_nothing_counts_twice() -> None:
    owned = partition()
    messages = [Message(n, STANDARD, told(call=str(n), at=100.0 + n)) for n in range(5)]
    owned.calls.take(messages)
    bad = written(owned) | {OWN: b"\x07junk"}
    again = partition(bad)
    assert ([each.refused for each in again.unread], again.calls.positions.cursor) == ([False], -1)
    again.calls.take(messages)
    assert again.lines[STANDARD].figures.counts() == owned.lines[STANDARD].figures.counts()


def test_a_line_that_its_intake_recorded_is_refused_if_its_record_is_gone() -> None:
    messages = [Message(0, STANDARD, told()), Message(1, CIRCULATION, told(line="circulation"))]
    owned = partition()
    owned.calls.take(messages)
    records = written(owned)
    del records[b"line " + STANDARD]
    again = partition(records)
    (lost,) = again.unread
    assert (lost.key, lost.why, lost.refused, lost.gone) == (b"line " + STANDARD, "there is none", True, True)
    assert set(again.lines) == {CIRCULATION}


def test_a_state_of_an_intake_marks_nothing_for_replay() -> None:
    owned = partition()
    owned.calls.take([Message(0, STANDARD, told())])
    state = record.decode(written(owned)[OWN], IntakeState)
    before = record.encode(state)
    read_again(state)
    assert record.encode(state) == before
