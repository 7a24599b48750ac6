"""The main job for real: a log through broker and worker gives what the analysis of the same file gives."""

from __future__ import annotations

import json
import signal
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kafka import KafkaConsumer, TopicPartition  # type: ignore[import-untyped]  # ships no types
from kafka.structs import OffsetAndMetadata  # type: ignore[import-untyped]

from agents.analysis.fold import Analysis
from agents.analysis.report import document
from agents.ingest.send import ingest
from agents.kafka.client import Topic, admin, client_options, producer, topic
from agents.kafka.topics import create_topics
from agents.sources import files
from agents.sources.entry import Accepted, Entry
from agents.sources.pseudonym import Pseudonymizer
from agents.sources.queue_log import QueueLog
from agents.worker.progress import PASS_SECONDS
from config.settings import Line, Service, Settings, load
from streams.events import RequestEvent, TicketEvent, milliseconds
from tests.agents.reading import letters, values
from tests.agents.running import Running, worker

pytestmark = pytest.mark.integration

PSEUDONYM = Pseudonymizer(b"a key for tests only")
COUNTS = ("offered", "answered", "lost", "diverted", "unresolved")
LINES = ("standard", "circulation")
TICKETS = ("issued", "served", "no_show", "transferred")


@pytest.fixture
def office(settings: Settings) -> Settings:
    settings = settings.model_copy(
        update={
            "lines": {
                "standard": Line(label="Standard"),
                "circulation": Line(label="Circulation", queues=("600",)),
            }
        }
    )
    create_topics(settings)
    return settings


@pytest.fixture
def config(tmp_path: Path) -> str:
    file = tmp_path / "office.yaml"
    file.write_text("site: lozere\nlines:\n  standard: {}\n  circulation: {queues: ['600']}\n")
    return str(file)


def log(calls: int, *, broken: bool = False) -> list[bytes]:
    """Return a queue_log of calls of every outcome; `broken` puts a torn line in the middle."""
    rows: list[bytes] = []
    for number in range(calls):
        queue = ("standard", "600")[number % 2]
        at, call = 1_543_600_000 + number * 40, f"{1_543_600_000 + number * 40}.{number}"
        rows.append(f"{at}|{call}|{queue}|NONE|ENTERQUEUE||06123{number:05}|1".encode())
        if number % 7 == 0:
            rows.append(f"{at + 20}|{call}|{queue}|Agent/1|RINGNOANSWER|20000".encode())
        if number % 11 == 0:
            rows.append(f"{at + 31}|{call}|{queue}|NONE|ABANDON|1|1|31".encode())
        elif number % 13 == 0:
            rows.append(f"{at + 35}|{call}|{queue}|NONE|EXITWITHKEY|2|1|1|35".encode())
        elif number % 17 != 0:
            rows.append(f"{at + 9}|{call}|{queue}|Agent/2|CONNECT|9|{call}1|4".encode())
            rows.append(f"{at + 39}|{call}|{queue}|Agent/2|COMPLETECALLER|9|30|1".encode())
    if broken:
        rows.insert(len(rows) // 2, b"15436|0612345678|tor")
    return rows


def told(rows: list[bytes], settings: Settings) -> list[Entry]:
    queues = QueueLog(settings.lines_by_queue(), "pbx", settings.site, PSEUDONYM)
    return list(files.queue_log(rows, queues, PSEUDONYM, settings.timezone))


def analysed(rows: list[bytes], settings: Settings) -> dict[str, Any]:
    analysis = Analysis(settings)
    analysis.take(told(rows, settings))
    return document(analysis)


def counted(running: Running) -> dict[str, dict[str, float]]:
    """Return the figures once time has passed: of calls that are years old none is open then."""
    deadline = time.monotonic() + 10 * PASS_SECONDS
    while True:
        found = {
            line: {kind: running.total(f"tocsin_calls_{kind}_total", line=line) for kind in COUNTS} for line in LINES
        }
        passed = all(2 * line["offered"] == sum(line.values()) for line in found.values())
        if passed or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def expected(document: dict[str, Any]) -> dict[str, dict[str, float]]:
    return {line: {kind: document["lines"][line]["raw"][kind] for kind in COUNTS} for line in LINES}


def test_a_log_through_broker_and_worker_counts_as_its_analysis_does(office: Settings, config: str) -> None:
    rows = log(300, broken=True)
    sent = ingest(office, told(rows, office), "queue_log")
    analysis = analysed(rows, office)
    with worker(office, TOCSIN_CONFIG=config) as running:
        running.await_events(sent.records[Topic.CALL_ATTEMPTS])
        assert counted(running) == expected(analysis)
        assert running.total("tocsin_call_wait_seconds_count", outcome="answered") == sum(
            line["wait"]["answered"]["count"] for line in analysis["lines"].values()
        )
        assert running.total("tocsin_calls_waiting") == 0
    assert analysis["events"]["invalid"] == sent.records[Topic.DEAD_LETTERS] == 1


def test_a_torn_line_changes_nothing_else_and_is_a_dead_letter_without_its_number(office: Settings) -> None:
    whole, torn = log(60), log(60, broken=True)
    assert expected(analysed(torn, office)) == expected(analysed(whole, office))
    ingest(office, told(torn, office), "queue_log")
    (letter,) = letters(office)
    assert (letter.reason, letter.file, letter.row) == (
        "malformed",
        "queue_log",
        torn.index(b"15436|0612345678|tor") + 1,
    )
    assert "0612345678" not in letter.text
    assert b"0612345678" not in (letter.original or b"")
    assert not any(b"06123" in value for value in values(office, topic(office, Topic.CALL_ATTEMPTS)))


def test_what_is_no_event_goes_to_the_dead_letters_as_it_came(office: Settings, config: str) -> None:
    calls = topic(office, Topic.CALL_ATTEMPTS)
    good = b'{"line": "standard", "call": "1", "type": "answered", "at": 1543600000, "wait": 3}'
    bad = {
        "malformed": (b"lozere/standard", good[:-9]),
        "invalid": (b"lozere/standard", good.replace(b"answered", b"answerd")),
        "unknown-line": (b"lozere/x", good.replace(b"standard", b"x")),
        "wrong-key": (b"lozere/circulation", good),
    }
    client = producer(office)
    client.send(calls, key=b"lozere/standard", value=good)
    for key, value in bad.values():
        client.send(calls, key=key, value=value)
    client.close()
    with worker(office, TOCSIN_CONFIG=config) as running:
        running.await_events(5)
        assert running.total("tocsin_events_total", result="invalid") == 4
        assert counted(running)["standard"]["answered"] == 1
    found = {letter.reason: letter for letter in letters(office)}
    assert {reason: letter.original for reason, letter in found.items()} == {
        reason: value for reason, (_, value) in bad.items()
    }
    assert all(letter.topic == calls and letter.offset is not None for letter in found.values())


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
        running.process.wait(20)
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
        time.sleep(2 * 2.8 + 1)  # Faust commits every 2.8 s what was acknowledged
        assert committed(office) == 0
        running.process.kill()
        running.process.wait(20)
    with worker(office, TOCSIN_CONFIG=config) as running:
        running.await_events(len(events))
        deadline = time.monotonic() + 20
        while committed(office) < len(events):
            assert time.monotonic() < deadline
            time.sleep(0.5)
        assert counted(running) == expected(analysed(rows, office))


def committed(settings: Settings) -> int:
    """Return how many records the workers' group has committed."""
    group = f"{settings.kafka.prefix}worker"
    with closing(KafkaConsumer(**client_options(settings), group_id=group, metrics_enabled=False)) as consumer:
        calls = topic(settings, Topic.CALL_ATTEMPTS)
        offsets = (consumer.committed(TopicPartition(calls, number)) for number in range(settings.kafka.partitions))
        return sum(offset for offset in offsets if offset is not None and offset > 0)


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


def test_a_topic_made_anew_stops_the_worker_until_the_epoch_is_raised(office: Settings, config: str) -> None:
    rows = log(60)
    ingest(office, told(rows, office), "queue_log")
    with worker(office, TOCSIN_CONFIG=config) as running:
        running.await_events(len(told(rows, office)))
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(20)
    with admin(office) as client:
        client.delete_topics([topic(office, Topic.CALL_ATTEMPTS)])
    create_topics(office)
    ingest(office, told(rows[:20], office), "queue_log")
    with worker(office, TOCSIN_CONFIG=config) as running:
        assert running.process.wait(60) != 0
        assert "set kafka.epoch to 1" in running.words()
    with worker(office, TOCSIN_CONFIG=config, TOCSIN_KAFKA_EPOCH="1") as running:
        running.await_events(len(told(rows, office)) + len(told(rows[:20], office)))
        assert counted(running) == expected(analysed(rows, office))
        assert running.total("tocsin_events_total", result="duplicate") == len(told(rows[:20], office))


def counters(count: int) -> list[TicketEvent]:
    """Return one morning's tickets; every fifth goes on from cards to titles, and is served there."""
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
        running.process.wait(20)
    ingest(office, events[half:], "kiosk")
    with worker(office, TOCSIN_CONFIG=str(file)) as running:
        # A transfer sent again after a kill is a duplicate, so its service gets one event more and no ticket more.
        running.await_events(len(events) + opened[1], more=how == signal.SIGKILL)
        found = {name: running.total(f"tocsin_tickets_{name}_total", service="cards") for name in TICKETS}
        assert found == {"issued": 60, "served": 60, "no_show": 0, "transferred": 0}
        assert running.total("tocsin_tickets_issued_total", service="titles") == 12
        waits = document(analysis)["services"]["titles"]["wait"]
        assert running.total("tocsin_ticket_wait_seconds_count", service="titles") == waits["count"] == 12
        assert running.total("tocsin_ticket_wait_seconds_sum", service="titles") == 12 * 60
        assert running.total("tocsin_consumer_lag") == 0


def letters_received(count: int) -> list[RequestEvent]:
    """Return letters, one an hour from a Friday on, of which most are answered within a fortnight."""
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
        running.process.wait(20)
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


def faulty(calls: int) -> list[bytes]:
    """Return calls of a counter that takes conversations for lost calls, and one an hour later."""
    told = []
    for number in range(calls):
        at, call = 1_543_565_000 + 60 * number, {"line": "standard", "call": str(number)}
        told.append({**call, "type": "lost", "reason": "abandoned", "at": at, "wait": 5})
        told.append({**call, "type": "ended", "at": at + 90, "talk": 90})
    told.append({"line": "standard", "call": "later", "type": "offered", "at": 1_543_565_000 + 60 * calls + 3600})
    return [msgspec.json.encode(each) for each in told]


def test_a_miscount_is_published_and_shown_and_the_same_after_a_kill(office: Settings, tmp_path: Path) -> None:
    file = tmp_path / "faulty.yaml"
    file.write_text("site: lozere\nclock: event\nlines: {standard: {expected_lost_rate: 0.02}, circulation: {}}\n")
    events, calls = faulty(40), topic(office, Topic.CALL_ATTEMPTS)

    def send(values: list[bytes]) -> None:
        client = producer(office)
        for value in values:
            client.send(calls, key=b"lozere/standard", value=value)
        client.close()

    send(events[:50])
    with worker(office, TOCSIN_CONFIG=str(file)) as running:
        running.await_events(50)
        running.process.kill()
        running.process.wait(20)
    send(events[50:])
    with worker(office, TOCSIN_CONFIG=str(file)) as running:
        running.await_events(len(events))
        assert running.total("tocsin_miscount_suspected", line="standard", kind="answered-as-lost") == 1
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(20)
    analysis = Analysis(load(file, {}))
    analysis.take(files.events(events))
    (expected,) = document(analysis)["incidents"]
    assert (expected["verdict"], expected["kind"]) == ("miscount", "answered-as-lost")
    published = [json.loads(value) for value in values(office, topic(office, Topic.INCIDENTS))]
    same = ("id", "line", "verdict", "kind", "from", "detected_at", "calls_to_detect")
    assert {name: published[-1][name] for name in same} == {name: expected[name] for name in same}
    assert {each["id"] for each in published} == {expected["id"]}


def test_readings_and_a_dismissal_join_their_line_and_survive_a_kill(office: Settings, tmp_path: Path) -> None:
    file = tmp_path / "faulty.yaml"
    file.write_text("site: lozere\nclock: event\nlines: {standard: {expected_lost_rate: 0.02}, circulation: {}}\n")
    calls = faulty(40)
    counter = [
        {"line": "standard", "mode": "cumulative", "at": 1_543_565_030 + 60 * minute, "lost": minute % 20}
        for minute in range(40)
    ]

    def send(to: Topic, told: list[bytes]) -> None:
        client = producer(office)
        for value in told:
            client.send(topic(office, to), key=b"lozere/standard", value=value)
        client.close()

    send(Topic.CALL_ATTEMPTS, calls)
    send(Topic.LINE_READINGS, [msgspec.json.encode(each) for each in counter])
    with worker(office, TOCSIN_CONFIG=str(file)) as running:
        running.await_events(len(calls) + len(counter))
        assert running.total("tocsin_quarantined_slots", line="standard") == 3
        assert running.total("tocsin_miscount_suspected", line="standard", kind="answered-as-lost") == 1
        assert running.total("tocsin_miscount_suspected", line="standard", kind="reset") == 1
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(20)
    found = {each["kind"]: each["id"] for each in _published(office)}
    dismissal = {"decision": "dismiss", "at": 1_543_600_000, "by": "m.durand", "note": "a test of the queue"}
    send(Topic.REVIEWS, [msgspec.json.encode(dismissal | {"incident": found["answered-as-lost"]})] * 2)
    send(Topic.REVIEWS, [msgspec.json.encode(dismissal | {"incident": "standard-20130304T073000Z-rise"})])
    count = len(calls) + len(counter) + 3
    with worker(office, TOCSIN_CONFIG=str(file)) as running:
        running.await_events(count)
        running.process.kill()
        running.process.wait(20)
    with worker(office, TOCSIN_CONFIG=str(file)) as running:
        running.await_events(count)
        assert running.total("tocsin_quarantined_slots", line="standard") == 0
        assert running.total("tocsin_miscount_suspected", line="standard", kind="answered-as-lost") == 0
        assert running.total("tocsin_miscount_suspected", line="standard", kind="reset") == 1
        assert running.total("tocsin_calls_lost_total", line="standard") == 40, "raw figures are never altered"
        reviews = topic(office, Topic.REVIEWS)
        results = [running.total("tocsin_events_total", topic=reviews, result=what) for what in ("ok", "duplicate")]
        assert results == [1, 1]
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(20)
    (dismissed,) = [each for each in {each["id"]: each for each in _published(office)}.values() if each["decisions"]]
    assert (dismissed["id"], dismissed["status"]) == (found["answered-as-lost"], "dismissed")
    assert (dismissed["decisions"][0]["by"], dismissed["decisions"][0]["note"]) == ("m.durand", "a test of the queue")
    assert {letter.reason for letter in letters(office)} == {"unknown-incident"}


def _published(settings: Settings) -> list[dict[str, Any]]:
    return [json.loads(value) for value in values(settings, topic(settings, Topic.INCIDENTS))]


def test_a_worker_without_its_topics_says_which(settings: Settings, config: str) -> None:
    with worker(settings, TOCSIN_CONFIG=config) as running:
        assert running.process.wait(30) == 1
        assert "call-attempts is missing; `tocsin topics` creates it" in running.words()


def test_health_and_metrics_answer_on_loopback_alone(office: Settings, config: str) -> None:
    with worker(office, TOCSIN_CONFIG=config) as running:
        running.await_events(0)
        assert '"status": "ok"' in running.get("/healthz")
        listening = Path(f"/proc/{running.process.pid}/net/tcp").read_text()
        hexed = f":{running.port:04X}"
        addresses = {line.split()[1] for line in listening.splitlines()[1:] if line.split()[1].endswith(hexed)}
        assert {address for address in addresses if address.endswith(hexed)} == {f"0100007F{hexed}"}
