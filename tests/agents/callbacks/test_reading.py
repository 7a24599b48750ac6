"""The records behind the callback list: the counted calls of today, or of a replay's last day."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import pytest

from agents.callbacks.reading import CallbackReading, RevealingPseudonymizer, closed_since
from agents.commands.callbacks import REVEALED
from agents.commands.files import Head, context_of, opened, read
from agents.dialling import numbers_of
from agents.history.ticks import tick_key
from agents.sources.entry import Accepted
from agents.sources.kind import FileKind
from agents.sources.pseudonym import Pseudonymizer
from config.calendar import Calendar
from config.settings import Line, Settings, load
from streams.events import CallEvent
from tests.agents.board.known import Record
from tests.streams.telling import value

ANNE, BRUNO, CLAIRE = (f"hmac:{digit * 32}00000a7" for digit in "abc")
NOON = datetime(2024, 10, 9, 12, tzinfo=ZoneInfo("Europe/Paris")).timestamp()
DAY = 86_400
EXAMPLES: Final = Path(__file__).parents[3] / "examples"
FILES: Final = {
    FileKind.QUEUE_LOG: "queue_log",
    FileKind.ASTERISK_CEL: "cel.csv",
    FileKind.ASTERISK_CDR: "Master.csv",
    FileKind.AMI: "ami",
    FileKind.CALLCENTER: "callcenter",
    FileKind.FREESWITCH_CDR: "freeswitch.csv",
    FileKind.CUCM_CDR: "cucm.csv",
    FileKind.CALLS: "calls.csv",
}
KEY: Final = b"a key of the tests only"


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


MONDAY = datetime(2024, 10, 7, 8, tzinfo=ZoneInfo("Europe/Paris")).timestamp()


@pytest.mark.parametrize("clock", ["wall", "event"])
def test_on_monday_the_callers_since_friday_evening_are_listed_apart_and_their_ticks_are_kept(clock: str) -> None:
    told = reading(clock)
    for hours, caller in ((66, CLAIRE), (60, ANNE), (20, BRUNO)):  # Friday at 14:00 and 20:00, Sunday at noon
        call(told, MONDAY - hours * 3600, caller, reason="closed")
    call(told, MONDAY, CLAIRE)
    found = told.at(MONDAY).list
    assert found.closed is not None
    assert found.closed.since == round(1000 * (MONDAY - 63 * 3600))
    assert [each.caller for each in found.closed.callers] == [ANNE, BRUNO]
    told.ticks.until["a" * 16] = round(1000 * (MONDAY - 60 * 3600))
    day = told.day(MONDAY)
    assert (told.over(day), told.over(day + 1)) == ([], ["a" * 16])
    begins = told.begins(MONDAY)
    assert begins is None or begins <= found.closed.since


def test_an_office_that_never_closes_has_no_callers_of_closed_hours() -> None:
    told = CallbackReading(
        Settings.model_validate({"site": "lozere", "opening_hours": "24/7", "lines": {"standard": Line()}})
    )
    call(told, NOON, ANNE, reason="closed")
    found = told.at(NOON).list
    assert found.closed is not None
    assert found.closed.callers == []


def test_the_last_closing_is_that_of_a_working_day_within_two_weeks() -> None:
    def closed(at: date, closed_days: Sequence[date] = ()) -> str:
        calendar = Calendar("Europe/Paris", "Mo-Fr 09:00-12:00,13:00-17:00", closed_days=closed_days)
        return datetime.fromtimestamp(
            closed_since(calendar, at.toordinal()) / 1000, ZoneInfo("Europe/Paris")
        ).isoformat()

    monday, friday = date(2024, 10, 14), date(2024, 10, 11)
    assert closed(monday) == "2024-10-11T17:00:00+02:00"
    assert closed(monday, [friday]) == "2024-10-10T17:00:00+02:00"
    month = [date(2024, 10, day) for day in range(1, 32)]
    assert closed(date(2024, 10, 31), month) == "2024-10-17T00:00:00+02:00"


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


def callers(kind: FileKind, pseudonym: Pseudonymizer) -> set[str]:
    """Return the callers in an example file."""
    files = [EXAMPLES / FILES[kind]]
    settings = load(EXAMPLES / "office.yaml", {})
    mapping = "exchange" if kind is FileKind.CALLS else None
    context = context_of(kind, files, settings, pseudonym, None, None, mapping)
    with opened(files) as rows:
        events = [each.event for each in read(kind, Head(files, rows), context, settings) if isinstance(each, Accepted)]
    return {each.caller for each in events if isinstance(each, CallEvent) and each.caller is not None}


@pytest.mark.parametrize("kind", REVEALED)
def test_every_caller_of_a_log_is_found_again_and_nobody_who_was_not_asked_for(kind: FileKind) -> None:
    numbers = numbers_of(load(EXAMPLES / "office.yaml", {}))
    known = callers(kind, Pseudonymizer(KEY, numbers))
    assert len(known) > 1
    wanted = sorted(known)[1:]
    revealing = RevealingPseudonymizer(KEY, numbers).wanting(wanted)
    assert callers(kind, revealing) == known
    assert sorted(revealing.found) == wanted
    assert {Pseudonymizer(KEY, numbers).of(number) for number in revealing.found.values()} == set(wanted)
    other = RevealingPseudonymizer(b"another key of the tests", numbers).wanting(wanted)
    assert callers(kind, other).isdisjoint(known)
    assert other.found == {}
