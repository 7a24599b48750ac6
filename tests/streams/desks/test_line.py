"""The fold's promise: figures depend on the set of events, not on their order, batches or repetition."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calls.call import DIVERTED, LOST
from streams.desks.line import Line
from streams.events import CallEvent, Reading
from streams.kept.mark import AHEAD, DUPLICATE, LATE, OK
from streams.kept.times import DAY_MS
from tests.streams.desks.lines import (
    CALLERS,
    LATENESS,
    LONG_AFTER,
    RULES,
    days,
    depth,
    event,
    figures,
    folded,
    kinds,
    sums_of_waits,
)
from tests.streams.reading_back import read_back

FROM = 1_543_622_400  # s, midnight; 0 means no slot to the watch, and would be the first slot of 1970
AFTERWARDS = 1000 * FROM + LONG_AFTER


@st.composite
def extras(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """Draw the optional fields of a call event."""
    choices: dict[str, st.SearchStrategy[Any]] = {
        "caller": st.sampled_from(CALLERS),
        "agent": st.sampled_from(["anne", "bruno"]),
    }
    if kind in {"lost", "diverted"}:
        choices["reason"] = st.sampled_from(["abandoned", "timeout", "closed", "key"])
    if kind == "diverted":
        choices["to"] = st.sampled_from(["standard", "accueil"])
    if kind == "ended":
        choices["talk"] = st.integers(0, 100)
    return {name: draw(values) for name, values in choices.items() if draw(st.booleans())}


@st.composite
def calls(draw: st.DrawFn) -> list[CallEvent]:
    """Draw an hour or two of calls in order: consistent, contradictory or repeated."""
    told: list[tuple[float, CallEvent]] = []
    for number in range(draw(st.integers(1, 12))):
        start = FROM + draw(st.integers(0, 6000)) / 1.0
        name = str(number)
        if draw(st.booleans()):
            told.append((start, event("offered", start, name)))
        for kind in draw(st.lists(st.sampled_from(["ringing", "answered", "lost", "diverted", "ended"]), max_size=4)):
            at = start + draw(st.integers(0, 500))
            more = draw(extras(kind))
            if draw(st.booleans()):
                more["wait"] = at - start
            one = event(kind, at, name, **more)
            told.append((at, one))
            if draw(st.integers(0, 4)) == 0:
                told.append((at, one))
    told.sort(key=lambda pair: pair[0])
    return [one for _, one in told]


@given(calls(), st.randoms(use_true_random=False))
def test_any_order_within_the_lateness_gives_the_same_figures(events: list[CallEvent], random: Any) -> None:
    shuffled = sorted(events, key=lambda one: float(one.at) + random.uniform(0, LATENESS))  # type: ignore[arg-type]
    found, expected = folded(shuffled), folded(events)
    assert figures(found) == figures(expected)
    for line in (found, expected):
        line.advance(AFTERWARDS)
    assert days(found) == days(expected), "after the watch has looked at every slot, its counts are equal too"


@given(calls(), st.integers(1, 7))
def test_a_state_written_and_read_back_at_any_moment_goes_on_the_same(events: list[CallEvent], every: int) -> None:
    whole = folded(events)
    line = Line(RULES)
    for number, one in enumerate(events):
        if number % every == 0:
            line = Line(RULES, read_back(line.state))
        line.fold(one)
    assert msgspec.to_builtins(line.state) == msgspec.to_builtins(whole.state)


@given(calls())
def test_what_is_known_in_depth_is_the_same_of_live_calls_and_of_settled_ones(events: list[CallEvent]) -> None:
    line = Line(msgspec.structs.replace(RULES, max_call=LONG_AFTER))
    for one in events:
        line.fold(one)
    live = depth(line)
    assert len(line.state.young) == 0
    line.advance(AFTERWARDS + LONG_AFTER)
    line.check()
    assert not line.state.live
    assert depth(line) == live


@given(calls())
def test_everything_said_twice_counts_once(events: list[CallEvent]) -> None:
    once, twice = folded(events), folded([one for one in events for _ in "12"])
    assert kinds(twice) == kinds(once)
    assert twice.figures.total() == once.figures.total()
    assert twice.state.results[DUPLICATE] >= len(events)


@given(calls())
def test_the_whole_file_again_after_everything_settled_changes_no_total(events: list[CallEvent]) -> None:
    line = folded(events)
    line.advance(AFTERWARDS)
    before = (kinds(line), sums_of_waits(line), depth(line))
    for one in events:
        line.fold(one)
        line.check()
    line.advance(AFTERWARDS)
    after = (kinds(line), sums_of_waits(line), depth(line))
    assert after == before


def test_a_settled_call_that_a_late_event_shows_to_have_gone_elsewhere_went_there() -> None:
    told = [
        event("diverted", FROM + 226, "1", to="standard"),
        event("lost", FROM + 228, "1", reason="abandoned"),
        event("lost", FROM + 48, "1"),  # the exchange gave the caller up before
    ]
    whole, late = folded(told), folded(told[:2])
    late.advance(AFTERWARDS)
    late.fold(told[2])
    for line in (whole, late):
        line.advance(AFTERWARDS)
        line.check()
        assert line.figures.overflow() == {"standard": 1}


@given(calls(), st.randoms(use_true_random=False))
def test_totals_are_the_same_in_any_order_at_all(events: list[CallEvent], random: Any) -> None:
    """An event beyond the allowed lateness may miss a window, never a total."""
    shuffled = list(events)
    random.shuffle(shuffled)
    first, second = folded(events), folded(shuffled)
    first.advance(AFTERWARDS)
    second.advance(AFTERWARDS)
    assert kinds(second) == kinds(first)
    assert second.figures.overflow() == first.figures.overflow()
    totals = [line.figures.total() for line in (first, second)]
    for total in totals:
        for waits in (
            total.answered_waits,
            total.lost_waits,
            total.talks,
            total.abandoned_waits,
            total.other_waits,
        ):
            waits.longest = 0  # the only figure that a correction after settling leaves unchanged
    assert totals[0] == totals[1]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([("offered", 0), ("answered", 9), ("ended", 60)], (1, 1, 0, 0, 0)),
        ([("offered", 0), ("lost", 9)], (1, 0, 1, 0, 0)),
        ([("offered", 0), ("lost", 9), ("ended", 60)], (1, 0, 1, 0, 0)),
        ([("offered", 0), ("lost", 9), ("answered", 30)], (1, 1, 0, 0, 0)),
        ([("answered", 9), ("lost", 5), ("offered", 0)], (1, 1, 0, 0, 0)),
        ([("offered", 0), ("diverted", 9), ("lost", 30)], (1, 0, 0, 1, 0)),
        ([("offered", 0)], (1, 0, 0, 0, 1)),
        ([("ended", 60)], (1, 0, 0, 0, 1)),
        ([("answered", 9)], (1, 1, 0, 0, 0)),
        ([("ringing", 3), ("ringing", 5)], (0, 0, 0, 0, 0)),
        ([("offered", 0), ("ringing", 3), ("ringing", 5), ("answered", 9)], (1, 1, 0, 0, 0)),
    ],
)
def test_one_call_has_one_outcome(events: list[tuple[str, float]], expected: tuple[int, int, int, int, int]) -> None:
    line = folded([event(kind, at) for kind, at in events])
    line.advance(LONG_AFTER)
    assert kinds(line) == expected


@pytest.mark.parametrize(("reason", "kind"), [("timeout", LOST), (None, LOST), ("closed", DIVERTED), ("key", DIVERTED)])
def test_a_lost_call_counts_where_its_reason_belongs(reason: str | None, kind: int) -> None:
    assert folded([event("lost", 9, reason=reason)]).figures.count(kind) == 1


def test_an_outcome_alone_implies_its_offer() -> None:
    line = folded([event("answered", 1000, wait=30, talk=100)])
    (call,) = line.state.live.values()
    assert (call.start, call.answered, call.wait, call.talked) == (870_000, 900_000, 30_000, 100_000)


def test_a_wait_that_is_not_told_is_since_the_offer() -> None:
    line = folded([event("lost", 42), event("offered", 30)])
    (call,) = line.state.live.values()
    assert call.wait == 12_000


def test_a_call_without_an_outcome_becomes_unresolved_and_may_still_be_resolved() -> None:
    line = folded([event("offered", 0), event("offered", 1000, "2")])
    assert kinds(line) == (2, 0, 0, 0, 1)
    line.fold(event("answered", 1000, wait=900))
    line.check()
    assert kinds(line) == (2, 1, 0, 0, 0)


def test_results_tell_ok_duplicate_and_late() -> None:
    line = Line(RULES)
    first = event("offered", 1000)
    assert line.fold(first) == OK
    assert line.fold(first) == DUPLICATE
    assert line.fold(event("offered", 1000 - LATENESS, "2")) == OK
    assert line.fold(event("offered", 999 - LATENESS, "3")) == LATE
    assert kinds(line)[0] == 3


def test_events_with_an_id_are_told_apart_by_it() -> None:
    line = Line(RULES)
    assert [line.fold(event("ringing", 5, id=name)) for name in ("a", "b", "a")] == [OK, OK, DUPLICATE]


def test_windows_hold_what_ended_in_them_and_decay_without_events() -> None:
    line = folded(
        [event("lost", at, str(at), wait=10) for at in range(0, 3000, 100)]
        + [event("answered", 3000, "answered", wait=5)]
    )
    by_name = line.figures.windows(3_000_000)
    assert (by_name["5m"].lost, by_name["5m"].answered) == (2, 1)
    assert by_name["5m"].lost_rate == pytest.approx(2 / 3)
    assert by_name["1h"].lost == by_name["1d"].lost == 30
    assert by_name["1d"].waits().count == 31
    assert line.figures.windows(3_301_000)["5m"].lost_rate is None


def test_who_waits_now() -> None:
    line = folded([event("offered", 100), event("offered", 130, "2"), event("answered", 140, "2")])
    assert line.figures.waiting(150_000) == [50_000]
    assert line.figures.waiting(100_000 + RULES.max_call + 1) == []


def test_whose_call_a_crash_has_ended_waits_no_longer_and_may_still_get_an_outcome() -> None:
    line = Line(RULES)
    line.fold(event("offered", 100))
    line.fold(event("ended", 130))
    assert line.figures.waiting(150_000) == []
    assert line.figures.counts().unresolved == 1
    line.fold(event("answered", 125))
    assert line.figures.counts().unresolved == 0


def test_an_answer_told_by_its_end_stays_one_where_the_talk_reaches_back_beyond_1970() -> None:
    line = folded([event("answered", 5, talk=10), event("lost", 6), event("ended", 7)])
    assert kinds(line) == (1, 1, 0, 0, 0)


def test_what_prometheus_is_shown_never_falls() -> None:
    line = folded([event("lost", 10, wait=10)])
    lost, lost_code = line.state.counts, LOST | 9
    assert line.state.shown.counter(lost_code, lost[lost_code]) == 1
    line.fold(event("answered", 20))
    assert lost[lost_code] == 0
    assert line.state.shown.counter(lost_code, lost[lost_code]) == 1


def test_what_the_last_calls_broke_is_noted_however_long_the_silence_after_them() -> None:
    line = folded([event("lost", at, str(at), wait=5, talk=60) for at in range(864_000, 864_600, 100)])
    line.advance(400 * 86_400_000)
    days = [*line.state.book.done, *line.days()]
    assert sum(slot.talked for day in days for slot in day.slots.values()) == 6


def test_the_key_of_an_event_is_that_of_its_call_however_its_start_is_implied() -> None:
    line = folded([event("offered", FROM)])
    again = FROM + 3 * RULES.max_call / 1000
    for told in (
        event("answered", FROM + 500, wait=490),
        event("ended", FROM + 900, wait=50, talk=840),
        event("ended", again),  # implies no start
    ):
        assert line.key(told) == "1"
    second = event("offered", again)
    key = line.key(second)
    assert key == f"1#{round(again * 1000) // RULES.max_call}"
    assert line.key(event("ended", again + 60, talk=60)) == key
    line.fold(second)
    assert key in line.state.live


def test_a_reading_that_is_dated_more_than_a_day_ahead_is_refused() -> None:
    line, now = Line(RULES), FROM * 1000
    reading = Reading(line="circulation", mode="cumulative", at=FROM + DAY_MS / 1000, offered=1, answered=1, lost=0)
    later = msgspec.structs.replace(reading, at=FROM + DAY_MS / 1000 + 1)
    assert line.read(later, now) == AHEAD
    assert line.state.readings.results == [0, 0, 0]
    assert line.read(reading, now) == OK
