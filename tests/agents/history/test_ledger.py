"""On a real broker, the history written by successive workers equals an analysis of the events."""

from __future__ import annotations

import json
import signal
from collections import Counter
from datetime import date
from pathlib import Path

import msgspec
import pytest

from agents.analysis.fold import Analysis
from agents.analysis.report import document
from agents.history.ledger import read_history
from agents.kafka.client import Topic, producer, topic
from agents.kafka.reading import records
from agents.kafka.topics import create_topics
from config.settings import Settings, load
from streams.desks.line import Line
from streams.desks.service import Service
from streams.indicators.period import Period
from streams.ledger.day import CallSlot, LedgerDay, LineDay, write_day
from streams.ledger.sums import add_slot, whole
from tests.agents.running import worker
from tests.agents.sources.contexts import events as contract_events
from tests.agents.sources.pseudonyms import PSEUDONYM
from tests.streams.ledger.telling import slots
from tests.waiting import PATIENCE

pytestmark = pytest.mark.broker

COUNTS = ("offered", "answered", "lost", "diverted")
OPENS = 1_543_564_800  # 30 November 2018, 9:00 in Paris


@pytest.fixture
def office(settings: Settings) -> Settings:
    create_topics(settings)
    return settings


def told() -> list[tuple[Topic, bytes, bytes]]:
    """Return three weeks of calls and tickets, including late events of days long closed."""
    calls, tickets, late = list[dict[str, object]](), list[dict[str, object]](), list[dict[str, object]]()
    for number in range(420):
        at = OPENS + 86_400 * (number // 20) + 1_000 * (number % 20)
        call = {"line": ("standard", "circulation")[number % 2], "call": str(number)}
        calls.append(call | {"type": "offered", "at": at})
        if number % 7:
            kind = "lost" if number % 5 == 0 else "answered"
            calls.append(call | {"type": kind, "at": at + 5 + number % 60, "wait": 5 + number % 60})
        elif number < 120:
            late.append(call | {"type": "lost", "at": at + 40})
        if number < 60 and number % 5 == 0:
            late.append(call | {"type": "answered", "at": at + 300})
        ticket = {"service": "cards", "ticket": f"A{number % 20}"}
        tickets.append(ticket | {"type": "issued", "at": at})
        if number % 3:
            tickets += [ticket | {"type": "called", "at": at + 60}, ticket | {"type": "served", "at": at + 70}]
    calls[600:600] = late  # events of the first days, two weeks late
    send = [(Topic.CALL_ATTEMPTS, f"lozere/{call['line']}".encode(), call) for call in calls]
    send += [(Topic.COUNTER_TICKETS, b"lozere/cards", ticket) for ticket in tickets]
    return [(where, key, msgspec.json.encode(what)) for where, key, what in send]


def send(settings: Settings, events: list[tuple[Topic, bytes, bytes | None]]) -> None:
    client = producer(settings)
    for where, key, value in events:
        client.send(topic(settings, where), key=key, value=value)
    client.close()


def raw(days: list[LedgerDay], line: str) -> dict[str, int]:
    total = CallSlot()
    for day in days:
        if isinstance(day, LineDay) and day.id == f"lozere/{line}":
            for slot in day.slots.values():
                add_slot(total, slot)
    return {
        **{name: getattr(total, name) for name in COUNTS},
        "unresolved": total.unresolved + total.open,  # a file has an end; a topic does not
    }


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_the_ledger_is_what_an_analysis_says_whatever_becomes_of_the_workers(
    office: Settings, tmp_path: Path, how: signal.Signals
) -> None:
    file = tmp_path / "office.yaml"
    file.write_text("site: lozere\nclock: event\nlines: {standard: {}, circulation: {}}\nservices: {cards: {}}\n")
    events = told()
    sent = 0
    for share in (0.4, 0.8, 1):
        some = events[sent : round(share * len(events))]
        send(office, list(some))
        sent += len(some)
        with worker(office, TOCSIN_CONFIG=str(file)) as running:
            running.await_events(sent)
            running.process.send_signal(how if share < 1 else signal.SIGTERM)
            running.process.wait(PATIENCE)
    analysis = Analysis(load(file, {}))
    analysis.take(contract_events([value for _, _, value in events], PSEUDONYM))
    expected = document(analysis)
    history = read_history(office).days.of()
    for line in ("standard", "circulation"):
        assert raw(history, line) == {name: expected["lines"][line]["raw"][name] for name in (*COUNTS, "unresolved")}
    assert len(history) == len({(day.id, day.day) for day in history}) == 3 * 21
    assert {day.part for day in history} == {""}

    desks: list[Line | Service] = [*analysis.lines.values(), *analysis.services.values()]
    straight = whole([day for desk in desks for day in (*desk.state.book.done, *desk.days())])
    last = max(day.day for day in straight)  # with some still open
    assert slots([day for day in history if day.day < last]) == slots([day for day in straight if day.day < last])
    keys = Counter(record.key for record in records(office, topic(office, Topic.LEDGER)))
    assert sum(b"#" in key for key in keys if key) >= 6, "of closed days there are parts"

    with worker(office, TOCSIN_CONFIG=str(file)) as running:
        running.await_events(sent)
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(PATIENCE)
    again = Counter(record.key for record in records(office, topic(office, Topic.LEDGER))) - keys
    assert {key for key in again if b"standard" in (key or b"")} >= {b"lozere/standard/2018-12-20"}
    assert slots(read_history(office).days.of()) == slots(history), (
        "a worker that begins publishes what it has, once more"
    )


def day(name: str, at: str, part: str = "", **more: int) -> LineDay:
    slot = msgspec.convert(more, CallSlot)
    slot.answered = slot.offered - slot.lost
    told = LineDay(id=name, day=at, part=part, slots={1: slot})
    for place in ("epoch", "offset", "others"):
        setattr(told, place, more.get(place, getattr(told, place)))
    return told


def record(of: LineDay, key: str) -> tuple[Topic, bytes, bytes | None]:
    return Topic.LEDGER, key.encode(), write_day(of)


def test_of_two_records_of_a_key_the_one_that_was_folded_further_counts_else_the_later(office: Settings) -> None:
    a, b = "lozere/a/2013-03-04", "lozere/b/2013-03-04"
    office = office.model_copy(update={"kafka": office.kafka.model_copy(update={"epoch": 1})})
    send(
        office,
        [
            record(day("lozere/a", "2013-03-04", offset=7, offered=1), a),
            record(day("lozere/a", "2013-03-04", offset=9, offered=2), a),
            record(day("lozere/a", "2013-03-04", offset=8, offered=3), a),
            record(day("lozere/a", "2013-03-04", "0.12", offset=12, lost=1), f"{a}#0.12"),
            record(day("lozere/b", "2013-03-04", offset=9, others=4, offered=4), b),
            record(day("lozere/b", "2013-03-04", offset=9, others=4, offered=5), b),
        ],
    )
    assert [each.slots[1] for each in read_history(office).days.of()] == [
        CallSlot(offered=2, answered=1, lost=1),
        CallSlot(offered=5, answered=5),
    ]
    send(
        office,
        [record(day("lozere/b", "2013-03-04", epoch=1, offered=6), b), (Topic.LEDGER, f"{a}#0.12".encode(), None)],
    )
    assert [each.slots[1] for each in read_history(office).days.of()] == [
        CallSlot(offered=2, answered=2),
        CallSlot(offered=6, answered=6),
    ]


def incident(
    name: str, end: str, start: str = "2013-03-01T08:30:00+01:00", site: str = "lozere"
) -> tuple[Topic, bytes, bytes]:
    told = {"id": name, "site": site, "line": "a", "cause": "rise", "verdict": "miscount", "kind": "drift"}
    told |= {"from": start, "to": end, "detected_at": end, "status": "open"}
    value = {**told, "calls_to_detect": 40, "evidence": [], "decisions": []}
    return Topic.INCIDENTS, name.encode(), json.dumps(value).encode()


@pytest.mark.parametrize("value", [b"nonsense", b"{}", b"null", 5_000 * b"["])
def test_what_is_no_record_is_left_out_and_said(
    office: Settings, value: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    good = day("lozere/a", "2013-03-04", offered=1)
    send(office, [record(good, "lozere/a/2013-03-04"), (Topic.LEDGER, b"lozere/a/2013-03-05", value)])
    send(office, [record(msgspec.structs.replace(good, day="2013-13-01"), "lozere/a/2013-03-06")])
    send(office, [incident("good", "2013-03-05T08:30:00+01:00"), (Topic.INCIDENTS, b"bad", value)])
    history = read_history(office)
    assert [each.day for each in history.days.of()] == ["2013-03-04"]
    assert list(history.incidents.of()) == ["good"]
    assert capsys.readouterr().out.count("skipped a record that cannot be decoded") == 3


def test_a_site_and_a_period_are_read_alone(office: Settings) -> None:
    for site, at in (
        ("lozere", "2013-03-04"),
        ("lozere", "2013-03-05"),
        ("lozere", "2013-03-06"),
        ("jura", "2013-03-05"),
    ):
        send(office, [record(day(f"{site}/a", at, offered=1), f"{site}/a/{at}")])
        send(office, [incident(f"a-{site}-{at}", f"{at}T09:00:00+01:00", start=f"{at}T08:30:00+01:00", site=site)])
    send(office, [incident("long", f"2013-03-0{day}T08:30:00+01:00") for day in (1, 5)])
    history, fifth = read_history(office), date(2013, 3, 5)
    assert [each.id for each in history.days.of("lozere", Period(fifth, fifth))] == ["lozere/a"]
    assert set(history.incidents.of("lozere", Period(fifth, fifth))) == {"a-lozere-2013-03-05", "long"}
    assert history.incidents.of()["long"]["to"] == "2013-03-05T08:30:00+01:00"
    assert (len(history.days.of()), len(history.incidents.of())) == (4, 5)
    assert [each.day for each in history.days.of("lozere", Period(date.min, date(2013, 3, 4)))] == ["2013-03-04"]
    assert history.days.dates("jura") == {fifth}
