"""Clocks that are right, set back, ahead or behind, and events that are only late."""

from __future__ import annotations

from random import Random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from streams.checks.clock import ClockCheck, ClockFinding, ClockState

CHECK = ClockCheck(tolerance=60_000, persistence=5)
HOUR = 3_600_000


def told(times: list[tuple[int, int | None]], state: ClockState) -> list[ClockFinding]:
    return [found for at, arrived in times if (found := CHECK.add(state, at, arrived)) is not None]


@given(st.lists(st.integers(0, 59_000), max_size=60))
def test_events_within_the_tolerance_are_in_order(delays: list[int]) -> None:
    times = [(HOUR + 1_000 * place - delay, HOUR + 1_000 * place) for place, delay in enumerate(delays)]
    assert told([*times], ClockState()) == []


def test_a_clock_set_back_is_told_once_by_how_much() -> None:
    before: list[tuple[int, int | None]] = [(10 * HOUR + 1_000 * second, None) for second in range(100)]
    after: list[tuple[int, int | None]] = [(5 * HOUR + 1_000 * second, None) for second in range(100, 400)]
    found = told([*before, *after], ClockState())
    assert [(one.fault, one.at) for one in found] == [("fell", 5 * HOUR + 104_000)]
    assert abs(found[0].by - 5 * HOUR) <= 5_000


def test_late_events_between_timely_ones_are_only_late() -> None:
    random = Random(2)
    times: list[tuple[int, int | None]] = []
    for second in range(2_000):
        late = random.random() < 0.3 and second % 4
        times.append((10 * HOUR + 1_000 * second - (HOUR if late else 0), None))
    assert told(times, ClockState()) == []


def test_a_clock_ahead_of_arrival_and_one_behind() -> None:
    for skew, fault in ((-2 * HOUR, "behind"), (2 * HOUR, "ahead")):
        times: list[tuple[int, int | None]] = [
            (10 * HOUR + 1_000 * second + skew - second % 3 * 500, 10 * HOUR + 1_000 * second) for second in range(5)
        ]
        found = told(times, ClockState())
        assert [one.fault for one in found] == [fault]
        assert abs(found[0].by - 2 * HOUR) <= 1_000


def test_one_prompt_event_clears_a_lagging_feed() -> None:
    times: list[tuple[int, int | None]] = [
        (second * 1_000 - (0 if second % 4 == 0 else HOUR // 50), second * 1_000) for second in range(10_000, 10_100)
    ]
    assert told(times, ClockState()) == []


def test_the_state_goes_on_the_same_after_storage() -> None:
    state = ClockState()
    told([(10 * HOUR, 10 * HOUR), (HOUR, 10 * HOUR + 1), (HOUR + 1, 10 * HOUR + 2)], state)
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=ClockState)
    assert again == state
    assert (again.fallen, again.delayed) == (2, 2)
