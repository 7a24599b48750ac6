"""Polls in the public layouts become estimated events of tickets; unreadable ones are refused."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agents.sources.entry import Accepted, Entry, Refused
from agents.sources.tables.polls import MAX_QUEUES
from agents.sources.tables.table_file import POLLS
from config.mapping import available
from streams.events import TicketEvent
from streams.tickets.polls import PolledQueue
from tests.agents.sources.contexts import context

HEADER = "at,service,called,waiting,open_counters,counter\n"


def read(text: str, name: str, queues: dict[str, PolledQueue] | None = None) -> list[Entry]:
    by = context(source="hall", table=available({})[name], queues={} if queues is None else queues)
    return list(POLLS.read(text.encode().splitlines(keepends=True), by))


def told(text: str, name: str, zone: str = "Europe/Paris") -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = []
    for each in read(text, name):
        if isinstance(each, Refused):
            found.append((each.row, each.why.reason))
        elif isinstance(each.event, TicketEvent):
            assert isinstance(each.event.at, float)
            clock = datetime.fromtimestamp(each.event.at, ZoneInfo(zone)).strftime("%d %H:%M")
            found.append((each.event.service, each.event.ticket, each.event.type, clock))
    return found


def test_queues_are_bounded_and_those_known_go_on() -> None:
    queues: dict[str, PolledQueue] = {}
    told = [f"{1_700_000_000 + number},q{number},A1,1,1,\n" for number in range(MAX_QUEUES + 2)]
    text = HEADER + "".join(told) + "1700000060,q0,A2,1,1,\n"
    found = read(text, "polls", queues)
    assert len(queues) == MAX_QUEUES
    assert [each.why.reason for each in found if isinstance(each, Refused)] == ["unknown-service"] * 2
    assert found[-1].row == MAX_QUEUES + 4


def refused(text: str, name: str = "polls") -> Refused:
    (found,) = (each for each in read(text, name) if isinstance(each, Refused))
    return found


def warsaw(time: str, number: object, waiting: object, **changes: object) -> dict[str, Any]:
    group = {
        "status": "0",
        "czasObslugi": "3",
        "lp": "1",
        "idGrupy": "7",
        "liczbaCzynnychStan": 2,
        "nazwaGrupy": "URODZENIA",
        "literaGrupy": "U",
        "liczbaKlwKolejce": waiting,
        "aktualnyNumer": number,
    }
    return {"result": {"date": "2026-03-04", "grupy": [group | changes], "time": time}}


MORNING = [warsaw("09:00", 4, 0), warsaw("09:01", 4, 2), warsaw("09:03", 5, "1")]
MORNING_TOLD = [
    ("7", "U5", "issued", "04 09:01"),
    ("7", "U6", "issued", "04 09:01"),
    ("7", "U5", "called", "04 09:03"),
]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(map(json.dumps, MORNING)),
        json.dumps(MORNING),
        json.dumps(MORNING, indent=1),
        "date,time,literaGrupy,idGrupy,aktualnyNumer,liczbaKlwKolejce,liczbaCzynnychStan\n"
        "2026-03-04,09:00,U,7,4,0,2\n2026-03-04,09:01,U,7,4,2,2\n2026-03-04,09:03,U,7,5,1.0,2\n",
    ],
    ids=["lines", "array", "indented", "csv"],
)
def test_warsaws_answers_are_read_however_they_were_kept(text: str) -> None:
    assert told(text, "warsaw", "Europe/Warsaw") == MORNING_TOLD


def test_each_group_of_an_answer_is_a_queue_of_its_own() -> None:
    answers = [warsaw("09:00", 4, 0), warsaw("09:01", 4, 1)]
    for answer, number in zip(answers, (90, 91), strict=True):
        answer["result"]["grupy"] += warsaw("", number, 0, idGrupy="8", literaGrupy="Z")["result"]["grupy"]
    assert told(json.dumps(answers), "warsaw", "Europe/Warsaw") == [
        ("7", "U5", "issued", "04 09:01"),
        ("8", "Z91", "issued", "04 09:01"),
        ("8", "Z91", "called", "04 09:01"),
    ]


def test_an_answer_that_is_an_error_is_refused_by_its_place() -> None:
    text = json.dumps([MORNING[0], {"result": "false", "error": "Błędny klucz"}, MORNING[1]])
    found = refused(text, "warsaw")
    assert (found.row, found.why.reason) == (2, "malformed")
    assert found.why.detail == "no JSON object; expected one with rows at result.grupy"
    assert "klucz" in found.original.decode()
    assert len(read(text, "warsaw")) == 3


def test_a_display_of_zero_is_blank() -> None:
    queues: dict[str, PolledQueue] = {}
    read("\n".join(json.dumps(warsaw(f"09:0{minute}", 0, 3)) for minute in range(3)), "warsaw", queues)
    assert (queues["7"].polls, queues["7"].blank) == (3, 3)


NGSI = {
    "id": "urn:ngsi-ld:QueueMonitor:1",
    "type": "QueueMonitor",
    "dateModified": "2026-03-04T08:00:00Z",
    "serviceId": "padron",
    "serviceStatus": "Open",
    "ticketServedLabel": "C-45",
    "ticketsToServe": 0,
}
NGSI_LATER = NGSI | {"dateModified": "2026-03-04T08:01:30Z", "ticketServedLabel": "C-46"}
NGSI_TOLD = [("padron", "C-46", "issued", "04 09:01"), ("padron", "C-46", "called", "04 09:01")]


def whole(entity: dict[str, Any], *, linked: bool) -> dict[str, Any]:
    moment = {"@type": "DateTime", "@value": entity["dateModified"]} if linked else entity["dateModified"]
    return {
        name: value if name in {"id", "type"} else {"type": "Property", "value": value}
        for name, value in {**entity, "dateModified": moment}.items()
    }


def test_ngsi_is_read_in_key_values_and_whole() -> None:
    assert told(f"{json.dumps(NGSI)}\n{json.dumps(NGSI_LATER)}\n", "ngsi") == NGSI_TOLD
    for linked in (False, True):
        assert told(json.dumps([whole(each, linked=linked) for each in (NGSI, NGSI_LATER)]), "ngsi") == NGSI_TOLD


def test_ngsi_of_a_closed_service_says_nothing() -> None:
    assert told(json.dumps([NGSI, NGSI_LATER | {"serviceStatus": "Closed"}]), "ngsi") == []


def test_an_estimate_says_so_in_its_source() -> None:
    rows = HEADER + "1700000000,permis,A7,0,1,\n1700000060,permis,A8,0,2,3\n"
    found = [each.event for each in read(rows, "polls") if isinstance(each, Accepted)]
    assert [(event.type, event.source, event.site) for event in found] == [
        ("issued", "hall~estimated", "lozere"),
        ("called", "hall~estimated", "lozere"),
    ]
    assert [event.counter for event in found if isinstance(event, TicketEvent)] == [None, "3"]
    assert len({event.id for event in found}) == 2
    assert [event.id for event in found] == [
        each.event.id for each in read(rows, "polls") if isinstance(each, Accepted)
    ]


@pytest.mark.parametrize(
    ("row", "reason", "says"),
    [
        ("1700000060,permis,A,0,,", "no-number", "'A' in column called; expected a ticket that ends in its number"),
        ("1700000060,permis,A8,,,", "no-count", "no value in column waiting; expected the number of people waiting"),
        ("1700000060,permis,A8,some,,", "no-count", "'some' in column waiting; expected a whole number"),
        ("1700000060,permis,A8,-1,,", "no-count", "'-1' in column waiting; expected a whole number"),
        ("1700000060,permis,A8,0,two,", "no-count", "'two' in column open_counters; expected a whole number"),
        (",permis,A8,0,,", "no-time", "no moment for polled; expected one in every row"),
        ("soon,permis,A8,0,,", "no-time", "expected epoch seconds or ISO 8601"),
        ("1700000060,,A8,0,,", "unknown-service", "no value in service; expected a service"),
        ("1700000060,permis,A6,0,,", "display-back", "number 6 after 7"),
        ("1700000060,permis,A8", "malformed", "3 fields; expected 6"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_with_its_number(row: str, reason: str, says: str) -> None:
    found = refused(f"{HEADER}1700000000,permis,A7,0,1,\n{row}\n")
    assert (found.row, found.why.reason) == (3, reason)
    assert says in found.why.detail
