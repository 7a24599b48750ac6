"""Records that cannot be are left out, and named with their day."""

from __future__ import annotations

from datetime import date

import pytest

from agents.history.days import DayRecords
from agents.kafka.client import Topic
from agents.kafka.input_ends import InputEnds
from config.settings import Settings
from config.shared import Kafka
from streams.indicators.period import Period
from streams.ledger.day import CallSlot, LedgerDay, LineDay, WitnessDay, day_key, write_day
from tests.agents.board.known import Record

SETTINGS = Settings(site="lozere", kafka=Kafka(partitions=1))
ID, DAY, NOW = "lozere/standard", "2013-03-04", 1_400_000_000_000
YEAR = Period(date(2013, 1, 1), date(2013, 12, 31))


def ends(end: int, readings: int = 0) -> InputEnds:
    return InputEnds(SETTINGS, {(Topic.CALL_ATTEMPTS, 0): end, (Topic.LINE_READINGS, 0): readings}, NOW)


def line(offset: int, part: str = "", day: str = DAY, lost: int = 0, answered: int = 1) -> LineDay:
    slots = {1: CallSlot(offered=lost + answered, answered=answered, lost=lost)}
    return LineDay(id=ID, day=day, part=part, offset=offset, closed=True, slots=slots)


def take(days: DayRecords, *told: LedgerDay, key: str | None = None) -> None:
    for day in told:
        name = (key or day_key(day)).encode()
        record = Record("tocsin.ledger", name, write_day(day), timestamp=7)
        days.take(record, name, record.value)


def named(days: DayRecords) -> list[tuple[str, str, int | None]]:
    return [(each.kind, each.subject, each.year) for each in days.breaches("lozere")]


def test_a_day_beyond_the_end_of_its_input_is_left_out_unless_the_input_has_grown() -> None:
    days = DayRecords(0)
    days.reach(ends(100))
    take(days, line(99), line(120), line(2**60), line(130, "0.129"), line(99, "0.99"))
    assert days.beyond()
    assert [day.offset for day in days.of()] == [99]
    days.reach(ends(125))
    assert days.beyond()
    days.reach(ends(125), judge=True)
    assert not days.beyond()
    assert {part.offset for part in (*days.of(), *days.parts("lozere"))} == {120, 99}
    assert named(days) == [
        ("day-impossible", f"standard {DAY}", 2013),
        ("day-impossible", f"standard {DAY}, part 0.129", 2013),
    ]


def test_a_day_that_was_deleted_does_not_come_back_when_the_ends_are_known() -> None:
    days = DayRecords(0)
    days.reach(ends(10))
    take(days, line(20))
    days.take(Record("tocsin.ledger", day_key(line(0)).encode(), None), day_key(line(0)).encode(), None)
    days.reach(ends(30), judge=True)
    assert (days.of(), named(days)) == ([], [("day-missing", f"standard {DAY}", 2013)])


@pytest.mark.parametrize(
    "more", [{}, {(Topic.CALL_ATTEMPTS, 0): 5}, {(Topic.CALL_ATTEMPTS, 0): 0, (Topic.LINE_READINGS, 0): 0}]
)
def test_where_the_end_of_an_input_is_unknown_or_it_never_had_an_event_every_offset_passes(
    more: dict[tuple[Topic, int], int],
) -> None:
    days = DayRecords(0)
    days.reach(InputEnds(SETTINGS, more, NOW))
    take(days, line(2**60))
    assert (len(days.of()), named(days)) == (1, [])


def test_a_line_of_readings_is_bounded_by_them_and_both_records_by_the_present() -> None:
    days = DayRecords(0)
    days.reach(ends(0, readings=50))
    take(days, line(49), WitnessDay(id=ID, day=DAY, offset=NOW), WitnessDay(id=ID, day="2013-03-05", offset=2**60))
    assert [type(day) for day in days.of()] == [LineDay, WitnessDay]
    days.reach(ends(0, readings=50), judge=True)
    assert named(days) == [("day-impossible", "standard 2013-03-05, both records", 2013)]


def test_a_day_of_no_year_concerns_every_year_and_closes_no_other() -> None:
    days = DayRecords(0)
    still_open = line(9)
    still_open.closed = False
    take(days, still_open, line(9, day="9999-12-31"), line(9, day="2013-W10-1"), line(9, day="2099-01-01"))
    assert [year for *_, year in named(days)] == [None, None, None]
    assert days.marks("lozere", YEAR) == {day_key(still_open): ""}
    assert days.dates("lozere") == {date(2013, 3, 4)}


def test_a_part_that_takes_more_than_its_day_has_is_left_out_and_named() -> None:
    days = DayRecords(0)
    take(days, line(5, lost=2), line(9, "0.8", lost=-2, answered=2), line(9, "0.9", lost=-1, answered=1))
    (day,) = days.of()
    assert (day.slots[1].lost, day.slots[1].answered) == (0, 3)  # type: ignore[union-attr]  # a line's
    assert named(days) == [("day-impossible", f"standard {DAY}, part 0.9", 2013)]
    copy = days.copy()
    take(copy, line(10, lost=3))
    assert [kind for kind, *_ in named(copy)] == ["day-changed"]
    assert len(named(days)) == 1


def test_a_false_record_does_not_replace_the_day() -> None:
    days = DayRecords(0)
    take(days, line(5, lost=2), line(6, lost=-20, answered=25))
    assert [day.offset for day in days.of()] == [5]
    with pytest.raises(ValueError, match="has a record of"):
        take(days, line(7), key="lozere/other/2013-03-04")
    assert named(days) == [
        ("day-impossible", f"standard {DAY}", 2013),
        ("day-impossible", f"other {DAY}", 2013),
    ]
