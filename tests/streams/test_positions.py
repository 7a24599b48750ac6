"""The positions of an intake stay consistent through crashes, older records and new desks, and lose no record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.feed import Feed, RecreatedError
from streams.intake_state import IntakeState
from streams.kept import record
from streams.kept.mark import Mark
from streams.partition import Partition
from streams.positions import DeskPlace, Lacking, Positions, Start, resume
from streams.states import States
from tests.streams.partitions import written
from tests.streams.telling import Message
from tests.streams.test_partition_renewed import LINES, messages, partition, renewed

FEED = Feed("topic", 1)
A, B, C = b"mende/a", b"mende/b", b"mende/c"
KNOWN = LINES[:2]
STREAMS = st.lists(st.sampled_from(KNOWN), max_size=12).map(messages)


def resumed(noted: int, marks: dict[bytes, Mark], **of: Any) -> Positions:
    """Return the positions of an intake and of desks whose marks are all of the same feed."""
    for mark in marks.values():
        mark.feed, mark.epoch = FEED
    state = IntakeState(0, noted, *FEED, desks=of.get("desks", {}))
    kept = of.get("kept", {})
    places = {key: DeskPlace(mark, of.get("always", False), kept.get(key, -1)) for key, mark in marks.items()}
    return resume(Start(state, FEED, of.get("strangers", {})), places, marks.keys())


def verify(owned: Partition, stream: Sequence[Message]) -> None:
    """Assert that the positions agree, and that each record at or below the cursor is in its desk."""
    for intake in owned.intakes.values():
        intake.positions.check()
    positions = owned.calls.positions
    for each in stream:
        mark = positions.marks.get(each.key or b"")
        assert mark is None or each.offset > positions.cursor or each.offset <= mark.offset


def take_some(owned: Partition, stream: Sequence[Message], data: st.DataObject) -> None:
    """Let a partition take a few of the records beyond its cursor."""
    due = [each for each in stream if each.offset > owned.calls.positions.cursor]
    owned.calls.take(due[: data.draw(st.integers(0, len(due)), "records")])
    verify(owned, stream)


@given(STREAMS, st.data())
def test_no_desk_lacks_a_record_below_the_cursor_whichever_of_its_records_was_kept(
    stream: list[Message], data: st.DataObject
) -> None:
    owned, kept = partition(KNOWN), dict[bytes, list[bytes]]()
    for _ in range(data.draw(st.integers(1, 3), "lives")):
        take_some(owned, stream, data)
        for key, each in written(owned).items():
            kept.setdefault(key, []).append(each)
        owned = partition(KNOWN, {key: data.draw(st.sampled_from(each), "kept") for key, each in kept.items()})
        verify(owned, stream)


@given(STREAMS, st.lists(st.sets(st.sampled_from(KNOWN)), min_size=1, max_size=4), st.data())
def test_no_desk_lacks_a_record_below_the_cursor_whichever_desks_come_and_go(
    stream: list[Message], known: list[set[bytes]], data: st.DataObject
) -> None:
    owned = partition(sorted(known[0]))
    for lines in known:
        owned = renewed(owned, sorted(lines))
        verify(owned, stream)
        take_some(owned, stream, data)


def test_each_position_of_the_picture() -> None:
    marks = {A: Mark(36), B: Mark(20, until=40), C: Mark(80)}
    positions = resumed(60, marks, strangers={b"mende/e": 34}, kept={C: 38, A: 37})
    assert (positions.noted, positions.cursor) == (60, 20)
    assert (positions.kept, positions.strangers, positions.behind) == ([(37, A), (38, C)], {b"mende/e": 34}, {})
    assert positions.recorded() == {"mende/a": 36, "mende/b": 40, "mende/c": 80}
    positions.check()


def test_a_desk_whose_record_is_older_than_the_intakes_says_is_read_again() -> None:
    marks = {A: Mark(10), B: Mark(40)}
    positions = resumed(60, marks, desks={"mende/a": 30, "mende/b": 40})
    assert positions.behind == {A: Lacking(10, 30)}
    assert (marks[A].until, positions.cursor) == (30, 10)
    assert positions.state.desks == {}, "only a record has them"


def test_a_desk_that_was_a_stranger_is_read_again_from_its_first_record() -> None:
    marks = {A: Mark(), B: Mark(50)}
    positions = resumed(60, marks, strangers={A: 34, B: 20})
    assert (marks[A].offset, marks[A].until) == (33, 60)
    assert (marks[B].offset, positions.cursor, positions.strangers) == (50, 33, {})


def test_a_desk_that_left_and_came_back_has_the_records_of_the_meantime() -> None:
    standard, cards = KNOWN
    owned = partition([standard])
    stream = messages([cards, standard, standard])
    for taken, known in ((2, [cards]), (3, [standard])):
        owned.calls.take(stream[:taken])
        owned = renewed(owned, known)
    owned.calls.take(stream[owned.calls.positions.cursor + 1 :])
    assert owned.lines[standard].figures.counts().offered == 2
    verify(owned, stream)


def test_an_input_that_is_always_read_again_begins_at_the_lowest_mark() -> None:
    assert resumed(60, {A: Mark(36), B: Mark(20)}, always=True).cursor == 20


def test_a_state_of_another_topic_begins_anew_only_in_a_later_epoch() -> None:
    state = IntakeState(3, 60, "older", 0)
    assert resume(Start(state, FEED), {}, ()).cursor == -1
    with pytest.raises(RecreatedError, match=r"partition 3 was folded up to offset 60 .* set kafka.epoch to 2"):
        resume(Start(IntakeState(3, 60, "older", 1), FEED), {}, ())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda positions: setattr(positions.marks[A], "until", 61),
        lambda positions: setattr(positions.marks[A], "epoch", 7),
        lambda positions: setattr(positions.marks[A], "offset", -2),
        lambda positions: setattr(positions, "cursor", -2),
        lambda positions: positions.strangers.update({A: 5}),
        lambda positions: positions.strangers.update({C: 61}),
        lambda positions: positions.behind.update({A: Lacking(5, 5)}),
        lambda positions: positions.kept.append((1, A)),
    ],
)
def test_positions_that_cannot_be_are_found(spoil: Callable[[Positions], object]) -> None:
    positions = resumed(60, {A: Mark(36), B: Mark(20, until=40)}, kept={B: 30})
    positions.check()
    spoil(positions)
    with pytest.raises(AssertionError):
        positions.check()


def test_the_cursor_does_not_jump_where_a_rebuilt_desk_keeps_days_of_which_nothing_is_left() -> None:
    """The ledger holds the desk's days up to offset 5, and the topic begins at 10."""
    stream = messages(LINES[:1] * 30)
    whole = partition(LINES[:1])
    whole.calls.take(stream)
    records = whole.changed()
    line = States(records.desks, {}, {}).read(b"line " + LINES[0], type(whole.lines[LINES[0]].state))[0]
    assert line is not None
    line.offset, line.until, line.book.kept_until = 9, 29, 5
    anew = partition(LINES[:1], records.intakes | {b"line " + LINES[0]: record.encode(line)})
    assert anew.calls.positions.cursor == 9
    anew.calls.take(stream[10:15])
    assert (anew.calls.positions.cursor, anew.calls.positions.kept) == (14, [])
