"""Parts that no worker opened and definitions that no line had are named by the states alone, without any event."""

from __future__ import annotations

import msgspec
import pytest

from agents.audit.desks import unlike
from agents.history.days import DayRecords
from streams.desks.line import Line
from streams.desks.line_state import LineState
from streams.ledger.day import CallSlot, LedgerDay, LineDay, day_key, read_day, write_day
from tests.agents.board.known import Record
from tests.streams.ledger.telling import LINE, partition
from tests.streams.telling import Message, value

KEY, DAY = b"line " + LINE, 86_400


def told() -> tuple[LineState, dict[str, LedgerDay]]:
    """Return the state of a line that has late events, and its days in the ledger."""
    office, written = partition(), dict[str, LedgerDay]()
    calls = [(day, "offered", f"{day}.{number}") for day in range(40) for number in range(2)]
    calls += [(day, "lost", f"{day}.0") for day in range(40)]
    calls.sort()
    late = [(3, "answered", "3.0"), (3, "answered", "3.1"), (5, "answered", "5.0")]
    calls[80:80] = late[:1]
    calls[100:100] = late[1:]
    for offset, (day, kind, call) in enumerate(calls):
        at = DAY * (15_800 + day) + 36_000.0 + 60 * (kind != "offered")
        office.calls.take([Message(offset, LINE, value(at=at, call=call, type=kind))])
        if offset % 7 == 0:
            keep(office.changed().days, written)
    keep(office.changed().days, written)
    return office.lines[LINE].state, written


def keep(records: dict[bytes, bytes], written: dict[str, LedgerDay]) -> None:
    written.update({key.decode(): read_day(record) for key, record in records.items()})


STATE, WRITTEN = told()
PARTS = [name for name, day in WRITTEN.items() if day.part]


def found(*changed: LedgerDay, without: str = "", state: LineState = STATE) -> list[tuple[str, str]]:
    days = DayRecords(0)
    every = {**WRITTEN, **{day_key(each): each for each in changed}}
    for name, day in every.items():
        if name != without:
            days.take(Record("ledger", name.encode(), write_day(day)), name.encode(), write_day(day))
    breaches = unlike({KEY: state}, days, days.of("lozere"), "lozere")
    return [(each.kind, each.subject) for each in breaches]


def part(name: str, day: str = "2013-04-20") -> LineDay:
    slot = CallSlot(offered=1, answered=1)
    return LineDay(id=LINE.decode(), day=day, part=name, offset=STATE.offset, closed=True, slots={1: slot})


def test_an_honest_line_is_silent() -> None:
    assert len(PARTS) == 3
    assert sum(count for count, _ in STATE.book.parts.values()) >= 2
    assert found() == []


def test_an_added_part_is_named_itself() -> None:
    assert found(part("0.60")) == [("parts-changed", "standard 2013-04-20, part 0.60")]
    assert found(part(f"0.{STATE.offset + 1}")) == [], "it is judged once the state has read as far"


def test_several_added_parts_are_named_by_their_day() -> None:
    assert found(part("0.60"), part("0.61")) == [("parts-changed", "standard 2013-04-20")]


def test_a_removed_and_a_changed_part_are_named_by_their_day() -> None:
    finished = next(name for name in PARTS if WRITTEN[name].closed)
    day = WRITTEN[finished].day
    assert found(without=finished) == [("parts-changed", f"standard {day}")]
    other = part(WRITTEN[finished].part, day)
    assert found(other) == [("parts-changed", f"standard {day}")]


def test_a_state_of_an_earlier_version_counts_parts_from_its_position_on() -> None:
    state = LineState(LINE.decode(), offset=70)
    line = Line(partition().lines[LINE].rules, state)
    assert line.state.book.parts_since == (0, 70)
    state.book.parts, state.offset = STATE.book.parts, STATE.offset
    state.definitions = STATE.definitions
    assert found(part("0.60"), state=state) == []
    assert found(part("0.71"), state=state) == [("parts-changed", "standard 2013-04-20, part 0.71")]


@pytest.mark.parametrize("reasons", [None, ()])
def test_a_definition_that_the_line_never_had_is_named(reasons: tuple[()] | None) -> None:
    (name, *_) = (name for name, day in WRITTEN.items() if not day.part and day.closed)
    day = read_day(write_day(WRITTEN[name]))
    assert isinstance(day, LineDay)
    (definition,) = day.definitions
    day.definitions = [] if reasons is None else [msgspec.structs.replace(definition, lost_reasons=reasons)]
    assert found(day) == [("day-impossible", f"standard {day.day}")]
