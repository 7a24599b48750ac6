"""After a worker ends or is killed, the next one continues: nothing is missed and nothing counts twice."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import msgspec
import pytest
from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]  # ships no types
from kafka.structs import OffsetAndMetadata  # type: ignore[import-untyped]

from agents.analysis.fold import Analysis
from agents.analysis.report import document
from agents.ingest.send import ingest
from agents.kafka import reading
from agents.kafka.client import Topic, client_options, topic
from agents.kafka.topics import create_topics
from agents.sources.entry import Accepted, Entry
from config.settings import Service, Settings, load
from streams.desks.line import Line
from streams.desks.line_state import LineState
from streams.events import CallEvent, RequestEvent, TicketEvent, milliseconds
from streams.kept import record
from tests.agents.reading import committed, delete, letters
from tests.agents.running import worker
from tests.agents.worker.logs import analysed, counted, expected, log, told
from tests.waiting import PATIENCE

pytestmark = pytest.mark.broker
TICKETS = ("issued", "served", "no_show", "transferred")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_worker_that_ends_is_followed_by_one_that_counts_on(
    office: Settings, config: str, how: signal.Signals
) -> None:
    rows = log(400)
    events = told(rows, office)
    half = len(events) // 2
    ingest(office, events[:half], "queue_log")
    with worker(office, TOCSIN_CONFIG=config) as running:
        running.await_events(half)
        running.process.send_signal(how)
        running.process.wait(PATIENCE)
    ingest(office, events[half:], "queue_log")
    with worker(office, TOCSIN_CONFIG=config) as running:
        running.await_events(len(events))
        assert counted(running) == expected(analysed(rows, office))


def test_nothing_is_acknowledged_before_its_checkpoint(office: Settings, config: str) -> None:
    rows = log(100)
    events = told(rows, office)
    ingest(office, events, "queue_log")
    with worker(office, TOCSIN_CONFIG=config, TOCSIN_CHECKPOINT_EVERY="1h") as running:
        running.await_events(len(events))
        time.sleep(2 * 2.8 + 1)  # Faust commits the acknowledged records every 2.8 s
        assert committed(office) == 0
        running.process.kill()
        running.process.wait(PATIENCE)
    with worker(office, TOCSIN_CONFIG=config) as running:
        running.await_events(len(events))
        running.until(lambda: committed(office) >= len(events))
        assert counted(running) == expected(analysed(rows, office))


def test_what_the_state_does_not_hold_is_folded_whatever_the_group_committed(office: Settings, config: str) -> None:
    rows = log(40)
    events = told(rows, office)
    ingest(office, events, "queue_log")
    calls = topic(office, Topic.CALL_ATTEMPTS)
    group = KafkaConsumer(**client_options(office), group_id=f"{office.kafka.prefix}worker", metrics_enabled=False)
    partitions = [TopicPartition(calls, number) for number in range(office.kafka.partitions)]
    group.assign(partitions)
    group.commit({tp: OffsetAndMetadata(end, "", -1) for tp, end in group.end_offsets(partitions).items()})
    group.close()
    with worker(office, TOCSIN_CONFIG=config) as running:
        running.await_events(len(events))
        assert counted(running) == expected(analysed(rows, office))


def test_a_witness_is_matched_once_through_kills_repetitions_and_a_replay(office: Settings, tmp_path: Path) -> None:
    config = tmp_path / "witnessed.yaml"
    config.write_text(
        "site: lozere\nclock: event\nline_defaults: {witness: cel}\n"
        "lines: {standard: {}, circulation: {queues: ['600']}}\n"
    )
    settings = load(config, {}).model_copy(update={"kafka": office.kafka})
    own = told(log(400), settings)
    beside = [each for each in told(log(400), settings) if not _is_lost_late(each)]
    for each in beside:
        assert isinstance(each, Accepted)
        each.event.source = "cel"
    again: list[Entry] = [
        each._replace(record=msgspec.json.encode(each.event)) for each in beside if isinstance(each, Accepted)
    ]
    whole = Analysis(settings)
    whole.take(own, again)
    half = len(own) // 2
    ingest(office, own[:half], "queue_log")
    ingest(office, again[:half], "cel", witness=True)
    with worker(office, TOCSIN_CONFIG=str(config)) as running:
        running.await_events(2 * half)
        running.process.kill()
        running.process.wait(PATIENCE)
    ingest(office, again[half - 50 :], "cel", witness=True)
    ingest(office, own[half - 50 :], "queue_log")
    count = len(own) + len(again) + 100
    for ending in (signal.SIGKILL, signal.SIGTERM):
        with worker(office, TOCSIN_CONFIG=str(config)) as running:
            running.await_events(count)
            running.process.send_signal(ending)
            running.process.wait(PATIENCE)
    found = _desks(office, settings)
    end = max(state.high for state in found.values())
    for name, line in whole.lines.items():
        state = found[name]
        assert state.witness.mark.results[0] > 0
        live = Line(line.rules, state)
        live.close(end)
        assert live.witness is not None
        assert line.witness is not None
        assert live.witness.figures() == line.witness.figures()
        assert _disputed(live) == _disputed(line)
    assert any(_disputed(line) for line in whole.lines.values())


def _is_lost_late(each: Entry) -> bool:
    return isinstance(each, Accepted) and isinstance(each.event, CallEvent) and each.event.call.endswith("1")


def _disputed(line: Line) -> list[tuple[str, int, int, list[str]]]:
    """Return the mismatches. Their time of detection depends on which topic was ahead, so it is left out."""
    return [
        (each.id, each.start, each.end, each.evidence[0].calls)
        for each in line.state.watch.incidents
        if each.kind == "mismatch"
    ]


def _desks(office: Settings, settings: Settings) -> dict[str, LineState]:
    """Return the state of each line in the changelog."""
    kept = {each.key: each.value for each in reading.records(office, topic(office, Topic.STATE))}
    return {name: record.decode(kept[f"line lozere/{name}".encode()] or b"", LineState) for name in settings.lines}


def test_a_topic_made_anew_stops_the_worker_until_the_epoch_is_raised(office: Settings, config: str) -> None:
    rows = log(60)
    ingest(office, told(rows, office), "queue_log")
    with worker(office, TOCSIN_CONFIG=config) as running:
        running.await_events(len(told(rows, office)))
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(PATIENCE)
    delete(office, Topic.CALL_ATTEMPTS)
    create_topics(office)
    ingest(office, told(rows[:20], office), "queue_log")
    with worker(office, TOCSIN_CONFIG=config) as running:
        assert running.process.wait(PATIENCE) != 0
        assert "set kafka.epoch to 1" in running.words()
    with worker(office, TOCSIN_CONFIG=config, TOCSIN_KAFKA_EPOCH="1") as running:
        running.await_events(len(told(rows, office)) + len(told(rows[:20], office)))
        assert counted(running) == expected(analysed(rows, office))
        assert running.total("tocsin_events_total", result="duplicate") == len(told(rows[:20], office))


def counters(count: int) -> list[TicketEvent]:
    """Return one morning's tickets; every fifth is transferred from cards to titles, and is served there."""
    told = []
    for number in range(count):
        at, moved = 1_543_565_000 + number * 30, number % 5 == 0
        steps: list[tuple[str, str, int]] = [("cards", "issued", 0), ("cards", "called", 300), ("cards", "served", 310)]
        steps += [("cards", "transferred", 400), ("titles", "served", 460)] if moved else [("cards", "completed", 500)]
        for service, kind, later in steps:
            fields = {"service": service, "ticket": f"A{number}", "type": kind, "at": at + later}
            to = {"to": "titles"} if kind == "transferred" else {}
            told.append(msgspec.convert(fields | to, TicketEvent))
    return told


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_tickets_and_their_transfers_count_once_through_the_death_of_a_worker(
    office: Settings, tmp_path: Path, how: signal.Signals
) -> None:
    services = {name: Service(label=name) for name in ("cards", "titles")}
    office = office.model_copy(update={"services": services})
    file = tmp_path / "counters.yaml"
    file.write_text("site: lozere\nclock: event\nlines: {standard: {}}\nservices: {cards: {}, titles: {}}\n")
    events = [Accepted(row, event, msgspec.json.encode(event)) for row, event in enumerate(counters(60), 1)]
    analysis = Analysis(office)
    analysis.take(events)
    half = len(events) // 2
    opened = [sum(each.event.type == "transferred" for each in some) for some in (events[:half], events)]
    ingest(office, events[:half], "kiosk")
    with worker(office, TOCSIN_CONFIG=str(file)) as running:
        running.await_events(half + opened[0])
        running.process.send_signal(how)
        running.process.wait(PATIENCE)
    ingest(office, events[half:], "kiosk")
    with worker(office, TOCSIN_CONFIG=str(file)) as running:
        # A transfer sent again after a kill is a duplicate, so its service gets one more event but no ticket.
        running.await_events(len(events) + opened[1], more=how == signal.SIGKILL)
        found = {name: running.total(f"tocsin_tickets_{name}_total", service="cards") for name in TICKETS}
        assert found == {"issued": 60, "served": 60, "no_show": 0, "transferred": 0}
        assert running.total("tocsin_tickets_issued_total", service="titles") == 12
        waits = document(analysis)["services"]["titles"]["wait"]
        assert running.total("tocsin_ticket_wait_seconds_count", service="titles") == waits["count"] == 12
        assert running.total("tocsin_ticket_wait_seconds_sum", service="titles") == 12 * 60
        assert running.total("tocsin_consumer_lag") == 0


def letters_received(count: int) -> list[RequestEvent]:
    """Return letters, one an hour from a Friday on, most of them answered within a fortnight."""
    told = []
    for number in range(count):
        at, name = 1_543_565_000 + number * 3600, f"2018-{number}"
        steps = [("received", 0), ("answered" if number % 3 else "delivered", (number % 17 + 1) * 86_400)]
        for kind, later in steps[: 1 if number % 7 == 0 else 2]:
            fields = {"channel": "letter", "request": name, "type": kind, "at": at + later}
            told.append(msgspec.convert(fields, RequestEvent))
    return sorted(told, key=lambda each: milliseconds(each.at))


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_requests_count_once_through_the_death_of_a_worker(
    office: Settings, tmp_path: Path, how: signal.Signals
) -> None:
    file = tmp_path / "post.yaml"
    file.write_text("site: lozere\nclock: event\nlines: {standard: {}}\nrequests: {letter: {target_days: 5}}\n")
    told = letters_received(90)
    stray = msgspec.structs.replace(told[0], channel="fax")
    events = [Accepted(row, event, msgspec.json.encode(event)) for row, event in enumerate([*told, stray], 1)]
    analysis = Analysis(load(file, {}))
    analysis.take(events)
    expected = document(analysis)["requests"]["letter"]
    half = len(events) // 2
    ingest(office, events[:half], "register")
    with worker(office, TOCSIN_CONFIG=str(file)) as running:
        running.await_events(half)
        running.process.send_signal(how)
        running.process.wait(PATIENCE)
    ingest(office, events[half:] + events[:10], "register")
    with worker(office, TOCSIN_CONFIG=str(file)) as running:
        running.await_events(len(events) + 10)
        gauges = {name: running.total(f"tocsin_requests_{name}") for name in ("pending", "overdue", "never_received")}
        assert gauges == {name: expected.get(name, 0) for name in gauges}
        assert running.total("tocsin_requests_received_total", channel="letter") == expected["received"] == 90
        assert running.total("tocsin_requests_answered_total", channel="letter") == expected["answered"] == 77
        requests = topic(office, Topic.REQUESTS)
        results = [running.total("tocsin_events_total", topic=requests, result=what) for what in ("ok", "duplicate")]
        assert results == [len(told), 10]
        assert running.total("tocsin_consumer_lag") == 0
    assert [letter.reason for letter in letters(office)] == ["unknown-channel"]
