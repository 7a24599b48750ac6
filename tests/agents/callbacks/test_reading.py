"""The records behind the callback list: the counted calls of today, or of a replay's last day."""

from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from agents.callbacks.reading import CallbackReading
from agents.history.ticks import tick_key
from config.settings import Line, Settings
from tests.agents.board.known import Record
from tests.streams.telling import value

ANNE, BRUNO = (f"hmac:{digit * 32}00000a7" for digit in "ab")
NOON = datetime(2024, 10, 9, 12, tzinfo=ZoneInfo("Europe/Paris")).timestamp()
DAY = 86_400


def reading(clock: str) -> CallbackReading:
    settings = Settings.model_validate({"site": "lozere", "clock": clock, "lines": {"standard": Line()}})
    return CallbackReading(settings)


def call(told: CallbackReading, at: float, caller: str, key: bytes = b"lozere/standard", **more: str) -> None:
    lost = value("lost", at, more.pop("call", f"{at} {caller[5]}"), caller=caller, **more)
    told.take(Record(told.topics[0], key, lost, timestamp=round(1000 * NOON)))


def listed(told: CallbackReading, now: float = NOON) -> list[str]:
    return [each.caller for each in told.at(now).list.callers]


@pytest.mark.parametrize("clock", ["wall", "event"])
def test_the_list_is_of_today_and_of_a_replay_of_its_last_day(clock: str) -> None:
    told = reading(clock)
    call(told, NOON - DAY, ANNE)
    call(told, NOON, BRUNO)
    call(told, NOON - DAY, ANNE)
    assert listed(told, NOON if clock == "wall" else time.time()) == [BRUNO]
    if clock == "wall":
        assert listed(told, NOON + DAY) == []


def test_what_a_worker_refuses_calls_nobody_back() -> None:
    told = reading("wall")
    call(told, NOON, ANNE, key=b"lozere/other")
    call(told, NOON, ANNE, call="0466496000")
    call(told, NOON, ANNE, agent="Agent 06 11 22 33 44")
    call(told, NOON + 2 * DAY, ANNE)
    for raw in (b"{", None, b'{"line": "standard"}'):
        told.take(Record(told.topics[0], b"lozere/standard", raw))
    assert listed(told) == []
    assert listed(told, NOON + 2 * DAY) == []


def test_a_tick_that_cannot_be_read_and_one_of_another_site_take_nobody_off() -> None:
    told = reading("wall")
    call(told, NOON, ANNE)
    until = msgspec.json.encode({"until": datetime.fromtimestamp(NOON, ZoneInfo("Europe/Paris"))})
    for key, raw in ((tick_key("ailleurs", ANNE), until), (tick_key("lozere", ANNE), b"{"), (b"lozere/d51a", until)):
        told.take(Record(told.topics[1], key, raw))
    assert listed(told) == [ANNE]
    told.take(Record(told.topics[1], tick_key("lozere", ANNE), until))
    assert listed(told) == []
    day = told.day(NOON)
    assert (told.over(day), told.over(day + 1)) == ([], ["a" * 16])
