"""A row of a counter system becomes the events of a ticket, in each system's format."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from agents.sources.entry import Accepted, Refused
from agents.sources.tables.json_values import UNENDED
from config.mapping import Table
from streams.events import TicketEvent
from tests.agents.sources.tables.mapped import TICKETS, T, at, read, steps


def test_a_ticket_goes_through_its_steps() -> None:
    row = f"A1,cartes-grises,{T},{T + 60},{T + 70},{T + 170},served,3\n"
    assert steps(TICKETS + row, "tickets") == [
        ("issued", T),
        ("called", T + 60),
        ("served", T + 70),
        ("completed", T + 170),
    ]
    *_, last = read(TICKETS + row, "tickets")
    assert isinstance(last, Accepted)
    assert isinstance(last.event, TicketEvent)
    assert (last.event.service, last.event.ticket, last.event.counter) == ("cartes-grises", "A1", "3")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (f"A1,s,{T},{T + 60},,,no_show,", [("issued", T), ("called", T + 60), ("no_show", T + 60)]),
        (f"A1,s,{T},,,,cancelled,", [("issued", T), ("cancelled", T)]),
        (f"A1,s,{T},,,{T + 9},,", [("issued", T), ("completed", T + 9)]),
        (f"A1,s,{T},,,,,", [("issued", T)]),
        (f"A1,,{T},,,,,", []),
        (f"A1,s,{T},,,,lost,", []),
    ],
)
def test_a_ticket_that_is_not_served(row: str, expected: list[tuple[str, float]]) -> None:
    assert steps(f"{TICKETS}{row}\n", "tickets") == expected


def test_a_visit_without_a_ticket_is_served_alone() -> None:
    said = {"of": "tickets", "id": "visit", "queue": {"fixed": "s"}, "moments": {"served": "seen", "completed": "left"}}
    table = Table.model_validate_json(json.dumps(said))
    rows = f"visit,seen,left\n1,{T},{T + 60}\n2,{T},\n3,,{T}\n"
    assert steps(rows, table) == [("served", T), ("completed", T + 60), ("served", T)]
    (refused,) = (each for each in read(rows, table) if isinstance(each, Refused))
    assert refused.why.reason == "no-time"
    with pytest.raises(ValidationError, match="a value"):
        Table.model_validate_json(json.dumps(said | {"moments": {"called": "seen", "served": "left"}}))


def test_tickets_as_json_lines_with_what_the_office_has() -> None:
    assert steps(f'{{"ticket": 7, "service": "s", "issued": {T}}}\n', "tickets") == [("issued", T)]


def test_the_archive_of_munich_holds_minutes() -> None:
    head = "BuergerarchivID;StandortID;Datum;nicht_erschienen;Timestamp;wartezeit;bearbeitungszeit;wegezeit;name\n"
    start = at("2026-03-04 08:30:00")
    rows = "1;141;2026-03-04;0;08:30:00;12.5;4;1;X\n"
    assert steps(head + rows, "zms") == [
        ("issued", start),
        ("called", start + 750),
        ("served", start + 810),
        ("completed", start + 1050),
    ]
    missed = "2;141;2026-03-04;1;08:30:00;12;0;NULL;X\n"
    assert steps(head + missed, "zms") == [("issued", start), ("called", start + 720), ("no_show", start + 720)]


def test_a_ticket_may_say_whether_its_visitor_had_an_appointment() -> None:
    head = "ticket,service,issued,called,appointment\n"

    def said(value: str) -> list[bool | None]:
        found = [each for each in read(f"{head}A1,s,{T},{T + 60},{value}\n", "tickets") if isinstance(each, Accepted)]
        return [each.event.appointment for each in found if isinstance(each.event, TicketEvent)]

    assert [said(value) for value in ("1", "Oui", "0", "")] == [[True] * 2, [True] * 2, [False] * 2, [None] * 2]
    (refused,) = read(f"{head}A1,s,{T},{T + 60},perhaps\n", "tickets")
    assert isinstance(refused, Refused)
    assert refused.why.reason == "no-yes-no"


def test_zms_under_its_english_names_tells_the_same() -> None:
    head = (
        "BuergerarchivID;StandortID;Datum;mitTermin;nicht_erschienen;Timestamp;waiting_time;processing_time;way_time\n"
    )
    start = at("2026-05-04 08:30:00")
    assert steps(head + "1;141;2026-05-04;0;0;08:30:00;12.5;4;1.5\n", "zms-2026") == [
        ("issued", start),
        ("called", start + 750),
        ("served", start + 840),
        ("completed", start + 1080),
    ]


def test_the_visits_of_today_in_zms_are_told_as_far_as_they_went() -> None:
    head = "BuergerID;StandortID;Datum;Uhrzeit;wsm_aufnahmezeit;aufrufzeit;showUpTime;finishTime;status\n"
    day, none = "2026-05-04", "00:00:00"
    start = at(f"{day} 08:30:00")
    issued, called = ("issued", start), ("called", start + 600)
    served, completed = ("served", start + 660), ("completed", start + 900)

    def visit(*times: str) -> list[tuple[str, float]]:
        return steps(head + ";".join(["1", "141", day, none, "08:30:00", *times]) + "\n", "zms-buerger")

    assert visit(none, "NULL", "NULL", "queued") == [issued]
    assert visit("08:40:00", "NULL", "NULL", "called") == [issued, called]
    assert visit("08:40:00", "08:41:00", "08:45:00", "finished") == [issued, called, served, completed]
    assert visit("08:40:00", "NULL", "NULL", "missed") == [issued, called, ("no_show", start + 600)]
    assert visit(none, "NULL", "NULL", "confirmed") == []
    (unknown,) = read(head + f"2;141;{day};09:00:00;{none};09:01:00;NULL;NULL;called\n", "zms-buerger")
    assert isinstance(unknown, Refused)
    assert unknown.why.detail == "no moment for issued; expected one in every row"


def test_each_stay_in_a_queue_of_qmatic_is_a_ticket() -> None:
    head = "id,visit_key,service_key,service_point_key,outcome_key,create_timestamp,call_timestamp,transaction_time\n"
    start = at("2026-05-04 08:30:00")
    came = "11,5,3,2,{},2026-05-04 08:30:00.000,2026-05-04 08:36:00.000,240\n"
    waited = [("issued", start), ("called", start + 360), ("served", start + 360)]
    assert steps(head + came.format(1), "qmatic") == [*waited, ("completed", start + 600)]
    assert steps(head + came.format(5), "qmatic") == [*waited, ("transferred", start + 600)]
    assert steps(head + came.format(2), "qmatic") == [*waited[:2], ("no_show", start + 360)]
    removed = "12,5,3,,9,2026-05-04 08:30:00.000,NULL,0\n"
    assert steps(head + removed, "qmatic") == [("issued", start), ("cancelled", start)]
    (odd,) = read(head + came.format(77), "qmatic")
    assert isinstance(odd, Refused)
    assert odd.why.reason == "unknown-outcome"


def test_an_array_of_rows_is_read_as_json_lines_are() -> None:
    rows = [{"ticket": name, "service": "permis", "issued": T} for name in ("A1", "A2")]
    for text in (json.dumps(rows), json.dumps(rows, indent=2), "\n".join(map(json.dumps, rows))):
        assert [each.row for each in read(text, "tickets")] == [1, 2]
    torn = json.dumps(rows, indent=2)[:-1]
    found = read(torn, "tickets")
    assert [each.why.detail for each in found if isinstance(each, Refused)] == [UNENDED]
    assert len(found) == 3  # the columns before the damage count
