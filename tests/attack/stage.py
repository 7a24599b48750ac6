"""A small honest office, and its topics as a forger finds them."""

from __future__ import annotations

import signal
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from copy import copy
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from kafka import TopicPartition  # type: ignore[import-untyped]  # ships no types

from agents.kafka.client import KafkaError, Topic, admin, partition_of, producer, topic
from agents.kafka.reading import latest, records
from agents.kafka.topics import INPUT_TOPICS, create_topics, described, topic_plans
from config.settings import Settings, load
from streams.events import milliseconds
from streams.kept.record import UNREADABLE, inflated
from streams.ledger.day import ChannelDay, Day, LineDay, ServiceDay, WitnessDay
from tests.agents.audit.office import Office
from tests.agents.running import of_broker, worker
from tests.streams.desks.test_line_witness import MORNING, diverted_as_lost, event, events, lost_missing, second
from tests.streams.desks.test_line_witness import office as calls
from tests.waiting import PATIENCE, until

SITE, YEAR = "lozere", "2023"
DECLARED = "circulation-20231116T070000Z-declared"
CONFIGURED = """\
site: lozere
clock: event
lines: {circulation: {target: 0.1}, accueil: {witness: carrier}}
services: {cards: {}}
requests: {mail: {target_days: 5}}
office: {name: Préfecture de la Lozère}
mail: {server: "127.0.0.1:25", from: tocsin@prefecture.example, to: [{address: qualite@prefecture.example}]}
"""
HEAD: Final = 21  # bytes of a state's record before its body
LATER: Final = 40  # events after the decision
HOURS = 30 * 24  # a day closes after a week
D = TypeVar("D", bound=Day)


class TopicsState(StrEnum):
    """How much of the past Kafka still has."""

    THERE = "events there"
    COMPACTED = "compacted"  # the latest record of each key of the compacted topics, and all events
    GONE = "events gone"  # the same without events, after a publication


class Row(NamedTuple):
    """A record to write; without a partition its key chooses one."""

    topic: Topic
    key: bytes
    value: bytes | None
    partition: int | None = None
    timestamp: int | None = None  # epoch ms


class Honest:
    """The records of the honest office at one moment; `turn` chooses among the days that a forger may take."""

    def __init__(self, rows: Iterable[Row], turn: int = 0) -> None:
        self.rows = list(rows)
        self.turn = turn

    def at(self, turn: int) -> Honest:
        return Honest(self.rows, turn)

    def home(self, row: Row) -> Row:
        """Return a record in the partition of the honest records of its key, if there are any."""
        own = {each.partition for each in self.rows if (each.topic, each.key) == (row.topic, row.key)}
        return row._replace(partition=own.pop()) if row.partition is None and own else row

    def latest(self, of: Topic) -> dict[str, bytes]:
        """Return the latest value of each key of a topic."""
        return {each.key.decode(): each.value for each in self.rows if each.topic is of and each.value is not None}

    def days(self, kind: type[D], desk: str) -> list[dict[str, Any]]:
        """Return a desk's closed days in order, as JSON, without parts."""
        wanted = {LineDay: "line", ServiceDay: "service", ChannelDay: "channel", WitnessDay: "witness"}[kind]
        found = [
            msgspec.json.decode(value) for key, value in self.latest(Topic.LEDGER).items() if "/vintages/" not in key
        ]
        own = [each for each in found if each["of"] == wanted and each["id"] == f"{SITE}/{desk}" and "part" not in each]
        whole = [each for each in own if each.get("closed") or kind is not LineDay]
        return sorted(whole, key=lambda each: str(each["day"]))


def told() -> list[Row]:
    """Return the events of a month on two lines, one with a witness, at a counter and by letter."""
    made = calls(HOURS, per_hour=0.3)
    rows = [(milliseconds(each.at), Topic.CALL_ATTEMPTS, each) for each in events(diverted_as_lost(lost_missing(made)))]
    rows += [(milliseconds(each.at) - 37_000, Topic.CALL_WITNESSES, each) for each in second(events(made), 37)]
    for each in events(calls(HOURS, per_hour=0.6, seed=2)):
        own = msgspec.structs.replace(each, line="circulation", source="acd")
        rows.append((milliseconds(each.at), Topic.CALL_ATTEMPTS, own))
    late = msgspec.structs.replace(event("lost", MORNING + 30 * 3600, "late", wait=4.0), line="circulation")
    # the day of this call is closed by then: it opens a part
    rows.append(((MORNING + 250 * 3600) * 1000, Topic.CALL_ATTEMPTS, late))
    found = [(at, where, f"{SITE}/{each.line}", msgspec.json.encode(each)) for at, where, each in rows]
    chance = Random(3)
    for number in range(HOURS // 12):
        at = MORNING + 12 * 3600 * number
        ticket = {"service": "cards", "ticket": f"A{number}"}
        letter = {"channel": "mail", "request": f"L{number}"}
        steps = [
            (0, Topic.COUNTER_TICKETS, "cards", ticket | {"type": "issued"}),
            (60, Topic.COUNTER_TICKETS, "cards", ticket | {"type": "called"}),
            (300, Topic.COUNTER_TICKETS, "cards", ticket | {"type": chance.choice(["served", "served", "cancelled"])}),
            (0, Topic.REQUESTS, "mail", letter | {"type": "received"}),
            (3600, Topic.REQUESTS, "mail", letter | {"type": "answered"}),
        ]
        for seconds, where, desk, step in steps:
            said = msgspec.json.encode(step | {"at": at + seconds})
            found.append(((at + seconds) * 1000, where, f"{SITE}/{desk}", said))
    return [Row(where, key.encode(), value) for _, where, key, value in sorted(found, key=lambda row: row[0])]


class Stage(NamedTuple):
    """The honest office, and its records before and after a publication."""

    office: Office
    unpublished: Honest
    published: Honest
    feeds: Mapping[Topic, bytes]  # the ids of its input topics

    def on(self, prefix: str) -> Office:
        """Return the same office, with the same key, on other topics below this prefix."""
        kafka = self.office.settings.kafka
        own = kafka.model_copy(update={"prefix": f"{kafka.prefix}{prefix}"})
        other = copy(self.office)
        other.settings = load(self.office.file, {}).model_copy(update={"kafka": own})
        other.environment = self.office.environment | of_broker(other.settings)
        return other

    def honest(self, state: TopicsState, *, published: bool) -> Honest:
        """Return the honest records from which a state of the topics is made."""
        return self.published if published or state is TopicsState.GONE else self.unpublished


def staged(settings: Settings, folder: Path) -> Stage:
    """Return an office with a declared miscount and two signed publications."""
    create_topics(settings)
    office, rows = Office(settings, folder), told()
    office.file.write_text(CONFIGURED, encoding="utf-8")
    written = [(each.topic, each.key, each.value) for each in rows]
    office.put_all(written[:-LATER])
    with worker(settings, TOCSIN_CONFIG=str(office.file)) as running:
        running.await_events(len(rows) - LATER)
        declared = ("declare", "circulation", "--from", "2023-11-16T08:00", "--to", "2023-11-16T12:00")
        _run(office, "review", *declared, "--note", "the queue was restarted", "--by", "m.durand")
        until(lambda: DECLARED in office.history().incidents.of(), running.words)
        statuses, live = topic(settings, Topic.STATUS), {f"{SITE}/{desk}".encode() for desk in ("circulation", "cards")}
        until(lambda: live <= {each.key for each in latest(settings, statuses)}, running.words)
        office.put_all(written[-LATER:])  # so that a later state has the incident too
        running.await_events(len(rows), more=True)
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(PATIENCE)
    before = Honest(stored(settings))
    _run(office, "totals", "--year", YEAR, "--publish")
    _run(office, "totals", "--month", f"{YEAR}-11", "--publish")
    return Stage(office, before, Honest(stored(settings)), feeds_of(settings))


def _run(office: Office, *words: str) -> None:
    done = office.command(*words)
    assert done.exit_code == 0, (words, done.output)


def stored(settings: Settings) -> Iterator[Row]:
    """Yield every record of an office's topics."""
    for name in Topic:
        for each in records(settings, topic(settings, name)):
            yield Row(name, each.key or b"", each.value, each.partition, each.timestamp)


def in_state(rows: Iterable[Row], state: TopicsState, settings: Settings) -> list[Row]:
    """Return the records that remain in a state of the topics."""
    if state is TopicsState.THERE:
        return list(rows)
    plans = {plan.topic: plan for plan in topic_plans(settings).values()}
    kept = dict[object, Row]()
    for number, each in enumerate(rows):
        if plans[each.topic].configs["cleanup.policy"] == "compact":
            at = partition_of(each.key, settings.kafka.partitions) if each.partition is None else each.partition
            kept.pop((each.topic, at, each.key), None)
            if each.value is not None:
                kept[each.topic, at, each.key] = each
        else:
            kept[number] = each
    return list(kept.values())


INPUTS = (Topic.CALL_ATTEMPTS, Topic.CALL_WITNESSES, Topic.COUNTER_TICKETS, Topic.LINE_READINGS, Topic.REQUESTS)


def feeds_of(settings: Settings) -> dict[Topic, bytes]:
    """Return the broker's ids of the input topics: states name the one that they were folded from."""
    names = {where: topic(settings, where) for where in INPUT_TOPICS.values()}
    with admin(settings) as client:
        known = described(settings, client, [*names.values()])
    return {where: known[name].id.encode() for where, name in names.items()}


def lay(settings: Settings, rows: Iterable[Row], feeds: Mapping[Topic, bytes], *, gone: bool) -> None:
    """Create an office's topics with these records; `gone` deletes the events, as their retention does.

    A worker refuses states that name another topic, so states that name one of the `feeds` get the new topic's id.
    Raises `KafkaError` if the broker cannot delete records: the embedded one cannot.
    """
    create_topics(settings)
    ends, now = dict[TopicPartition, int](), feeds_of(settings)
    renamed = {feed: now[where] for where, feed in feeds.items()}
    with closing(producer(settings)) as client:
        sent = [
            client.send(topic(settings, each.topic), each.value, each.key, None, each.partition, each.timestamp)
            for each in (_fed(row, renamed) if row.topic is Topic.STATE else row for row in rows)
        ]
        for each in sent:
            found = each.get(60)
            ends[TopicPartition(found.topic, found.partition)] = found.offset + 1
    if gone:
        names = {topic(settings, each) for each in INPUTS}
        with admin(settings) as client:
            client.delete_records({tp: end for tp, end in ends.items() if tp.topic in names})


def _fed(row: Row, renamed: Mapping[bytes, bytes]) -> Row:
    if row.value is None:
        return row
    with suppress(*UNREADABLE):
        body = inflated(row.value)
        for old, new in renamed.items():
            body = body.replace(old, new)
        return row._replace(value=row.value[:HEAD] + zlib.compress(body, 1))
    return row


def can_delete(settings: Settings) -> bool:
    """Return whether the broker can delete records."""
    try:
        lay(settings, [Row(Topic.CALL_ATTEMPTS, b"k", b"v")], {}, gone=True)
    except KafkaError:
        return False
    return True
