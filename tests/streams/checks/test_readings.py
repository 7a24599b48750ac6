"""Double entry: honest counters raise no finding, even if they count late; each fault is found, and only that one."""

from __future__ import annotations

from random import Random

import msgspec
import pytest

from streams.checks.readings import CallTotals, CounterCheck, CounterState, Finding

MINUTE = 60_000
CHECK = CounterCheck(slack=10, share=0.05, persistence=3)

Rows = list[tuple[CallTotals, CallTotals]]


def office(minutes: int = 300, seed: int = 1) -> Rows:
    """Return a minute's readings with the events' totals, from a counter that counts answered calls when they end."""
    random, rows, talking = Random(seed), [], []
    offered = answered = lost = ended = 0
    for minute in range(minutes):
        for _ in range(random.randrange(4)):
            offered += 1
            if random.random() < 0.1:
                lost += 1
            else:
                answered += 1
                talking.append(minute + random.randrange(1, 4))
        ended += sum(until <= minute for until in talking)
        talking = [until for until in talking if until > minute]
        rows.append((CallTotals(offered, ended, lost), CallTotals(offered, answered, lost)))
    return rows


def cumulative(rows: Rows, check: CounterCheck = CHECK, *, stored: bool = False) -> list[Finding]:
    state, found = CounterState(), []
    for minute, (reading, events) in enumerate(rows):
        found += check.cumulative(state, reading, events, minute * MINUTE)
        if stored:
            state = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=CounterState)
    return found


def since(base: CallTotals, reading: CallTotals) -> CallTotals:
    """Return the readings of a counter that was reset at `base`."""
    pairs = zip(msgspec.structs.astuple(base), msgspec.structs.astuple(reading), strict=True)
    return CallTotals(*(now - then for then, now in pairs))


@pytest.mark.parametrize("seed", range(10))
def test_an_honest_counter_that_counts_at_the_end_is_quiet(seed: int) -> None:
    assert cumulative(office(seed=seed)) == []


def test_a_reset_is_told_once_with_how_far_each_total_fell() -> None:
    rows = office()
    base = rows[99][0]
    fallen = [(since(base, reading) if minute >= 100 else reading, own) for minute, (reading, own) in enumerate(rows)]
    found = cumulative(fallen)
    assert [(one.kind, one.total, one.since, one.at) for one in found] == [
        ("reset", total, 99 * MINUTE, 100 * MINUTE) for total in ("offered", "answered", "lost")
    ]
    assert found[0].by == fallen[100][0].offered - base.offered  # type: ignore[operator]


@pytest.mark.parametrize("bits", [16, 31, 32])
def test_a_counter_that_goes_round_is_no_reset(bits: int) -> None:
    start = (1 << bits) - 40
    rows = [
        (CallTotals((start + own.offered) % (1 << bits), reading.answered, reading.lost), own)  # type: ignore[operator]
        for reading, own in office()
    ]
    assert max(one.offered or 0 for one, _ in rows) > start > min(one.offered or 0 for one, _ in rows)
    assert cumulative(rows) == []


def test_readings_that_repeat_while_calls_flow_are_stuck() -> None:
    rows = office()
    frozen = [(rows[min(minute, 100)][0], own) for minute, (_, own) in enumerate(rows)]
    found = cumulative(frozen)
    assert {one.kind for one in found} == {"stuck"}
    assert found[0].since == 100 * MINUTE
    assert found[0].at <= 115 * MINUTE
    assert found[0].by < -CHECK.slack
    assert {one.since for one in found} - {100 * MINUTE} <= {one.at for one in found}  # one run after the other


def test_a_quiet_line_repeats_its_readings_and_is_not_stuck() -> None:
    rows = office(100) + [office(100)[-1]] * 600
    settled = [(CallTotals(own.offered, own.answered, own.lost), own) for _, own in rows]
    assert cumulative(settled) == []


def test_totals_that_grow_while_no_event_is_told_say_that_events_are_missing() -> None:
    rows = office()
    cut = [(reading, rows[min(minute, 100)][1]) for minute, (reading, _) in enumerate(rows)]
    found = cumulative(cut)
    assert {one.kind for one in found} == {"missing"}
    assert found[0].since == 100 * MINUTE
    assert found[0].at <= 115 * MINUTE
    assert sum(one.by for one in found if one.total == "offered") >= 0.9 * (rows[-1][0].offered - rows[100][0].offered)  # type: ignore[operator]


@pytest.mark.parametrize("late", ["events", "counter"])
def test_what_comes_late_after_all_is_no_mismatch(late: str) -> None:
    rows = office()
    held = [(reading, rows[100][1]) if late == "events" else (rows[100][0], own) for reading, own in rows[100:160]]
    found = cumulative([*rows[:100], *held, *rows[160:]])
    assert {one.kind for one in found} == {"missing" if late == "events" else "stuck"}
    assert max(one.at for one in found) < 160 * MINUTE


def test_answered_calls_counted_lost_are_a_mismatch_of_the_lost() -> None:
    rows = office(600)
    random, moved, faulty = Random(5), 0, []
    for minute, (reading, own) in enumerate(rows):
        if minute >= 100:
            before = rows[minute - 1][0]
            moved += sum(random.random() < 0.18 for _ in range(reading.answered - before.answered))  # type: ignore[operator]
        faulty.append((CallTotals(reading.offered, reading.answered - moved, reading.lost + moved), own))  # type: ignore[operator]
    found = cumulative(faulty)
    assert {one.kind for one in found} == {"mismatch"}
    lost = [one for one in found if one.total == "lost"]
    assert lost[0].by > CHECK.slack
    assert 95 * MINUTE <= lost[0].since <= lost[0].at <= 190 * MINUTE
    assert all(one.by > 0 for one in lost)
    assert all(one.by < 0 for one in found if one.total == "answered")


def test_a_small_difference_of_definitions_is_tolerated_for_good() -> None:
    """The counter misses one lost call in ten: far below the slack of a day."""
    rows = [(CallTotals(own.offered, own.answered, own.lost - own.lost // 10), own) for _, own in office(3_000)]  # type: ignore[operator]
    daily = CounterCheck(slack=10, share=0.05, renew=600 * MINUTE)
    assert cumulative(rows, daily) == []
    assert {one.total for one in cumulative(rows, CounterCheck(slack=2, share=0.0))} == {"lost"}


def test_only_persistence_makes_a_mismatch() -> None:
    rows = office()
    spike = [
        (CallTotals(reading.offered, reading.answered, own.lost + (30 if 100 <= minute < 102 else 0)), own)  # type: ignore[operator]
        for minute, (reading, own) in enumerate(rows)
    ]
    kinds = {one.kind for one in cumulative(spike)}
    assert kinds == {"reset"}  # it restarted: a total that fell


def test_interval_readings_are_compared_and_a_gap_is_told() -> None:
    rows = office()
    state, found = CounterState(), []
    for minute in range(5, 300, 5):
        if 100 <= minute < 110:
            continue
        then, own = rows[minute - 5][1], rows[minute][1]
        reading = CallTotals(own.offered - then.offered, own.answered - then.answered, own.lost - then.lost)  # type: ignore[operator]
        found += CHECK.interval(state, reading, own, (minute - 5) * MINUTE, minute * MINUTE)
    assert found == [Finding("missing", None, 95 * MINUTE, 105 * MINUTE, 10 * MINUTE)]


def test_an_interval_counter_that_stands_still_is_stuck() -> None:
    state, found = CounterState(), []
    for minute, (_, own) in enumerate(office()[1:], start=1):
        found += CHECK.interval(state, CallTotals(0, 0, 0), own, (minute - 1) * MINUTE, minute * MINUTE)
    assert {one.kind for one in found} == {"stuck"}
    assert found[0].total == "offered"


def test_what_a_counter_does_not_tell_is_not_judged() -> None:
    rows = [(CallTotals(None, reading.answered, None), own) for reading, own in office()]
    assert cumulative(rows) == []
    assert {one.total for one in cumulative([(CallTotals(None, 5, None), own) for _, own in rows])} == {"answered"}


def test_an_older_reading_is_passed_over() -> None:
    state = CounterState()
    assert CHECK.cumulative(state, CallTotals(5, 5, 0), CallTotals(5, 5, 0), 2 * MINUTE) == []
    before = msgspec.msgpack.encode(state)
    assert CHECK.cumulative(state, CallTotals(1, 1, 0), CallTotals(1, 1, 0), MINUTE) == []
    assert msgspec.msgpack.encode(state) == before


def test_the_state_goes_on_the_same_after_storage() -> None:
    rows = office()
    frozen = [(rows[min(minute, 100)][0], own) for minute, (_, own) in enumerate(rows)]
    assert cumulative(frozen, stored=True) == cumulative(frozen)


def test_an_interval_that_ends_before_the_last_reading_is_passed_over() -> None:
    state, three = CounterState(), CallTotals(3, 3, 0)
    assert CHECK.interval(state, three, three, 0, 2 * MINUTE) == []
    before = msgspec.msgpack.encode(state)
    for end in (MINUTE, 2 * MINUTE):
        assert CHECK.interval(state, CallTotals(9, 9, 0), CallTotals(9, 9, 0), 0, end) == []
    assert msgspec.msgpack.encode(state) == before


def test_a_lead_is_no_mismatch_while_a_reading_that_repeats_may_explain_it() -> None:
    at_once = CounterCheck(slack=10, share=0.05, persistence=1)
    start = (CallTotals(100, 100, 0), CallTotals(100, 100, 0))
    behind = CallTotals(200, 200, 0)
    assert cumulative([start, (CallTotals(100, 100, 0), behind)], at_once) == []
    found = cumulative([start, (CallTotals(101, 101, 0), behind)], at_once)
    assert {(one.kind, one.total, one.by) for one in found} == {
        ("mismatch", "offered", -99), ("mismatch", "answered", -99)
    }  # fmt: skip
