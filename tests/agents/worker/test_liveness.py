"""A stuck worker is distinguished from an idle one, and from a broker that is down."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections.abc import Collection
from types import SimpleNamespace

import pytest
from faust.types import TP
from structlog.testing import capture_logs

from agents.worker import liveness
from agents.worker.liveness import (
    END_SECONDS,
    RESUME_SECONDS,
    STALLED_SECONDS,
    TURNS,
    Liveness,
    OnceAMinute,
    watch,
)
from tests.waiting import PATIENCE

AT, ELSEWHERE = TP("calls", 0), TP("tickets", 3)


def test_going_forward_is_ok() -> None:
    living = Liveness(0.0)
    for second in range(0, 600, 5):
        assert living.see(second, {AT: second}, {AT: 1000}, reachable=True) == "ok"
    assert living.age(600) == 5


def test_nothing_to_fold_is_ok() -> None:
    living = Liveness(0.0)
    assert {living.see(second, {AT: 7}, {AT: 0}, reachable=True) for second in range(0, 600, 5)} == {"ok"}


def test_standing_still_with_something_to_fold_is_stalled_until_it_goes_on() -> None:
    living = Liveness(0.0)
    assert living.see(0, {AT: 7}, {AT: 5}, reachable=True) == "ok"
    assert living.see(STALLED_SECONDS - 1, {AT: 7}, {AT: 5}, reachable=True) == "ok"
    assert living.see(STALLED_SECONDS, {AT: 7}, {AT: 5}, reachable=True) == "stalled"
    assert living.see(STALLED_SECONDS + 5, {AT: 8}, {AT: 4}, reachable=True) == "ok"


def test_one_partition_that_stands_still_is_not_hidden_by_the_others() -> None:
    living = Liveness(0.0)
    seen = [
        living.see(second, {AT: second, ELSEWHERE: 7}, {AT: 9, ELSEWHERE: 9}, reachable=True)
        for second in range(0, round(STALLED_SECONDS) + 10, 10)
    ]
    assert seen == ["ok"] * (len(seen) - 1) + ["stalled"]


def test_a_broker_that_is_away_for_ten_minutes_is_waited_for_and_told_once_a_minute() -> None:
    living = Liveness(0.0)
    living.see(0, {AT: 7}, {AT: 5}, reachable=True)
    with capture_logs() as said:
        seen = {living.see(second, {AT: 7}, {AT: 5}, reachable=False) for second in range(5, 605, 5)}
        assert seen == {"waiting"}
        assert living.see(610, {AT: 7}, {AT: 5}, reachable=True) == "ok"
        assert living.see(610 + STALLED_SECONDS - 1, {AT: 7}, {AT: 5}, reachable=True) == "ok"
        assert living.see(610 + STALLED_SECONDS, {AT: 7}, {AT: 5}, reachable=True) == "stalled"
    events = [entry["event"] for entry in said]
    assert events.count("the broker is away; waiting") == 10
    assert events.count("the broker is back") == 1


def test_the_watch_ends_when_a_worker_has_stood_still_for_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 10_000, 5))
    monkeypatch.setattr(liveness.Pulse, "keep", lambda _pulse: asyncio.sleep(0))
    monkeypatch.setattr(liveness, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(liveness, "time", SimpleNamespace(monotonic=lambda: float(next(clock))))
    monkeypatch.setattr(liveness.Pulse, "_watch", lambda _pulse: None)
    living = Liveness(0.0)
    resumed: list[str] = []

    async def resume(standing: Collection[TP]) -> None:
        assert set(standing) == {AT}
        resumed.append(living.status)

    asyncio.run(watch(living, lambda: True, lambda: ({AT: 7}, {AT: 5}), resume))
    assert living.status == "stalled"
    assert resumed == ["ok", "ok", *["stalled"] * 3]
    assert next(clock) >= END_SECONDS


def test_many_partitions_wait_longer_for_their_turn() -> None:
    living = Liveness(0.0)
    many = {TP("calls", number): 7 for number in range(3 * TURNS)}
    lags = dict.fromkeys(many, 5)
    living.see(0, many, lags, reachable=True)
    assert living.see(3 * STALLED_SECONDS - 1, many, lags, reachable=True) == "ok"
    assert living.see(3 * STALLED_SECONDS, many, lags, reachable=True) == "stalled"
    assert not living.over(3 * END_SECONDS - 1)
    assert living.over(3 * END_SECONDS)


def test_only_what_stands_still_is_read_again() -> None:
    living = Liveness(0.0)
    for second in range(0, round(RESUME_SECONDS) + 1, 5):
        living.see(second, {AT: second, ELSEWHERE: 7}, {AT: 9, ELSEWHERE: 9}, reachable=True)
    assert living.stuck(RESUME_SECONDS) == {ELSEWHERE}
    living.see(RESUME_SECONDS, {AT: 100, ELSEWHERE: 8}, {AT: 9, ELSEWHERE: 9}, reachable=True)
    assert living.stuck(RESUME_SECONDS) == set()


@pytest.mark.slow
def test_the_loop_is_not_taken_for_still_while_a_mend_takes_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr(liveness, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(liveness, "BEAT_SECONDS", 0.01)
    monkeypatch.setattr(liveness, "RESUME_SECONDS", 0.05)
    monkeypatch.setattr(liveness, "STALLED_SECONDS", 0.1)
    monkeypatch.setattr(liveness, "END_SECONDS", 0.5)
    monkeypatch.setattr(os, "_exit", ended.append)
    living = Liveness(time.monotonic())
    asyncio.run(watch(living, lambda: True, lambda: ({AT: 7}, {AT: 5}), lambda _standing: asyncio.sleep(1.5)))
    assert (ended, living.status) == ([], "stalled")


def test_no_pulse_outlives_the_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liveness, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(liveness, "END_SECONDS", 0.1)
    before = set(threading.enumerate())

    async def watched_for_a_while() -> set[threading.Thread]:
        watching = asyncio.create_task(watch(Liveness(time.monotonic()), lambda: True, lambda: ({}, {}), never))
        await asyncio.sleep(0.05)
        begun = {each for each in threading.enumerate() if each.name == "pulse"} - before
        watching.cancel()
        await asyncio.wait([watching])
        return begun

    async def never(_standing: Collection[TP]) -> None:
        raise AssertionError

    (pulse,) = asyncio.run(watched_for_a_while())
    pulse.join(PATIENCE)
    assert not pulse.is_alive()


def test_a_librarys_repetitions_are_held_back() -> None:
    held = OnceAMinute()
    records = [logging.LogRecord("aiokafka", logging.ERROR, "", 0, text, None, None) for text in ("a", "a", "b", "a")]
    assert [held.filter(record) for record in records] == [True, False, True, False]
