"""The events of the benchmark resemble an office's: shares as configured, opening hours, a plausible order."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from functools import cache
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import msgspec
import pytest

from benchmarks.hot_path.traffic import CALLS_AN_HOUR, DIVERTED, REPEATED, WITHHELD, OfficeEvent, office_events
from config.settings import load
from streams.decoding import Decoder
from streams.events import CallEvent, TicketEvent, milliseconds
from streams.simulation.office import CALLS_BY_HOUR, CALLS_BY_WEEKDAY

SETTINGS = load(None, {})


@cache
def events() -> list[OfficeEvent]:
    return list(islice(office_events(SETTINGS), 150_000))


@cache
def calls() -> list[CallEvent]:
    return [event for event in events() if isinstance(event, CallEvent)]


@cache
def offered() -> list[CallEvent]:
    return [event for event in calls() if event.type == "offered"]


@cache
def counts() -> Counter[str]:
    return Counter(event.type for event in calls())


def moment(event: OfficeEvent) -> float:
    return milliseconds(event.at) / 1000


@pytest.mark.slow
def test_the_same_seed_gives_the_same_and_another_one_not() -> None:
    first = events()[:5_000]
    assert list(islice(office_events(SETTINGS), 5_000)) == first
    assert list(islice(office_events(SETTINGS, seed=2), 5_000)) != first


def test_everybody_comes_in_opening_hours_of_several_days() -> None:
    calendar = SETTINGS.calendar()
    came = [event for event in events() if event.type in {"offered", "issued"}]
    assert all(calendar.is_open(moment(event)) for event in came)
    days = {calendar.local_day(moment(event)) for event in came}
    assert len(days) >= 3
    assert {day.weekday() for day in days} <= {0, 1, 2, 3, 4}


def test_a_line_loses_as_many_calls_as_are_expected() -> None:
    for name, line in SETTINGS.lines.items():
        own = Counter(event.type for event in calls() if event.line == name)
        assert line.expected_lost_rate
        assert own["lost"] / own["offered"] == pytest.approx(line.expected_lost_rate, rel=0.25, abs=0.001)


def test_calls_are_diverted_repeated_and_withheld_as_often_as_it_says() -> None:
    callers, repeated = set[str](), 0
    for event in offered():
        repeated += event.caller in callers
        callers |= {event.caller} if event.caller else set()
    for found, share in (
        (counts()["diverted"], DIVERTED),
        (repeated, REPEATED),
        (sum(event.caller is None for event in offered()), WITHHELD),
    ):
        assert found / len(offered()) == pytest.approx(share, rel=0.15, abs=0.002)


def test_a_line_has_as_many_calls_an_hour_as_it_says() -> None:
    monday = [event for event in offered() if moment(event) < moment(offered()[0]) + 12 * 3600]
    hours = [datetime.fromtimestamp(moment(event), ZoneInfo(SETTINGS.timezone)).hour for event in monday]
    ten = CALLS_AN_HOUR * CALLS_BY_HOUR[10] * CALLS_BY_WEEKDAY[0] * len(SETTINGS.lines)
    assert hours.count(10) == pytest.approx(ten, rel=0.1)


def test_agents_answer_one_call_after_the_other() -> None:
    talks: dict[str, list[tuple[float, float]]] = {}
    for event in calls():
        if event.type == "ended":
            assert event.agent is not None
            assert event.talk is not None
            talks.setdefault(event.agent, []).append((moment(event) - event.talk, moment(event)))
    assert len(talks) > 12
    clashes = sum(begin < before for own in talks.values() for (_, before), (begin, _) in pairwise(sorted(own)))
    assert clashes < 0.02 * counts()["ended"]


def test_tickets_of_a_counter_are_among_them() -> None:
    tickets = [event for event in events() if isinstance(event, TicketEvent)]
    assert 0.02 < len(tickets) / len(events()) < 0.2
    found = Counter(event.type for event in tickets)
    assert found["called"] == pytest.approx(found["served"] + found["no_show"], rel=0.02)


def test_lines_are_mixed_and_some_events_overtake_others_but_nobody_is_told_of_before_coming() -> None:
    assert sum(first.line != second.line for first, second in pairwise(calls())) > len(calls()) / 2
    overtaken = sum(moment(first) > moment(second) for first, second in pairwise(events()))
    assert 0.02 < overtaken / len(events()) < 0.3
    came = set[tuple[str, str]]()
    for event in calls():
        assert event.type == "offered" or (event.line, event.call) in came
        came.add((event.line, event.call))


def test_every_event_is_one_of_the_contract_and_comes_once() -> None:
    for kind in (CallEvent, TicketEvent):
        decode = Decoder(kind).decode
        own = [event for event in events()[:20_000] if isinstance(event, kind)]
        assert [decode(msgspec.json.encode(event)) for event in own] == own
    assert len({event.id for event in calls()}) == len(calls())
