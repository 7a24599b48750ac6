"""Attempts are limited by client and overall, in bounded memory."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agents.board.deciding.tries import MOST_CLIENTS, Tries


@given(st.lists(st.floats(0.0, 30.0), max_size=200))
def test_no_rhythm_of_tries_gets_beyond_the_rate(pauses: list[float]) -> None:
    tries, now, made = Tries(most=5, every=60.0), 0.0, 0
    for pause in pauses:
        now += pause
        if not tries.wait("a", now):
            tries.failed("a", now)
            made += 1
    assert made <= 5 + now / 60.0


def test_who_waits_as_long_as_told_may_try_again() -> None:
    tries = Tries(most=3, every=60.0)
    for _ in range(3):
        assert tries.wait("a", 10.0) == 0.0
        tries.failed("a", 10.0)
    wait = tries.wait("a", 10.0)
    assert 0.0 < wait <= 60.0
    assert tries.wait("a", 10.0 + wait) == 0.0


def test_many_clients_take_no_more_room_and_the_latest_stay_limited() -> None:
    tries = Tries(most=1, every=3600.0)
    for number in range(3 * MOST_CLIENTS):
        tries.failed(str(number), float(number))
    assert tries.wait(str(3 * MOST_CLIENTS - 1), 3.0 * MOST_CLIENTS) > 0.0
    assert len(vars(tries)["_due"]) <= MOST_CLIENTS
