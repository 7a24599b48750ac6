"""A row of a counter system becomes the events of a ticket, in each system's format."""

from __future__ import annotations

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from agents.sources.entry import Accepted, Entry, Refused
from agents.sources.tables.json_values import UNENDED
from agents.sources.tables.table_file import REQUESTS
from config.mapping import Table, available
from config.refusal import ConfigError
from streams.events import RequestEvent, TicketEvent
from tests.agents.sources.contexts import context
from tests.agents.sources.tables.mapped import TICKETS, T, at, read, steps

HEADER = "request,channel,received,answered,delivered,withdrawn,author\n"
REGISTER = Table.model_validate_json(
    json.dumps(
        {
            "of": "requests",
            "id": ["année", "numéro"],
            "queue": {"column": "nature", "values": {"Courriel": "email"}},
            "moments": {
                "received": {"column": "reçu le", "format": "%d/%m/%Y"},
                "answered": {"column": "clos le", "format": "%d/%m/%Y", "unknown": "en cours"},
            },
            "outcome": {
                "column": "suite",
                "values": {"répondu": "answered", "abandon": "withdrawn", "doublon": "ignore", "": "open"},
            },
        }
    )
)


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


@pytest.mark.parametrize(
    "booked",
    ["09:30", "9h30", "2026-03-04 09:30", "2026-03-04T09:30:00+01:00", "04/03/2026 09:30", "4 mars 2026 à 9h30"],
)
def test_no_visit_is_lost_if_the_column_has_the_time_of_the_appointment(booked: str) -> None:
    cells = [booked, "", "non"] * 20
    rows = [f"A{number},s,{T},{T + 60},{cell}\n" for number, cell in enumerate(cells)]
    found = read("".join(["ticket,service,issued,called,appointment\n", *rows]), "tickets")
    issued = [each.event for each in found if isinstance(each, Accepted)]
    said = [each.appointment for each in issued if isinstance(each, TicketEvent) and each.type == "issued"]
    assert said == [True, None, False] * 20


def test_an_appointment_is_read_in_the_forms_of_the_other_columns() -> None:
    document = {
        "of": "tickets",
        "id": "ticket",
        "queue": {"fixed": "s"},
        "moments": {"issued": {"date": "day", "time": "hour", "format": "%d.%m.%y %H%M"}},
        "appointment": "booked",
    }
    table = Table.model_validate_json(json.dumps(document))

    def said(booked: str) -> list[bool | str | None]:
        return [
            each.event.appointment  # type: ignore[union-attr]
            if isinstance(each, Accepted)
            else each.why.reason
            for each in read(f"ticket,day,hour,booked\n1,04.03.26,0930,{booked}\n", table)
        ]

    assert [said(each) for each in ("0915", "915", "04.03.26", "04.03.26 0915")] == [[True]] * 4
    assert [said(each) for each in ("00:00:00", "0000-00-00 00:00:00", "0", "")] == [[False], [False], [False], [None]]
    assert [said(each) for each in ("25:00", "2", "0612345678")] == [["no-yes-no"]] * 3


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


def requested(text: str, table: Table | None = None) -> list[Entry]:
    by = context(source="register", table=table or available({})["requests"])
    return list(REQUESTS.read(text.encode().splitlines(keepends=True), by))


def told(text: str, table: Table | None = None) -> list[tuple[str, str, str, str]]:
    found: list[tuple[str, str, str, str]] = []
    for each in requested(text, table):
        assert isinstance(each, Accepted), each
        assert isinstance(each.event, RequestEvent)
        at = datetime.fromtimestamp(float(each.event.at), ZoneInfo("Europe/Paris"))  # type: ignore[arg-type]
        found.append((each.event.channel, each.event.request, each.event.type, f"{at:%Y-%m-%d %H:%M}"))
    return found


def test_rows_are_events_in_the_order_of_their_moments() -> None:
    rows = "1,email,2013-03-04 09:10,2013-03-06,,,Durand\n2,im341,2013-03-05,,2013-03-05,,Durand\n"
    rows += "3,email,2013-03-01,,,2013-03-07,\n"
    assert told(HEADER + rows) == [
        ("email", "3", "received", "2013-03-01 00:00"),
        ("email", "1", "received", "2013-03-04 09:10"),
        ("im341", "2", "received", "2013-03-05 00:00"),
        ("im341", "2", "delivered", "2013-03-05 00:00"),
        ("email", "1", "answered", "2013-03-06 00:00"),
        ("email", "3", "withdrawn", "2013-03-07 00:00"),
    ]


def test_an_event_says_where_it_is_from_and_has_an_id_of_its_own() -> None:
    first, second = requested(HEADER + "1,email,1362382200,1362382200,,,\n")
    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)
    assert (first.event.site, first.event.source) == ("lozere", "register")
    assert first.event.id == "register:email:1:received:1362382200.0"
    assert second.event.id != first.event.id


def test_an_answer_on_the_day_of_receipt_or_without_a_receipt_is_taken_as_told() -> None:
    rows = "1,email,2013-03-04 15:00,2013-03-04,,,\n2,email,,2013-03-04,,,\n"
    assert [(name, kind) for _, name, kind, _ in told(HEADER + rows)] == [
        ("1", "answered"),
        ("2", "answered"),
        ("1", "received"),
    ]


def test_a_register_of_ones_own_says_what_its_words_mean() -> None:
    rows = """numéro;année;nature;reçu le;clos le;suite;demandeur
7;2013;Courriel;04/03/2013;06/03/2013;répondu;Durand
8;2013;Courriel;04/03/2013;07/03/2013;abandon;Durand
9;2013;letter;05/03/2013;en cours;;Durand
9;2013;letter;05/03/2013;06/03/2013;doublon;Durand
10;2013;letter;08/03/2013;;abandon;Durand
"""
    assert told(rows, REGISTER) == [
        ("email", "2013-7", "received", "2013-03-04 00:00"),
        ("email", "2013-8", "received", "2013-03-04 00:00"),
        ("letter", "2013-9", "received", "2013-03-05 00:00"),
        ("email", "2013-7", "answered", "2013-03-06 00:00"),
        ("email", "2013-8", "withdrawn", "2013-03-07 00:00"),
        ("letter", "2013-10", "received", "2013-03-08 00:00"),
        ("letter", "2013-10", "withdrawn", "2013-03-08 00:00"),
    ]


@pytest.mark.parametrize(
    ("row", "reason", "says"),
    [
        (",email,2013-03-04,,,,x", "no-id", "no value in request"),
        ("1,,2013-03-04,,,,x", "unknown-channel", "no value in channel; expected a channel"),
        ("1,email,,,,,x", "no-time", "no moment; expected one of received, answered, delivered, withdrawn"),
        ("1,email,4 mars,,,,x", "no-time", "received is not a moment from 1990 to 2100"),
        ("1,email,2013-03-04", "malformed", "3 fields; expected 7"),
    ],
)
def test_what_is_no_request_is_refused_without_its_author(row: str, reason: str, says: str) -> None:
    refused, good = requested(HEADER + row.replace("x", "Durand") + "\n2,email,2013-03-04,,,,Durand\n")
    assert isinstance(refused, Refused)
    assert isinstance(good, Accepted)
    assert (refused.row, refused.why.reason) == (2, reason)
    assert says in refused.why.detail
    assert b"Durand" not in refused.original + good.record


def test_an_answer_at_no_moment_is_refused() -> None:
    (refused,) = requested("numéro;année;nature;reçu le;clos le;suite\n7;2013;email;04/03/2013;;répondu\n", REGISTER)
    assert isinstance(refused, Refused)
    assert refused.why.detail == "answered without a moment; expected one for answered or delivered"


def test_json_lines_are_read_likewise() -> None:
    assert told('{"request": 7, "channel": "email", "received": "2013-03-04T09:00:00+01:00"}\n') == [
        ("email", "7", "received", "2013-03-04 09:00")
    ]


def test_a_file_without_its_receipts_is_refused() -> None:
    with pytest.raises(ConfigError, match="expected each of received once"):
        requested("request,channel,answered\n1,email,2013-03-04\n")


def test_a_reason_is_read_and_a_number_in_it_never_leaves_the_file() -> None:
    header = "request,channel,received,reason\n"
    rows = header + "1,email,2013-03-04,délai\n2,email,2013-03-05,voir 0611223344\n3,email,2013-03-06,\n"
    reasons = [
        each.event.reason
        for each in requested(rows)
        if isinstance(each, Accepted) and isinstance(each.event, RequestEvent)
    ]
    assert reasons[::2] == ["délai", None]
    assert reasons[1] is not None
    assert reasons[1].startswith("voir hmac:")
