"""A worker reports changes around it within seconds: added partitions, a recreated topic, other catalogues."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import msgspec
import pytest
from kafka.admin import NewPartitions  # type: ignore[import-untyped]  # ships no types
from kafka.errors import IncompatibleBrokerVersion  # type: ignore[import-untyped]  # the same
from structlog.testing import capture_logs

from agents.catalogue import digest
from agents.kafka.client import Topic, admin, topic
from agents.kafka.sending import sending
from agents.kafka.topics import Described
from agents.ports import free_port
from agents.worker.surroundings import Surroundings, client_name, reachable
from config.offices import Offices
from config.settings import Line, Settings
from tests.agents.running import Running, worker
from tests.waiting import PATIENCE, until

SETTINGS = Settings(site="lozere", lines={"standard": Line()})
OFFICE = Offices.alone(SETTINGS)
OTHER = Offices.alone(SETTINGS.model_copy(update={"lines": {"standard": Line(lost_reasons=("timeout",))}}))
CALLS = "tocsin.call-attempts"
SENT = 40


def seen(found: dict[str, Described], workers: dict[str, str] | None = None) -> tuple[Surroundings, list[str]]:
    around = Surroundings(OFFICE, "tocsin.worker", {"calls": CALLS})
    around.see({CALLS: Described("one", 8)}, {})
    with capture_logs() as logs:
        for _ in range(2):
            around.see(found, workers or {})
    return around, [each["event"] for each in logs]


def test_what_is_as_configured_is_no_news() -> None:
    around, said = seen({CALLS: Described("one", 8)}, {f"{client_name(OFFICE)}-4711": "10.0.0.1"})
    assert (around.trouble(), around.unread, said) == (None, 0, [])
    assert list(around.catalogues) == [digest(OFFICE)]


def test_added_partitions_are_red_counted_and_told_once_a_minute() -> None:
    around, (said,) = seen({CALLS: Described("one", 11)})
    assert around.unread == 3
    assert around.trouble() is not None
    assert "tocsin.call-attempts has partitions 11, expected 8" in said


def test_a_topic_made_anew_is_red() -> None:
    around, (said,) = seen({CALLS: Described("another", 8)})
    assert around.trouble() is not None
    assert "was recreated" in said
    assert "kafka.epoch" in said


def test_another_catalogue_is_named_with_its_place_and_which_one_wins_is_said() -> None:
    around, (said,) = seen(
        {CALLS: Described("one", 8)},
        {f"{client_name(OFFICE)}-1": "10.0.0.1", f"{client_name(OTHER)}-2": "10.0.0.2", "rdkafka-3": "10.0.0.3"},
    )
    assert (around.trouble(), len(around.catalogues)) == (None, 2)
    assert f"{digest(OTHER)} at 10.0.0.2" in said
    assert "depend on which worker owns its partition" in said


def test_what_does_not_decide_how_is_counted_is_no_other_catalogue() -> None:
    kept = SETTINGS.model_copy(update={"checkpoint": SETTINGS.checkpoint.model_copy()})
    moved = SETTINGS.model_copy(update={"kafka": SETTINGS.kafka.model_copy(update={"bootstrap": "10.0.0.9:9092"})})
    assert digest(OFFICE) == digest(Offices.alone(kept)) == digest(Offices.alone(moved)) != digest(OTHER)


def test_reachable_is_whether_any_server_takes_a_connection() -> None:
    async def ask() -> tuple[bool, bool]:
        server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            nobody = f"127.0.0.1:{free_port('127.0.0.1')}"
            return await reachable(f"{nobody},127.0.0.1:{port}"), await reachable(nobody)

    assert asyncio.run(ask()) == (True, False)


def await_shown(running: Running, name: str, value: float) -> None:
    running.until(lambda: running.total(name) == value)


@pytest.mark.broker
def test_two_real_workers_of_different_catalogues_see_each_other(office: Settings, config: str) -> None:
    with worker(office, TOCSIN_CONFIG=config) as one, worker(office) as other:
        one.await_page("/healthz", '"status": "ok"')
        other.await_page("/healthz", '"status": "ok"')
        for each in (one, other):
            await_shown(each, "tocsin_catalogues", 2)
            assert "use different catalogues" in each.words()


@pytest.mark.broker
def test_added_partitions_are_told_within_seconds_and_stop_nobody(office: Settings, config: str) -> None:
    with worker(office, TOCSIN_CONFIG=config) as one, worker(office, TOCSIN_CONFIG=config) as other:
        one.await_page("/healthz", '"status": "ok"')
        other.await_page("/healthz", '"status": "ok"')
        send(office, 0)
        total = partial(together, one, other)
        await_count(total, SENT)
        with admin(office) as client:
            try:
                client.create_partitions(
                    {topic(office, Topic.CALL_ATTEMPTS): NewPartitions(office.kafka.partitions + 2)}
                )
            except IncompatibleBrokerVersion:
                pytest.skip("the embedded broker adds no partitions")
        for each in (one, other):
            await_shown(each, "tocsin_partitions_unread", 2)
            assert "added partitions are not counted" in each.words()
        send(office, 1)
        await_count(total, 2 * SENT)  # each is counted by one worker, chosen by the configured number
    with worker(office, TOCSIN_CONFIG=config) as third:  # it keeps running, and is red too
        third.await_events(2 * SENT)
        await_shown(third, "tocsin_partitions_unread", 2)
        await_shown(third, "tocsin_calls_lost_total", 2 * SENT)


@pytest.mark.broker
def test_a_worker_that_has_counted_nothing_refuses_topics_of_another_size(office: Settings, config: str) -> None:
    smaller = office.model_copy(update={"kafka": office.kafka.model_copy(update={"partitions": 2})})
    with worker(smaller, TOCSIN_CONFIG=config) as one:
        assert one.process.wait(PATIENCE) == 1
        assert "has partitions" in one.words()


def send(office: Settings, round_: int) -> None:
    with sending(office) as sender:
        for number in range(SENT):
            line = ("standard", "circulation")[number % 2]
            value = {"site": "lozere", "line": line, "call": f"{round_}-{number}", "type": "lost", "source": "pbx"}
            record = msgspec.json.encode(value | {"at": 1_400_000_000 + number, "wait": 9, "reason": "abandoned"})
            sender.send(topic(office, Topic.CALL_ATTEMPTS), f"lozere/{line}".encode(), record)


def together(*workers: Running) -> float:
    return sum(each.total("tocsin_calls_lost_total") for each in workers)


def await_count(total: Callable[[], float], expected: int) -> None:
    def counted() -> bool:
        found = total()
        assert found <= expected
        return found == expected

    until(counted, total)
