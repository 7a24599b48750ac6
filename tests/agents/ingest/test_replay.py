"""A dead letter is listed once, and its event counts after the configuration is corrected."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from agents.ingest.replay import REPLAYED, replay, unsent, waiting
from agents.ingest.send import begins_of, ingest
from agents.kafka.client import Topic, producer, topic
from agents.kafka.dead_letters import DeadLetter, Source, of_many
from agents.kafka.topics import create_topics
from agents.sources.entry import Refused
from agents.sources.pseudonym import Pseudonymizer
from config.offices import Offices
from config.settings import Line, Settings
from streams.decoding import Invalid
from streams.kept.runs import Runs
from tests.agents.running import worker

PSEUDONYM = Pseudonymizer(b"a key of the tests only")
EVENT = b'{"line": "accueil", "call": "1", "type": "answered", "at": 1543600000, "wait": 3}'


@pytest.fixture
def office(settings: Settings) -> Settings:
    create_topics(settings)
    return settings.model_copy(update={"lines": {"standard": Line()}})


@pytest.mark.broker
def test_a_letter_of_an_unknown_line_counts_once_the_line_is_known(office: Settings, tmp_path: Path) -> None:
    before, after = tmp_path / "before.yaml", tmp_path / "after.yaml"
    before.write_text("site: lozere\nlines: {standard: {}}\n")
    after.write_text("site: lozere\nlines: {standard: {}, accueil: {}}\n")
    client = producer(office)
    client.send(topic(office, Topic.CALL_ATTEMPTS), key=b"lozere/accueil", value=EVENT)
    client.send(topic(office, Topic.CALL_ATTEMPTS), key=b"lozere/standard", value=b"{torn")
    client.close()
    with worker(office, TOCSIN_CONFIG=str(before)) as running:
        running.await_events(2)
    assert sorted(letter.reason for letter in waiting(office)) == ["malformed", "unknown-line"]

    assert replay(Offices.alone(office), waiting(office)).sent == 0
    mended = office.model_copy(update={"lines": {**office.lines, "accueil": Line()}})
    done = replay(Offices.alone(mended), waiting(mended))
    assert done.sent == 1
    assert [why.partition(":")[0] for why in done.left] == ["malformed"]
    assert [letter.reason for letter in waiting(mended)] == ["malformed"]
    with worker(mended, TOCSIN_CONFIG=str(after)) as running:
        running.await_events(3)
        assert running.total("tocsin_calls_answered_total", line="accueil") == 1


@pytest.mark.broker
def test_a_row_of_todays_log_does_not_hide_that_of_yesterdays(office: Settings) -> None:
    torn = [Refused(2, b"torn", Invalid("malformed", "torn"))]
    yesterday, today = [b"1543500000|1.1|standard\n", b"torn\n"], [b"1543600000|2.1|standard\n", b"torn\n"]
    for log in (yesterday, today, [*today, b"1543600001|2.1|standard\n"], yesterday):
        ingest(office, torn, "queue_log", begins_of(lambda log=log: log, PSEUDONYM))  # type: ignore[misc]
    found = waiting(office)
    assert [(letter.file, letter.row) for letter in found] == [("queue_log", 2)] * 2
    assert len({letter.begins for letter in found}) == 2


@pytest.mark.broker
def test_a_record_buried_twice_is_listed_once(office: Settings) -> None:
    torn = Refused(7, b"{torn", Invalid("malformed", "torn"))
    for _ in "12":
        ingest(office, [torn], "events.jsonl")
    assert [(letter.file, letter.row) for letter in waiting(office)] == [("events.jsonl", 7)]


@pytest.mark.broker
def test_each_record_of_a_flood_counts_once_its_line_is_known(office: Settings, tmp_path: Path) -> None:
    """The worker is killed during the flood; calls in an aggregated letter are neither lost nor counted twice."""
    before, after = tmp_path / "before.yaml", tmp_path / "after.yaml"
    before.write_text("site: lozere\nlines: {standard: {}}\n")
    after.write_text("site: lozere\nlines: {standard: {}, accueil: {}}\n")
    client, flood = producer(office), 400
    for number in range(flood):
        for line in ("accueil", "standard"):
            value = EVENT.replace(b"accueil", line.encode()).replace(b'"1"', b'"%d"' % number)
            client.send(topic(office, Topic.CALL_ATTEMPTS), key=b"lozere/accueil", value=value)
    client.flush()
    with worker(office, TOCSIN_CONFIG=str(before), TOCSIN_CHECKPOINT_EVERY="30") as running:
        running.await_events(1, more=True)
        running.process.kill()
    with worker(office, TOCSIN_CONFIG=str(before)) as running:
        running.await_events(2 * flood)
        assert running.total("tocsin_events_total", result="invalid") == 2 * flood
    letters = waiting(office)
    assert len(letters) < flood
    assert sum(letter.count or 1 for letter in letters) == 2 * flood

    mended = office.model_copy(update={"lines": {**office.lines, "accueil": Line()}})
    assert replay(Offices.alone(mended), waiting(mended)) == (2 * flood, {})
    assert waiting(mended) == []
    assert replay(Offices.alone(mended), waiting(mended)).sent == 0
    with worker(mended, TOCSIN_CONFIG=str(after)) as running:
        running.await_events(4 * flood)
        for line in ("accueil", "standard"):
            assert running.total("tocsin_calls_answered_total", line=line) == flood
    client.close()


def letter(offset: int, count: int = 1, reason: str = "unknown-line", at: float = 0.0) -> DeadLetter:
    source, why = Source("tocsin.call-attempts", 3), Invalid(reason, "why")
    summed = of_many(why, source, Runs([(offset, offset + count - 1)]), at)
    return summed if count > 1 or reason == REPLAYED else replace(summed, count=None, last=None, runs=None)


def places(*letters: DeadLetter) -> list[tuple[tuple[int, int], ...]]:
    return [each.places() for each in unsent(letters)]


def test_letters_of_one_record_are_one() -> None:
    """After a crash the worker may bury a record again, by itself or in an aggregated letter."""
    assert places(letter(7), letter(7, at=1)) == [((7, 7),)]
    assert places(letter(7), letter(5, 5, at=1)) == [((7, 7),), ((5, 6), (8, 9))]
    assert places(letter(5, 5), letter(7, at=1), letter(8, 4, at=2)) == [((5, 9),), ((10, 11),)]


def test_what_was_sent_again_is_left_out_of_single_letters_and_of_sums() -> None:
    sent = letter(6, 3, REPLAYED, at=9)
    assert places(letter(7), letter(8, 5), sent) == [((9, 12),)]
    (left,) = unsent([letter(8, 5), sent])
    assert (left.count, left.offset, left.last) == (4, 9, 12)
    assert places(letter(6, 3), sent) == []


def test_a_record_refused_again_after_it_was_sent_waits_again() -> None:
    assert places(letter(7), letter(7, reason=REPLAYED, at=1), letter(7, at=2)) == [((7, 7),)]
