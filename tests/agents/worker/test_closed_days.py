"""A closed day is written again if an outdated record replaced it; no other day is."""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections.abc import Mapping

import msgspec
import pytest

from agents.kafka.client import Topic, topic
from agents.kafka.reading import latest
from agents.kafka.sending import sending
from agents.worker.closed_days import restore
from agents.worker.outgoing import Outgoing
from agents.worker.ownership import Ownership
from agents.worker.roster import Roster
from config.offices import Offices
from config.settings import Settings
from streams.ledger.day import read_day, write_day
from tests.streams.telling import Message
from tests.streams.telling import value as told

pytestmark = pytest.mark.broker

DAY = 86_400
STANDARD = b"lozere/standard"


class Ledger:
    """A fake of the worker's producer that sends to the ledger."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.sent: list[str] = []

    async def send(self, record: Outgoing) -> Future[None]:
        assert record.key is not None
        assert record.value is not None
        write(self._settings, {record.key: record.value})
        self.sent.append(record.key.decode())
        outcome = asyncio.get_running_loop().create_future()
        outcome.set_result(None)
        return outcome


def write(settings: Settings, days: Mapping[bytes, bytes]) -> None:
    with sending(settings, "days") as sender:
        for key, value in days.items():
            sender.send(topic(settings, Topic.LEDGER), key, value)


@pytest.fixture
def owned(office: Settings) -> Ownership:
    """Give the partitions of an office with twenty days of calls; the days are in the ledger."""
    ownership = Ownership(Roster(Offices.alone(office)).catalogue, {})
    asyncio.run(ownership.assign(range(office.kafka.partitions), {}))
    with sending(office, "events") as sender:  # as many as are folded below
        for _ in range(40):
            sender.send(topic(office, Topic.CALL_ATTEMPTS), STANDARD, b"{}")
    (partition,) = (each for each in ownership.partitions.values() if STANDARD in each.lines)
    for day in range(20):
        calls = [
            Message(
                2 * day + number, STANDARD, told(at=DAY * (17_000 + day) + 36_000.0 + number, call=f"{day}.{number}")
            )
            for number in range(2)
        ]
        partition.calls.take(calls[:1])
        write(office, partition.changed().days)
        partition.calls.take(calls[1:])
        write(office, partition.changed().days)
    return ownership


def test_a_closed_day_that_a_late_writer_hid_is_written_again(office: Settings, owned: Ownership) -> None:
    name, ledger = topic(office, Topic.LEDGER), Ledger(office)
    before = {each.key: each.value for each in latest(office, name)}
    days = {key: read_day(value) for key, value in before.items() if key and value}
    closed = [key for key, day in days.items() if day.closed]
    (today,) = (key for key, day in days.items() if day.day == max(each.day for each in days.values()))
    assert len(closed) > 5

    asyncio.run(restore(office, owned, ledger.send))
    assert ledger.sent == []

    behind = {
        key: write_day(msgspec.structs.replace(days[key], closed=False, slots={}, offset=days[key].offset - 1))
        for key in (closed[0], closed[3], today)
    }
    foreign = msgspec.structs.replace(days[closed[0]], id="mende/standard", closed=False)
    write(office, behind | {b"mende/standard/2016-07-18": write_day(foreign)})
    asyncio.run(restore(office, owned, ledger.send))
    assert sorted(ledger.sent) == sorted(key.decode() for key in (closed[0], closed[3]))
    after = {each.key: each.value for each in latest(office, name)}
    assert {key: after[key] for key in closed} == {key: before[key] for key in closed}

    asyncio.run(restore(office, owned, ledger.send))
    assert len(ledger.sent) == 2


def test_a_record_that_no_worker_writes_hides_no_day_and_a_vintage_is_no_day(
    office: Settings, owned: Ownership, capsys: pytest.CaptureFixture[str]
) -> None:
    name, ledger = topic(office, Topic.LEDGER), Ledger(office)
    before = {each.key: each.value for each in latest(office, name)}
    key, *_ = sorted(key for key, value in before.items() if key and value and read_day(value).closed)
    forged = msgspec.structs.replace(read_day(before[key] or b""), slots={}, offset=2**60)
    write(office, {key: write_day(forged), f"lozere/vintages/2016/{64 * 'a'}".encode(): b"{}"})
    asyncio.run(restore(office, owned, ledger.send))
    assert ledger.sent == [key.decode()]
    assert {each.key: each.value for each in latest(office, name)}[key] == before[key]
    assert "cannot be decoded" not in capsys.readouterr().out
