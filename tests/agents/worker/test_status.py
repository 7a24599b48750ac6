"""Live statuses: changes only, one record in flight per line, a heartbeat, and no delay of the fold."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable
from itertools import chain
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from aiokafka.errors import KafkaError
from faust.exceptions import ProducerSendError

from agents.worker import status
from agents.worker.outgoing import Outgoing
from agents.worker.status import ALIVE_SECONDS, IDLE_SECONDS, PUBLISH_SECONDS, Statuses, StatusRecord
from config.offices import Offices
from config.settings import Service
from streams.desks.line import Line
from streams.kept.times import QUARTER_MS
from streams.status import Status, line_status
from tests.agents.scraping import FEEDS, NOW, OFFICE, Worker, calls

EVERYONE = [b"lozere/cards", b"lozere/circulation", b"lozere/standard"]


@pytest.fixture(autouse=True)
def time_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lift the time budget, as the machine may be busy."""
    monkeypatch.setattr(status, "BUDGET_SECONDS", math.inf)


class Office:
    """The statuses of a worker's lines and services, at a time that a test sets."""

    def __init__(self) -> None:
        self.worker = Worker()
        self.now = round(1000 * NOW)
        self.statuses = Statuses(self.worker.roster, self.worker.ownership, lambda: self.now, Wire(0).send)

    def changed(self, tick: float) -> list[bytes]:
        return keys(self.statuses.changed(tick))


def keys(records: Iterable[StatusRecord]) -> list[bytes]:
    return sorted(record.key for record in records)


def test_all_is_told_at_first_then_what_has_changed_alone() -> None:
    office = Office()
    assert office.changed(0) == EVERYONE
    assert office.changed(1) == []
    office.worker.take(*calls(2))
    (record,) = office.statuses.changed(2)
    told = msgspec.json.decode(record.value, type=Status)
    assert (record.key, told.id) == (b"lozere/standard", "lozere/standard")
    assert msgspec.to_builtins(told)["lost"] == 2
    assert office.changed(3) == []


def test_what_time_alone_changes_is_looked_at_now_and_then() -> None:
    office = Office()
    office.worker.take(*calls(2))
    assert office.changed(0) == EVERYONE
    office.now += 400_000  # both have left the window of five minutes
    assert office.changed(IDLE_SECONDS - 1) == []
    assert office.changed(IDLE_SECONDS) == [b"lozere/standard"]
    assert office.changed(2 * IDLE_SECONDS) == []


def test_a_quiet_line_shows_its_new_label_soon() -> None:
    office = Office()
    assert office.changed(0) == EVERYONE
    line = OFFICE.lines["standard"].model_copy(update={"label": "Accueil"})
    renamed = OFFICE.model_copy(update={"lines": {**OFFICE.lines, "standard": line}})
    assert office.worker.roster._follow(Offices.alone(renamed))
    (record,) = office.statuses.changed(IDLE_SECONDS)
    assert msgspec.json.decode(record.value, type=Status).label == "Accueil"


def test_a_quiet_line_gives_a_sign_of_life_where_time_goes_on() -> None:
    office = Office()
    assert office.changed(0) == EVERYONE
    assert office.changed(ALIVE_SECONDS) == [], "in a replay that stands still there is nothing to tell"
    office.now += 1
    assert office.changed(ALIVE_SECONDS + IDLE_SECONDS) == EVERYONE
    assert office.changed(ALIVE_SECONDS + 2 * IDLE_SECONDS) == []


def test_the_figures_of_a_quiet_line_are_computed_anew_only_where_time_changes_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office, computed = Office(), list[str]()

    def counted(line: Line, *given: Any) -> Status:
        computed.append(line.name)
        return line_status(line, *given)

    monkeypatch.setattr(status, "line_status", counted)
    assert office.changed(0) == EVERYONE
    office.worker.take(*calls(2))
    office.now += 1000
    assert office.changed(2 * IDLE_SECONDS) == [b"lozere/standard"]
    assert computed.count("circulation") == 1
    office.now += 1000
    assert b"lozere/circulation" in office.changed(ALIVE_SECONDS), "a sign of life, by the figures that are known"
    assert computed.count("circulation") == 1
    office.now += QUARTER_MS  # another rate is expected from then on
    office.changed(ALIVE_SECONDS + IDLE_SECONDS)
    assert computed.count("circulation") == 2


def test_of_a_line_one_record_at_most_is_under_way() -> None:
    office = Office()

    async def tell() -> list[list[bytes]]:
        under_way = asyncio.get_running_loop().create_future()
        for record in office.statuses.changed(0):
            record.last.outcome = under_way
        office.worker.take(*calls(2))
        told = [office.changed(1)]
        under_way.set_result(None)
        return [*told, office.changed(2)]

    assert asyncio.run(tell()) == [[], [b"lozere/standard"]]


def test_what_is_owned_no_more_is_told_of_anew_when_it_comes_back() -> None:
    office = Office()
    assert office.changed(0) == EVERYONE
    office.worker.ownership.revoke()
    assert office.changed(1) == []
    asyncio.run(office.worker.ownership.assign([0, 1], FEEDS))
    assert office.changed(2) == [], "its last events may still have to be folded again"
    office.worker.assign([0, 1])
    assert office.changed(3) == EVERYONE


def test_more_than_there_is_time_for_is_told_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "BUDGET_SECONDS", 0.0)
    office = Office()
    told = [office.changed(tick) for tick in range(4)]
    assert [len(each) for each in told] == [1, 1, 1, 0]
    assert sorted(chain(*told)) == EVERYONE
    office.now += 1
    assert [len(office.changed(100 + tick)) for tick in range(4)] == [1, 1, 1, 0]


def test_a_line_and_a_service_of_one_name_have_a_key_each() -> None:
    settings = OFFICE.model_copy(update={"services": {"standard": Service(), "cards": Service()}})
    worker = Worker(settings)
    statuses = Statuses(worker.roster, worker.ownership, lambda: round(1000 * NOW), Wire(0).send)
    assert keys(statuses.changed(0)) == [*EVERYONE, b"lozere/standard/service"]


class Wire:
    """A fake producer whose broker accepts some records, at once or later, and refuses the rest."""

    def __init__(self, takes: int, *, later: bool = False) -> None:
        self.takes = takes
        self.later = later
        self.sent: list[bytes] = []

    async def send(self, record: Outgoing) -> asyncio.Future[None]:
        outcome = asyncio.get_running_loop().create_future()
        if len(self.sent) < self.takes:
            assert record.key is not None
            self.sent.append(record.key)
            outcome.set_result(None)
        elif self.later:
            outcome.set_exception(KafkaError("no broker"))
        else:
            raise ProducerSendError("no broker")
        return outcome


@pytest.mark.parametrize("later", [False, True])
def test_what_the_broker_refuses_harms_nobody_and_is_told_anew(monkeypatch: pytest.MonkeyPatch, *, later: bool) -> None:
    office, wire, now = Office(), Wire(takes=1, later=later), 0.0
    monkeypatch.setattr(status, "time", SimpleNamespace(monotonic=lambda: now))
    statuses = Statuses(office.worker.roster, office.worker.ownership, lambda: office.now, wire.send)

    async def tell() -> None:
        nonlocal now
        await statuses.publish()
        assert len(wire.sent) == 1
        wire.takes, now = 3, PUBLISH_SECONDS
        await statuses.publish()

    asyncio.run(tell())
    assert sorted(wire.sent) == EVERYONE
