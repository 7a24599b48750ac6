"""Each window holds the calls whose outcome fell in it, counted here one by one; the rings together lose no call."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calls.call import Call
from streams.calls.rules import LineRules
from streams.calls.tally import Tally
from streams.calls.windows import FINE_SPANS, WINDOWS, Rings, Window
from streams.desks.line import Line
from streams.desks.line_state import MAX_LIVE_CALLS
from streams.kept.times import DAY_MS, QUARTER_MS
from tests.streams.telling import event

RULES = LineRules(site="lozere", line="circulation")
MIDNIGHT = 20_000 * DAY_MS  # UTC, and so the border of a bucket of every grain
BORDERS = sorted({window.length - less for window in WINDOWS for less in (0, 1, window.grain)})
WINDOW = {window.name: window for window in WINDOWS}


def call(moment: int, wait: int = 1_000, *, answered: bool = False) -> Call:
    made = Call(moment - wait)
    if answered:
        made.answer(moment, wait)
    else:
        made.lose(moment, wait, 0)
    return made


def tally(calls: list[Call]) -> Tally:
    made = Tally()
    for each in calls:
        made.add(each, RULES.definition)
    return made


def counted(calls: list[Call], window: Window, now: int) -> Tally:
    """Count one by one: a window ends with the bucket of `now` and has as many buckets as fit its length."""
    last = now // window.grain
    buckets = range(last - window.length // window.grain + 1, last + 1)
    return tally([each for each in calls if each.moment // window.grain in buckets])


def plain(made: Tally) -> tuple[Any, ...]:
    """Leave out the longest wait, which may remain after its call was taken back."""
    waits = (made.answered_waits, made.lost_waits, made.talks)
    return (made.answered, made.lost, made.within, *((w.bins, w.count, w.total) for w in waits))


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[int, Call, bool]]:
    """Draw calls that settle one after the other, each at a high mark that only rises; some are taken back."""
    high = MIDNIGHT + draw(st.integers(-DAY_MS, DAY_MS))
    history = []
    for _ in range(draw(st.integers(1, 40))):
        high += draw(st.sampled_from([0, 1, 999, 10_000, 60_000, 900_000, 3_600_000, DAY_MS]))
        age = draw(st.integers(0, 20_000) | st.integers(0, 2 * DAY_MS) | st.sampled_from(BORDERS))
        one = call(high - age, draw(st.integers(0, 60_000)), answered=draw(st.booleans()))
        history.append((high, one, draw(st.integers(0, 3)) == 0))
    return history


def played(history: list[tuple[int, Call, bool]], *, lag: int = 0) -> tuple[Rings, list[Call], int]:
    """Return the rings, the calls that they must hold, and the last high mark."""
    rings, calls, high = Rings(), [], 0
    for number, (high, one, gone) in enumerate(history):
        rings.add(one, RULES.definition, high)
        calls.append(one)
        if gone and number >= lag:
            taken = calls.pop(-1 - lag)
            rings.add(taken, RULES.definition, high, -1)
    return rings, calls, high


@given(histories(), st.integers(0, 5), st.integers(0, 3_600_000) | st.sampled_from([0, None]))
def test_a_window_holds_what_a_count_one_by_one_finds_and_all_rings_together_every_call_once(
    history: list[tuple[int, Call, bool]], lag: int, later: int | None
) -> None:
    rings, calls, high = played(history, lag=lag)
    assert plain(rings.total()) == plain(tally(calls))
    for window in WINDOWS:
        now = high - window.grain if later is None else high + later  # a clock may be a bucket behind the source's
        assert plain(rings.read(window, now)) == plain(counted(calls, window, now)), window.name


@given(histories(), st.lists(st.integers(0, 40), max_size=5))
def test_pruning_at_any_moment_changes_no_window_and_no_total(
    history: list[tuple[int, Call, bool]], moments: list[int]
) -> None:
    rings, pruned = Rings(), Rings()
    for number, (high, one, _) in enumerate(history):
        for each in (rings, pruned):
            each.add(one, RULES.definition, high)
        if number in moments:
            pruned.prune(high)
        assert all(pruned.read(window, high) == rings.read(window, high) for window in WINDOWS)
    assert pruned.total() == rings.total()


@given(histories())
def test_rings_are_no_longer_than_their_windows(history: list[tuple[int, Call, bool]]) -> None:
    rings, _, high = played(history)
    rings.prune(high)
    assert len(rings.day) <= DAY_MS // QUARTER_MS + 1
    assert all(len(ring) <= FINE_SPANS[grain] // grain + 1 for grain, ring in rings.fine.items())
    rings.prune(high + 2 * DAY_MS)
    assert (rings.day, rings.fine) == ({}, {})


def test_rings_stay_as_long_as_their_windows_by_themselves() -> None:
    rings = Rings()
    for minute in range(4_000):
        now = MIDNIGHT + minute * 60_000
        rings.add(call(now), RULES.definition, now)
        assert len(rings.day) <= DAY_MS // QUARTER_MS + 1
        # The finer rings are pruned with the day's, once a quarter of an hour.
        assert all(len(ring) <= (FINE_SPANS[grain] + QUARTER_MS) // grain + 1 for grain, ring in rings.fine.items())


@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: str(window.name))
def test_a_call_enters_a_window_at_its_outcome_and_leaves_it_after_the_windows_length(window: Window) -> None:
    rings = Rings()
    rings.add(call(MIDNIGHT), RULES.definition, MIDNIGHT)
    lengths = {at: rings.read(window, MIDNIGHT + at).lost for at in (-1, 0, window.length - 1, window.length)}
    assert list(lengths.values()) == [0, 1, 1, 0]


@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: str(window.name))
def test_a_clock_that_is_a_bucket_behind_the_sources_still_finds_the_whole_window(window: Window) -> None:
    rings = Rings()
    rings.add(call(MIDNIGHT - window.length), RULES.definition, MIDNIGHT)
    assert rings.read(window, MIDNIGHT - window.grain).lost == 1


@pytest.mark.parametrize("midnight", [MIDNIGHT, MIDNIGHT - 3_600_000])  # in UTC and in Paris (winter)
def test_a_day_goes_on_over_midnight(midnight: int) -> None:
    rings = Rings()
    for minute in range(-2_880, 1_440):
        now = midnight + minute * 60_000
        rings.add(call(now), RULES.definition, now)
        if minute % 15 == 14 and minute >= -1_440:  # where a bucket of every grain ends
            assert [rings.read(WINDOW[name], now).lost for name in ("15m", "1h", "1d")] == [15, 60, 1_440]
    assert rings.total().lost == 4_320


def test_a_late_call_still_reaches_the_window_that_it_belongs_to() -> None:
    rings = Rings()
    rings.add(call(MIDNIGHT), RULES.definition, MIDNIGHT)
    rings.add(call(MIDNIGHT - 7_200_000), RULES.definition, MIDNIGHT)
    rings.add(call(MIDNIGHT - 2 * DAY_MS), RULES.definition, MIDNIGHT)
    assert [rings.read(window, MIDNIGHT).lost for window in WINDOWS] == [1, 1, 1, 2]
    assert (rings.past.lost, rings.total().lost) == (1, 3)


def test_a_call_after_now_counts_once_now_has_come() -> None:
    rings = Rings()
    rings.add(call(MIDNIGHT + 3_600_000), RULES.definition, MIDNIGHT + 3_600_000)
    for window in WINDOWS:
        assert rings.read(window, MIDNIGHT).lost == 0
        assert rings.read(window, MIDNIGHT + 3_600_000).lost == 1


@given(st.lists(st.tuples(st.integers(0, 7_200), st.booleans()), min_size=1, max_size=30), st.integers(0, 7_200))
def test_of_calls_still_live_the_window_is_exact_to_the_moment(told: list[tuple[int, bool]], ago: int) -> None:
    line = Line(RULES)
    for number, (at, answered) in enumerate(told):
        line.fold(event("answered" if answered else "lost", MIDNIGHT // 1000 + at, str(number), wait=1))
    now = line.state.high - ago * 1000
    assert len(line.state.live) == len(told)
    for window in WINDOWS:
        inside = [call for call in line.state.live.values() if now - window.length < call.moment <= now]
        assert line.figures.windows(now)[window.name] == tally(inside)


def test_a_call_counts_in_its_windows_once_whether_it_is_live_settled_early_or_both_in_turn() -> None:
    line = Line(RULES)
    begin = MIDNIGHT // 1000
    line.fold(event("lost", begin, "corrected", wait=3))
    for number in range(MAX_LIVE_CALLS):
        line.fold(event("lost", begin + 1 + number / 100, str(number), wait=0))
    assert "corrected" not in line.state.live
    found = line.figures.windows(line.state.high).values()
    assert [tally.lost for tally in found] == [MAX_LIVE_CALLS + 1] * 4
    line.fold(event("answered", begin + 2, "corrected", wait=5))
    line.check()
    found = line.figures.windows(line.state.high).values()
    assert [(tally.lost, tally.answered) for tally in found] == [(MAX_LIVE_CALLS, 1)] * 4
