"""No counter ever falls, as Prometheus would read a scraped counter that falls as a restart."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.calls.call import ANSWERED, DIVERTED, LOST, UNRESOLVED
from streams.desks import live_calls as module
from streams.desks.line import Line
from streams.events import CallEvent
from streams.kept import memory
from streams.kept.shown import TALK_BOUNDS, WAIT_BOUNDS, Shown
from tests.streams.reading_back import read_back
from tests.streams.telling import RULES, event

REASONS = ("abandoned", "timeout", "closed", "key", None)
CODES = (ANSWERED, UNRESOLVED, *(kind | reason for kind in (LOST, DIVERTED) for reason in range(16)))


def truth(line: Line, code: int) -> int:
    return line.figures.unresolved() if code == UNRESOLVED else line.state.counts.get(code, 0)


def shown(line: Line) -> dict[str, int]:
    """Return every number that Prometheus scrapes as a counter, with the histograms' cumulative buckets and sums."""
    state = line.state
    numbers = {f"count {code}": state.shown.counter(code, truth(line, code)) for code in CODES}
    numbers |= {"offered": state.offered, **{f"result {index}": count for index, count in enumerate(state.results)}}
    for name in ("answered_wait", "lost_wait", "talk"):
        histogram = getattr(state.shown, name)
        numbers[f"{name} sum"] = histogram.total
        numbers |= {f"{name} {index}": sum(histogram.counts[: index + 1]) for index in range(len(histogram.counts))}
    return numbers


def assert_none_falls(before: dict[str, int], after: dict[str, int]) -> None:
    assert {name: (value, after[name]) for name, value in before.items() if after[name] < value} == {}


@st.composite
def sequences(draw: st.DrawFn) -> list[CallEvent | int | None]:
    """Draw events of a few calls in any order, moments at which time passes, and restarts (None)."""
    steps: list[CallEvent | int | None] = []
    for _ in range(draw(st.integers(1, 30))):
        what = draw(st.integers(0, 12))
        if what == 0:
            steps.append(draw(st.integers(0, 5_000_000)))
        elif what == 1:
            steps.append(None)
        else:
            kind = draw(st.sampled_from(["offered", "ringing", "answered", "lost", "diverted", "ended"]))
            length = st.none() | st.integers(0, 2_000)
            steps.append(
                event(
                    kind,
                    draw(st.integers(0, 3_000)),
                    draw(st.sampled_from("abcd")),
                    wait=draw(length),
                    talk=draw(length),
                    reason=draw(st.sampled_from(REASONS)),
                )
            )
    return steps


@given(sequences(), st.sampled_from([2, 4_000]))
def test_nothing_shown_ever_falls(steps: list[CallEvent | int | None], room: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MAX_LIVE_CALLS", room)
        patch.setattr(memory, "PAGE", room)
        patch.setattr(memory, "MOST", 2 * room)
        line = Line(RULES)
        before = shown(line)
        for step in steps:
            if step is None:
                line = Line(RULES, read_back(line.state))
            elif isinstance(step, int):
                line.advance(step)
            else:
                line.fold(step)
            line.check()
            after = shown(line)
            assert_none_falls(before, after)
            before = after


@given(sequences())
@example([event("ended", 721, "b"), event("offered", 0, "a"), event("answered", 0, "a")])
def test_what_is_shown_is_never_below_the_truth_nor_above_what_it_once_was(steps: list[CallEvent | int | None]) -> None:
    line = Line(RULES)
    highest = dict.fromkeys(CODES, 0)
    for step in steps:
        if isinstance(step, CallEvent):
            line.fold(step)
        for code in CODES:
            highest[code] = max(highest[code], truth(line, code))
            assert line.state.shown.counter(code, truth(line, code)) == highest[code]


def test_a_counter_waits_until_the_truth_has_caught_up() -> None:
    made = Shown()
    made.before_fall(LOST, 5)
    assert [made.counter(LOST, value) for value in (4, 5, 6)] == [5, 5, 6]
    made.before_fall(LOST, 3)
    assert made.counter(LOST, 2) == 5


@pytest.mark.parametrize(
    ("seconds", "bucket"), [(0, 0), (5, 0), (5.001, 1), (10, 1), (3600, 14), (3600.001, 15), (31_536_000, 15)]
)
def test_a_bound_belongs_to_its_bucket(seconds: float, bucket: int) -> None:
    histogram = Shown().answered_wait
    histogram.observe(WAIT_BOUNDS, round(seconds * 1000))
    assert [index for index, count in enumerate(histogram.counts) if count] == [bucket]
    assert histogram.total == round(seconds * 1000)


def told(*events: tuple[str, float, dict[str, Any]]) -> Shown:
    line = Line(RULES)
    for kind, at, more in events:
        line.fold(event(kind, at, **more))
    return line.state.shown


def test_a_call_is_in_the_histograms_of_waits_once_at_its_first_outcome() -> None:
    made = told(("lost", 100, {"wait": 30}), ("answered", 130, {"wait": 60}), ("lost", 90, {"wait": 20}))
    assert (sum(made.lost_wait.counts), made.lost_wait.total) == (1, 30_000)
    assert sum(made.answered_wait.counts) == 0


@pytest.mark.parametrize(
    "events",
    [
        [("offered", 0, {}), ("answered", 10, {}), ("ended", 70, {})],
        [("offered", 0, {}), ("answered", 10, {}), ("ended", 70, {"talk": 60})],
        [("answered", 70, {"talk": 60})],
        [("ended", 70, {}), ("answered", 10, {})],
        [("ended", 70, {"talk": 60}), ("answered", 10, {})],
        [("answered", 10, {}), ("ended", 70, {}), ("ended", 70, {"talk": 60}), ("ended", 80, {})],
        [("lost", 5, {}), ("ended", 70, {"talk": 60}), ("answered", 10, {})],
    ],
)
def test_a_talk_counts_once_in_whatever_order_it_is_told(events: list[tuple[str, float, dict[str, Any]]]) -> None:
    made = told(*events)
    assert (sum(made.talk.counts), made.talk.total) == (1, 60_000)
    assert len(made.talk.counts) == len(TALK_BOUNDS) + 1


def test_who_was_never_answered_has_no_talk() -> None:
    assert sum(told(("lost", 5, {"wait": 5}), ("ended", 70, {"talk": 60})).talk.counts) == 0
