"""A line that only sends readings: its figures come from them in any order, and gaps remain gaps."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from streams.calls.rules import LineRules
from streams.decoding import Invalid
from streams.desks import reported as module
from streams.desks.line import Line
from streams.events import Reading
from streams.kept.mark import DUPLICATE, LATE, OK
from streams.kept.times import DAY_MS, FOREVER, QUARTER_MS
from streams.ledger.day import CallSlot, LineDay
from streams.ledger.sums import whole
from streams.watch.facts import PartsExceedWhole
from tests.streams.reading_back import read_back
from tests.streams.telling import event

DAY = 86_400
FIRST = 1_364_774_400  # 1 April 2013, a Monday, 0:00 UTC


def _open(at: int) -> bool:
    moment = datetime.fromtimestamp(at / 1000, UTC)
    return moment.weekday() < 5 and 9 <= moment.hour < 17


OFFICE = LineRules(site="lozere", line="circulation", lifecycle="totals", open=_open)
ALWAYS = LineRules(site="lozere", line="circulation", lifecycle="totals")


def of_day(number: int, offered: int | None, answered: int | None, lost: int | None, days: int = 1) -> Reading:
    since = FIRST + number * DAY
    return Reading(
        line="circulation", mode="interval", since=since, at=since + days * DAY,
        offered=offered, answered=answered, lost=lost,
    )  # fmt: skip


def running(at: float, offered: int, answered: int, lost: int) -> Reading:
    return Reading(line="circulation", mode="cumulative", at=FIRST + at, offered=offered, answered=answered, lost=lost)


def taken(*readings: Reading, rules: LineRules = OFFICE) -> Line:
    line = Line(rules)
    for each in readings:
        line.read(each)
        line.check()
    return line


def days_of(line: Line) -> dict[str, LineDay]:
    return {day.day: day for day in whole([*line.ledger.book.done, *line.days()])}


def total(line: Line) -> CallSlot:
    sums = CallSlot()
    for day in days_of(line).values():
        for slot in day.slots.values():
            sums.offered += slot.offered
            sums.answered += slot.answered
            sums.lost += slot.lost
    return sums


def kinds(line: Line) -> list[tuple[str, str]]:
    return [(each.verdict, each.kind) for each in line.state.watch.incidents]


def sound(number: int, seed: int = 0) -> list[Reading]:
    chance = random.Random(seed)
    told = []
    for day in range(number):
        if (FIRST // DAY + day + 3) % 7 < 5:
            offered = round(chance.gauss(200, 20))
            lost = sum(chance.random() < 0.05 for _ in range(offered))
            told.append(of_day(day, offered, offered - lost, lost))
    return told


def test_a_day_is_one_figure_in_its_first_open_slot_and_covers_the_rest() -> None:
    (day,) = days_of(taken(of_day(0, 100, 90, 10))).values()
    opening = (FIRST + 9 * 3600) * 1000 // QUARTER_MS
    assert day.day == "2013-04-01"
    assert day.slots == {opening: CallSlot(offered=100, answered=90, lost=10, reported=15 * 4)}
    assert not day.answered_waits.count


def test_what_nobody_answered_or_lost_is_told_apart_and_nothing_is_unresolved() -> None:
    line = taken(of_day(0, 100, 85, 10))
    assert line.figures.counts().unresolved == 0
    assert (line.state.offered, line.state.reported.without_outcome) == (95, 5)
    assert line.state.reported.sums == [100, 85, 10]


@pytest.mark.parametrize("told", [(100, 90, None), (100, None, 10), (None, 90, 10)])
def test_two_totals_give_the_third(told: tuple[int | None, int | None, int | None]) -> None:
    sums = total(taken(of_day(0, *told)))
    assert (sums.offered, sums.answered, sums.lost) == (100, 90, 10)


def test_one_total_is_refused_in_words_that_help() -> None:
    with pytest.raises(Invalid, match="two of offered, answered and lost"):
        taken(of_day(0, 100, None, None))


def test_a_call_event_of_such_a_line_is_refused() -> None:
    with pytest.raises(Invalid, match="lifecycle: totals"):
        Line(OFFICE).fold(event("answered", FIRST))


def test_running_totals_count_what_they_grow_by_once_a_slot_is_over() -> None:
    morning = 10 * 3600.0
    readings = [running(morning + 60 * minute, 500 + minute, 480 + minute, 20) for minute in range(61)]
    line = taken(*readings)
    assert (line.state.offered, line.state.counts) == (60, {16: 60, next(iter(line.state.counts.keys() - {16})): 0})
    (day,) = days_of(line).values()
    assert [slot.offered for _, slot in sorted(day.slots.items())] == [15] * 4
    assert [slot.reported for slot in day.slots.values()] == [1] * 4


def test_what_a_slot_that_goes_on_holds_counts_at_the_end_of_a_file() -> None:
    line = taken(running(36_000, 10, 9, 1), running(36_300, 14, 13, 1))
    assert line.state.offered == 0
    line.close(0)
    assert line.state.offered == 4


def test_totals_that_fall_begin_anew_and_a_fall_by_day_is_told() -> None:
    overnight = taken(running(16 * 3600, 90, 80, 10), running(DAY + 9 * 3600, 4, 4, 0))
    assert (overnight.state.offered, kinds(overnight)) == (4, [])
    by_day = taken(running(36_000, 90, 80, 10), running(37_800, 4, 4, 0))
    assert (by_day.state.offered, kinds(by_day)) == (4, [("miscount", "reset")])


def test_a_period_told_twice_counts_once_and_one_told_otherwise_as_told_last() -> None:
    line = Line(OFFICE)
    assert line.read(of_day(0, 100, 90, 10)) == OK
    assert line.read(of_day(0, 100, 90, 10)) == DUPLICATE
    assert line.read(of_day(0, 120, 100, 20)) == OK
    line.check()
    assert (total(line).offered, line.state.reported.revised) == (120, 1)


def test_a_revision_after_its_day_was_closed_corrects_the_sum_by_a_part() -> None:
    readings = sound(60)
    line = taken(*readings)
    before, first = total(line).offered, readings[0].offered
    assert first is not None
    line.read(of_day(0, 1000, 990, 10))
    assert total(line).offered == before - first + 1000
    assert [day.day for day in line.days() if day.part] == ["2013-04-01"]


def test_a_part_of_a_period_that_is_told_already_is_refused() -> None:
    with pytest.raises(Invalid, match="side by side"):
        taken(of_day(0, 700, 650, 50, days=7), of_day(2, 100, 90, 10))


def test_the_order_of_the_readings_changes_no_sum() -> None:
    readings = sound(40)
    mixed = readings.copy()
    random.Random(1).shuffle(mixed)
    assert total(taken(*mixed)) == total(taken(*readings))


def test_a_running_total_that_is_older_than_the_last_is_late() -> None:
    line = taken(running(36_000, 10, 9, 1))
    assert (line.read(running(35_000, 8, 7, 1)), line.read(running(36_000, 10, 9, 1))) == (LATE, DUPLICATE)


def test_a_lost_column_that_holds_the_answered_is_told_on_the_first_day_with_the_right_figure() -> None:
    line = taken(of_day(0, 1006, 966, 1006))
    (incident,) = line.state.watch.incidents
    assert (incident.verdict, incident.kind, incident.calls) == ("miscount", "duplicate", 1006)
    assert (incident.start, incident.end) == (FIRST * 1000, FIRST * 1000 + DAY_MS)
    assert incident.evidence[0].facts == PartsExceedWhole(966, 1006, 1006, 1, "lost")
    assert incident.evidence[0].expected == pytest.approx(40 / 1006, abs=1e-4)
    (day,) = days_of(line).values()
    (slot,) = day.slots.values()
    assert (slot.answered, slot.lost, slot.copies, slot.copies_lost) == (966, 1006, 966, 966)


def test_a_sum_that_needs_days_to_be_told_is_told_from_its_first_day_and_ends_with_its_mending() -> None:
    wrong = [of_day(day, 10, 9, 10) for day in range(4)]
    line = taken(*wrong, *(of_day(day, 10, 9, 1) for day in range(4, 8)))
    (incident,) = line.state.watch.incidents
    assert incident.over
    assert (incident.start, incident.end) == (FIRST * 1000, (FIRST + 4 * DAY) * 1000)
    copies = [slot.copies for day in days_of(line).values() for slot in day.slots.values()]
    assert copies == [9, 9, 9, 9, 0, 0, 0, 0]


def test_a_state_that_was_kept_goes_on_as_if_it_had_not_been() -> None:
    readings = [*(of_day(day, 10, 9, 10) for day in range(4)), *sound(60)[4:]]
    line = Line(OFFICE)
    for each in readings:
        line = Line(OFFICE, read_back(line.state))
        line.read(each)
    assert days_of(line) == days_of(taken(*readings))
    assert kinds(line) == kinds(taken(*readings))


def test_parts_that_no_sum_explains_are_undecided() -> None:
    assert kinds(taken(*(of_day(day, 100 + day, 80 + day * day % 7, 35) for day in range(9)))) == [
        ("undecided", "mismatch")
    ]


def test_zeros_where_calls_are_usual_were_not_reported() -> None:
    line = taken(*sound(42), *(of_day(day, 0, 0, 0) for day in range(42, 49)))
    assert line.state.reported.not_reported >= 5
    assert not kinds(line)
    assert days_of(line)["2013-05-15"].slots == {}


def test_zeros_before_the_first_call_say_nothing() -> None:
    line = taken(*(of_day(day, 0, 0, 0) for day in range(3)), of_day(3, 100, 90, 10))
    assert line.state.reported.not_reported == 3


def test_zeros_of_closed_days_and_of_a_quiet_line_are_zeros() -> None:
    closed = taken(*(sound(5)), of_day(5, 0, 0, 0), of_day(6, 0, 0, 0))
    assert closed.state.reported.not_reported == 0
    chance = random.Random(3)
    calls = [sum(chance.random() < 0.02 for _ in range(100)) for _ in range(90)]
    quiet = taken(*(of_day(day, number, number, 0) for day, number in enumerate(calls)), rules=ALWAYS)
    assert 0 in calls
    assert quiet.state.reported.not_reported == 0


def test_a_week_that_was_copied_is_told() -> None:
    readings = sound(70)
    again = readings[10:15]
    copied = [of_day(70 + number, each.offered, each.answered, each.lost) for number, each in enumerate(again)]
    assert kinds(taken(*readings, *copied)) == [("miscount", "stuck")]


@pytest.mark.parametrize("seed", range(20))
def test_sound_readings_open_no_miscount(seed: int) -> None:
    assert not [each for each in kinds(taken(*sound(365, seed))) if each[0] == "miscount"]


def test_the_office_of_the_test_is_open_on_mondays() -> None:
    assert _open((FIRST + 9 * 3600) * 1000)
    assert datetime.fromtimestamp(FIRST, UTC) + timedelta(days=5) == datetime(2013, 4, 6, tzinfo=UTC)


@pytest.mark.parametrize("since", [None, FIRST + DAY, FIRST + 2 * DAY])
def test_an_interval_is_refused_unless_it_begins_before_it_ends(since: int | None) -> None:
    with pytest.raises(Invalid, match=r"\$\.since.*expected a moment before") as refused:
        taken(msgspec.structs.replace(of_day(0, 100, 90, 10), since=since))
    assert refused.value.reason == "invalid"


def test_an_unfinished_slot_counts_once_the_totals_grow_in_a_later_one() -> None:
    ten = 36_000
    line = taken(running(ten, 10, 9, 1), running(ten + 300, 14, 13, 1), running(ten + 1_000, 21, 19, 2))
    seconds = [each.end // 1000 - FIRST for each in line.state.reported.periods]
    assert (seconds, line.state.offered) == ([ten + 300, ten + 1_000], 4 + 7)


def test_a_file_of_whole_periods_leaves_nothing_to_count_at_its_end() -> None:
    line = taken(of_day(0, 100, 90, 10))
    line.close(0)
    line.check()
    assert (line.state.offered, len(line.state.reported.periods)) == (100, 1)


def test_periods_of_one_slot_advance_the_time_and_count_together() -> None:
    ten = FIRST + 36_000
    readings = [
        Reading(
            line="circulation", mode="interval", since=ten + start, at=ten + start + 300, offered=3, answered=2, lost=1
        )
        for start in (0, 300, 600)
    ]  # fmt: skip
    line = taken(*readings)
    assert line.state.high == (ten + 900) * 1000
    assert total(line) == CallSlot(offered=9, answered=6, lost=3)


def test_more_periods_than_are_kept_bend_no_total_and_the_oldest_is_then_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PERIODS", 3)
    line = taken(*(of_day(day, 100, 90, 10) for day in range(5)), rules=ALWAYS)
    assert (len(line.state.reported.periods), line.state.reported.forgotten) == (3, 2)
    assert line.read(of_day(0, 100, 80, 20)) == LATE
    line.check()
    assert total(line) == CallSlot(offered=500, answered=450, lost=50)


def test_time_alone_changes_nothing_of_such_a_line() -> None:
    line = taken(running(36_000, 10, 9, 1), running(36_300, 14, 13, 1))
    before = msgspec.to_builtins(line.state)
    assert line.due == FOREVER
    assert not line.advance((FIRST + 9 * DAY) * 1000)
    assert msgspec.to_builtins(line.state) == before
