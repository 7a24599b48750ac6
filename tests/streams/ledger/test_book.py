"""A day of the ledger: its contents, when it is closed, and where its later events are counted."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from agents.catalogue import lines
from config.settings import Line as LineSettings
from config.settings import Settings
from streams.calls.rules import LineRules
from streams.desks.line import Line
from streams.events import CallEvent
from streams.kept import record
from streams.kept.times import QUARTER_MS
from streams.ledger.book import MAX_PARTS, OPEN_DAYS
from streams.ledger.day import CallSlot, LineDay, day_key, read_day, write_day
from streams.ledger.sums import whole
from tests.streams.telling import event

DAY = 86_400  # s
OPEN = OPEN_DAYS + 1  # days that a line keeps open: one more, as a call may be live when it begins
RULES = LineRules(site="lozere", line="circulation", max_call=600_000)


def folded(*events: CallEvent, rules: LineRules = RULES) -> Line:
    line = Line(rules)
    tell(line, *events)
    return line


def tell(line: Line, *events: CallEvent) -> None:
    for each in events:
        line.state.offset += 1
        line.fold(each)


def lost(day: float, call: str, **more: Any) -> CallEvent:
    return event("lost", day * DAY, call, **({"wait": 5} | more))


def days(line: Line) -> dict[str, LineDay]:
    found = [*line.state.book.done, *line.days()]
    assert len({day_key(day) for day in found}) == len(found)
    return {day_key(day).removeprefix("lozere/circulation/1970-"): day for day in found}


def offered(day: LineDay) -> int:
    return sum(slot.offered for slot in day.slots.values())


def test_a_call_is_counted_in_the_quarter_in_which_it_entered_with_what_came_of_it() -> None:
    line = folded(
        event("offered", 890, "1"),
        event("offered", 895, "2"),
        event("answered", 910, "1"),
        event("answered", 930, "2"),
        event("lost", 950, "3", wait=10),
        event("diverted", 960, "4", wait=5),
        event("offered", 970, "5"),
        event("ringing", 980, "6"),
    )
    (day,) = line.days()
    assert (day.id, day.day, day.part) == ("lozere/circulation", "1970-01-01", "")
    assert day.slots == {
        0: CallSlot(offered=2, answered=2, within=1),
        1: CallSlot(
            offered=3,
            lost=1,
            diverted=1,
            open=1,
            lost_for={"unknown": 1},
            diverted_for={"unknown": 1},
            lost_within=1,
        ),
    }
    assert (day.answered_waits.total, day.lost_waits.total) == (55_000, 10_000)
    assert line.state.book.days == {}, "they are live, and not in the book yet"
    line.advance(10**9)
    (settled,) = line.days()
    assert settled.slots == day.slots | {1: msgspec.structs.replace(day.slots[1], open=0, unresolved=1)}
    assert (settled.answered_waits, settled.lost_waits) == (day.answered_waits, day.lost_waits)


def test_the_talk_of_an_answered_call_is_in_its_day_and_moves_with_what_is_known_of_it() -> None:
    line = folded(event("offered", 10, "1"), event("answered", 20, "1"), event("offered", 30, "2"))
    (day,) = line.days()
    assert day.talks is None
    tell(line, event("ended", 80, "1", talk=60))
    (day,) = line.days()
    assert day.talks is not None
    assert (day.talks.count, day.talks.total) == (1, 60_000)
    line.advance(10**9)
    tell(line, event("ended", 70, "1", talk=50))
    (settled,) = line.days()
    assert settled.talks is not None
    assert (settled.talks.count, settled.talks.total) == (1, 50_000)


def test_a_late_word_changes_the_day_for_a_week_and_opens_a_part_of_it_then() -> None:
    line = folded(lost(0.5, "a"), lost(0.5, "b", wait=7), lost(1.5, "c"), lost(OPEN + 0.1, "d"))
    tell(line, event("answered", 0.5 * DAY + 10, "a"))
    assert list(days(line)) == ["01-01", "01-02", "01-09"]
    assert days(line)["01-01"].slots[47] == CallSlot(
        offered=2, answered=1, lost=1, lost_for={"unknown": 1}, lost_within=1
    )
    tell(line, lost(OPEN + 0.5, "e"), lost(OPEN + 0.6, "f"))
    assert [day_key(day) for day in line.state.book.done] == ["lozere/circulation/1970-01-01"]
    tell(line, event("answered", 0.5 * DAY + 10, "b"))
    part = days(line)["01-01#0.7"]
    assert part.slots == {47: CallSlot(answered=1, lost=-1, lost_for={"unknown": -1}, lost_within=-1)}
    assert (part.lost_waits.count, part.lost_waits.total) == (-1, -7_000)
    tell(line, lost(0.6, "late"))
    assert offered(days(line)["01-01#0.7"]) == 1, "the part that is open is the day for now"
    first = next(day for day in whole([*line.state.book.done, *line.days()]))
    assert sum(slot.answered for slot in first.slots.values()) == 2
    assert offered(first) == 3
    assert first.lost_waits.count == 1


def test_a_part_is_finished_when_the_next_day_closes_or_many_others_are_open() -> None:
    line = folded(*(lost(day, "live" + str(day)) for day in (100, 101, 101.5)))
    for day in range(MAX_PARTS + 2):
        tell(line, lost(day + 0.5, str(day)))
    assert [day.part for day in line.state.book.done] == ["0.3", "0.4"]
    tell(line, lost(102, "next"), lost(102.1, "and one"))
    assert len(line.state.book.done) == MAX_PARTS + 2
    assert all(not page.part for page in line.state.book.days.values())
    assert sum(map(offered, days(line).values())) == line.state.offered


def test_a_leap_in_time_leaves_the_days_before_it_whole() -> None:
    line = folded(lost(0.5, "a"), event("offered", 0.6 * DAY, "b"), lost(200.5, "c"), lost(201.5, "d"))
    assert {name: offered(day) for name, day in days(line).items()} == {"01-01": 2, "07-20": 1, "07-21": 1}


@pytest.mark.parametrize(("day", "quarters"), [("2013-03-31", 92), ("2013-04-01", 96), ("2013-10-27", 100)])
def test_a_day_is_a_local_one_of_23_to_25_hours(day: str, quarters: int) -> None:
    office = Settings(site="lozere", lines={"circulation": LineSettings()})
    noon = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).timestamp() + 43_200
    line = Line(lines(office)["circulation"])
    for number, at in enumerate(range(int(noon) - DAY, int(noon) + DAY, 900)):
        line.fold(event("lost", at, str(number), wait=0))
    found = {each.day: each for each in line.days()}
    assert len(found[day].slots) == quarters
    assert min(found[day].slots) * QUARTER_MS == office.calendar().day_bounds(date.fromisoformat(day))[0] * 1000


@pytest.mark.slow
def test_months_between_two_checkpoints_leave_a_record_small() -> None:
    """Finished days leave the state together with the records that keep them."""
    line = folded()
    for number in range(60_000):  # a year of 164 calls a day
        line.fold(event("answered", number * 526, str(number), wait=number % 977 / 10))
    before = len(record.encode(line.state))
    done = line.ledger.take()
    assert len(done) == 366 - OPEN
    after = len(record.encode(line.state))
    line.state.book.days.clear()
    assert after - len(record.encode(line.state)) < 30_000 < before - after


def telling(slot: Callable[[float], list[CallEvent]]) -> Line:
    line = folded(*(event("answered", 30_000 + 60 * number, f"before {number}", wait=3) for number in range(60)))
    tell(line, *slot(36_000), *(event("answered", 37_000 + 300 * n, f"after {n}", wait=3) for n in range(40)))
    return line


@pytest.mark.parametrize(
    ("events", "named"),
    [
        (
            lambda at: [event("lost", at + 5, "x", wait=5), event("ended", at + 65, "x", talk=60)],
            CallSlot(offered=1, lost=1, talked=1, lost_for={"unknown": 1}, lost_within=1),
        ),
        (
            lambda at: [event("offered", at, "x"), event("lost", at, "x", wait=0)],
            CallSlot(offered=1, lost=1, ghosts=1, lost_for={"unknown": 1}, lost_short=1, lost_within=1),
        ),
        (
            lambda at: [event("lost", at + 9, name, wait=9, caller="hmac:aaaaaaaa") for name in "xy"],
            CallSlot(offered=2, lost=2, copies=1, copies_lost=1, lost_for={"unknown": 2}, lost_within=2),
        ),
        (
            lambda at: [
                event("answered", at + 5, "x", wait=5, caller="hmac:aaaaaaaa"),
                event("answered", at + 605, "y", wait=5, caller="hmac:aaaaaaaa"),
            ],
            CallSlot(offered=2, answered=2, within=2, known_answered=2, called_again=1),
        ),
    ],
)
def test_what_laws_name_in_a_slot_is_noted_when_the_watch_is_done_with_it(
    events: Callable[[float], list[CallEvent]], named: CallSlot
) -> None:
    line = telling(events)
    (day,) = line.days()
    assert day.slots[40] == named
    assert msgspec.structs.replace(day.slots[36], answered=0, offered=0, within=0) == CallSlot()


def test_what_laws_name_is_noted_as_soon_as_a_slot_is_inspected_and_taken_back_where_it_no_longer_holds() -> None:
    line = folded(event("lost", 36_005, "x", wait=5), event("ended", 36_065, "x", talk=60))
    tell(line, event("answered", 38_900, "after", wait=3))
    assert line.days()[0].slots[40] == CallSlot(offered=1, lost=1, talked=1, lost_for={"unknown": 1}, lost_within=1)
    tell(line, event("answered", 36_010, "x", wait=5), event("answered", 42_000, "later", wait=3))
    assert line.days()[0].slots[40] == CallSlot(offered=1, answered=1, within=1)


def test_at_the_end_of_a_file_what_laws_name_in_its_last_hour_is_noted_too() -> None:
    line = folded(event("lost", 36_000, "x", wait=5), event("ended", 36_065, "x", talk=60))
    seen = CallSlot(offered=1, lost=1, lost_for={"unknown": 1}, lost_within=1)
    assert line.days()[0].slots[39] == seen
    line.close(line.state.high)
    assert line.days()[0].slots[39] == msgspec.structs.replace(seen, talked=1)


def test_a_day_is_read_back_as_it_was_written() -> None:
    line = folded(lost(0.5, "a"), event("offered", 0.6 * DAY, "b"))
    (day,) = line.days()
    told = write_day(day)
    assert read_day(told) == day
    assert json.loads(told)["slots"] == {
        "47": {"offered": 1, "lost": 1, "lost_for": {"unknown": 1}, "lost_within": 1},
        "57": {"offered": 1, "open": 1},
    }


@pytest.mark.slow
def test_a_backfill_of_a_busy_year_leaves_a_record_far_below_a_brokers_message_limit() -> None:
    line = folded(*(lost(day, str(day)) for day in (400.5, 401.5)))
    for number in range(366 * 96 * 2):
        tell(line, event("answered", 450 * number, f"old {number}", wait=number * 7919 % 1200))
    line.ledger.take()
    assert sum(bool(page.part) for page in line.state.book.days.values()) == MAX_PARTS
    with_parts = len(record.encode(line.state))
    line.state.book.days.clear()
    assert with_parts - len(record.encode(line.state)) < 150_000


def test_a_day_names_the_versions_of_the_configuration_that_counted_it_and_no_repetition_adds_one() -> None:
    first, second = (msgspec.structs.replace(RULES, catalogue=name) for name in ("first", "second"))
    line = folded(lost(1.5, "1"), lost(2.4, "2"), lost(2.5, "3"), rules=first)
    line = Line(second, line.state)
    tell(line, lost(2.6, "4"), lost(2.6, "4"), lost(3.5, "5"), lost(30.5, "6"))
    told = {key: day.catalogues for key, day in days(line).items()}
    assert told == {"01-02": ["first"], "01-03": ["first", "second"], "01-04": ["second"], "01-31": ["second"]}
