"""A table's rows become the events that they mean; what cannot be read is refused, and the rest goes on."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agents.sources import columns_rows, columns_table
from agents.sources.columns import IGNORED, Columns
from agents.sources.columns_calls import CallRows
from agents.sources.columns_csv import MAX_COLUMNS
from agents.sources.columns_tickets import TicketRows
from agents.sources.entry import Accepted, Entry, Refused
from agents.sources.files import table
from agents.sources.json_values import UNENDED
from agents.sources.lines import MAX_LINE, TOO_LONG
from config.mapping import Table, available
from config.refusal import ConfigError
from streams.events import CallEvent, TicketEvent, milliseconds
from tests.agents.sources.pseudonyms import PSEUDONYM

PARIS = ZoneInfo("Europe/Paris")
LINES = {"standard": "standard", "600": "circulation", "bank": "bank"}
T = 1_700_000_000

CALLS: dict[str, Any] = {
    "of": "calls",
    "id": "call",
    "queue": "queue",
    "moments": {"offered": "entered", "answered": "answered", "ended": "ended"},
    "caller": {"column": "caller", "unknown": "0"},
    "agent": "agent",
}
OPTIONAL = ("answered", "ended", "caller", "agent")
TICKETS = "ticket,service,issued,called,served,completed,outcome,counter\n"
TECHNION = (
    "vru+line\tcall_id\tcustomer_id\tpriority\ttype\tdate\tvru_entry\tvru_exit\tvru_time\tq_start\tq_exit\tq_time\t"
    "outcome\tser_start\tser_exit\tser_time\tserver\r\n"
)


def mapping(**changes: Any) -> Table:
    said = {**CALLS, **changes}
    named = Table.model_validate_json(json.dumps(said)).used()
    return Table.model_validate_json(json.dumps({**said, "optional": [name for name in OPTIONAL if name in named]}))


def read(text: str | bytes, by: Table | str) -> list[Entry]:
    by = available({})[by] if isinstance(by, str) else by
    columns = Columns(by, "test", "lozere", "Europe/Paris", PSEUDONYM, LINES.get, Counter())
    raw = text.encode() if isinstance(text, str) else text
    rows = CallRows(columns) if by.of == "calls" else TicketRows(columns)
    told = table(raw.splitlines(keepends=True), rows, PSEUDONYM, "file")
    return sorted(told, key=lambda each: each.row)  # the order of the rows is what these tests speak of


def calls(text: str | bytes, by: Table | str) -> list[CallEvent]:
    return [each.event for each in read(text, by) if isinstance(each, Accepted) and isinstance(each.event, CallEvent)]


def told(text: str | bytes, by: Table | str) -> list[tuple[Any, ...]]:
    return [
        (each.event.call, each.event.type, each.event.at, each.event.wait, each.event.talk, each.event.reason)
        if isinstance(each, Accepted) and isinstance(each.event, CallEvent)
        else (each.row, each.why.reason if isinstance(each, Refused) else None)
        for each in read(text, by)
    ]


def steps(text: str, by: Table | str) -> list[tuple[str, float]]:
    events = [each.event for each in read(text, by) if isinstance(each, Accepted)]
    return [(event.type, float(event.at)) for event in events if isinstance(event, TicketEvent)]  # type: ignore[arg-type]


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()


def test_moments_tell_an_answered_a_lost_and_an_open_call() -> None:
    rows = f"call,queue,entered,answered,ended\n1,standard,{T},{T + 5},{T + 65}\n2,600,{T},,{T + 9}\n3,standard,{T},,\n"
    assert told(rows, mapping()) == [
        ("1", "offered", T, None, None, None),
        ("1", "answered", T + 5, 5, None, None),
        ("1", "ended", T + 65, 5, 60, None),
        ("2", "offered", T, None, None, None),
        ("2", "lost", T + 9, 9, None, "unknown"),
        ("3", "offered", T, None, None, None),
    ]
    assert calls(rows, mapping())[4].line == "circulation"


def test_an_event_is_the_same_each_time_that_the_file_is_read() -> None:
    rows = f"call,queue,entered,answered,ended\n1,standard,{T},{T + 5},{T + 65}\n"
    first, again = calls(rows, mapping()), calls(rows, mapping())
    assert first == again
    assert first[0].id == f"test:standard:1:offered:{T}.0"
    assert len({event.id for event in first}) == 3


def test_durations_and_a_table_of_outcomes() -> None:
    outcome = {
        "column": "how",
        "values": {"A": "answered", "T": "lost/timeout", "V": "diverted/voicemail", "P": "ignore"},
    }
    by = mapping(
        moments={"offered": "entered"}, wait="hold", talk={"column": "talk", "unit": "minutes"}, outcome=outcome
    )
    rows = (
        "call;queue;entered;hold;talk;how\n"
        f"1;standard;{T};5;2;A\n2;standard;{T};0:01:10;0;T\n3;standard;{T};3;;V\n4;standard;{T};3;1;P\n5;standard;{T};;;X\n"
    )
    assert told(rows, by) == [
        ("1", "offered", T, None, None, None),
        ("1", "answered", T + 5, 5, None, None),
        ("1", "ended", T + 125, 5, 120, None),
        ("2", "offered", T, None, None, None),
        ("2", "lost", T + 70, 70, None, "timeout"),
        ("3", "offered", T, None, None, None),
        ("3", "diverted", T + 3, 3, None, "voicemail"),
        (6, "unknown-outcome"),
    ]


def test_a_wait_that_no_column_tells_is_unknown_and_not_0() -> None:
    by = mapping(
        moments={"offered": "entered", "ended": "ended"}, outcome={"column": "how", "values": {"A": "answered"}}
    )
    rows = f"call,queue,entered,ended,how,caller\n1,standard,{T},{T + 65},A,0612345678\n"
    (answered,) = calls(rows, by)
    assert (answered.type, answered.at, answered.wait) == ("answered", T, None)
    assert answered.caller == PSEUDONYM.of("0612345678")  # the first event has it, an offer or not


def test_the_answer_is_found_from_the_end() -> None:
    by = mapping(talk="talk", outcome={"column": "how", "values": {"A": "answered"}})
    rows = f"call,queue,entered,ended,talk,how\n1,standard,{T},{T + 65},60,A\n"
    assert told(rows, by)[1:] == [("1", "answered", T + 5, 5, None, None), ("1", "ended", T + 65, 5, 60, None)]


@pytest.mark.parametrize(
    ("moment", "written", "expected"),
    [
        ("m", "2026-03-04T08:30:00+00:00", at("2026-03-04 09:30")),
        ("m", "2026-03-04 08:30:00", at("2026-03-04 08:30")),
        ("m", "1700000000.5", 1_700_000_000.5),
        ({"column": "m", "format": "%d/%m/%Y %H:%M"}, "04/03/2026 08:30", at("2026-03-04 08:30")),
    ],
)
def test_a_moment_is_read_as_it_is_written(moment: Any, written: str, expected: float) -> None:
    assert calls(f"call,queue,m\n1,standard,{written}\n", mapping(moments={"offered": moment}))[0].at == expected


def test_a_time_after_midnight_is_the_next_days() -> None:
    moments = {"offered": {"date": "day", "time": "in"}, "ended": {"date": "day", "time": "out", "unknown": "0:00:00"}}
    rows = "call,queue,day,in,out\n1,standard,2026-03-04,23:59:50,00:00:20\n2,standard,2026-03-04,23:59:50,0:00:00\n"
    assert [event.wait for event in calls(rows, mapping(moments=moments))] == [None, 30, None]


def test_an_hour_that_comes_twice_goes_on() -> None:
    rows = "call,queue,entered,answered\n1,standard,2026-10-25 02:59:50,2026-10-25 02:00:10\n"
    assert calls(rows, mapping())[1].wait == 20


def test_a_caller_leaves_only_a_pseudonym() -> None:
    rows = f"call,queue,entered,caller,agent\n1,standard,{T},06 12 34 56 78,Ann 0612345678\n2,standard,{T},0,\n"
    known, unknown = (event for event in calls(rows, mapping()) if event.type == "offered")
    assert (known.caller, unknown.caller) == (PSEUDONYM.of("0612345678"), None)
    assert all(b"12345678" not in each.record for each in read(rows, mapping()) if isinstance(each, Accepted))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,standard,yesterday,,,", "no-time"),
        ("1,standard,,,,", "no-time"),
        (f"1,standard,{T}000,,,", "no-time"),
        (f"1,standard,{T},{T - 300},,", "out-of-order"),
        (f"1,nowhere,{T},,,", "unknown-line"),
        (f",standard,{T},,,", "no-id"),
        (f"1,standard,{T}", "malformed"),
        (f"1,standard,{T},,,,more", "malformed"),
    ],
)
def test_a_wrong_row_is_refused_and_the_rest_goes_on(row: str, reason: str) -> None:
    head = "call,queue,entered,answered,ended,caller\n"
    refused, offered = read(f"{head}{row}\n2,standard,{T},,,\n", mapping())
    assert isinstance(refused, Refused)
    assert (refused.row, refused.why.reason) == (2, reason)
    assert "expected" in refused.why.detail or reason == "unknown-line"
    assert isinstance(offered, Accepted)


def test_what_is_refused_holds_no_number() -> None:
    head = "call,queue,entered,answered,ended,caller,note\n"
    rows = f"{head}1,nowhere,{T},,,4711,secret name\n2,standard,{T},,,0612345678\n"
    for each in read(rows, mapping()):
        assert isinstance(each, Refused)
        assert not any(word in each.original for word in (b"4711", b"0612345678", b"secret"))


def test_a_file_without_a_column_is_refused_at_once() -> None:
    with pytest.raises(ConfigError, match="found the columns call, line, expected each of entered, queue once"):
        read("call,line\n", mapping())


def test_csv_as_programs_write_it() -> None:
    head = "call;queue;entered;note\r\n"
    rows = f'1;"standard";{T};"two\r\nlines; one ""note"""\r\n\r\n{head}2;standard;{T};a 6" pipe\r\n'
    rows += f"3;standard;{T};NULL\r\n"
    assert [(each.row, isinstance(each, Accepted)) for each in read(head + rows, mapping())] == [
        (2, True),
        (6, True),
        (7, True),
    ]


def test_bytes_that_are_no_text_spoil_their_row_alone() -> None:
    rows = f"call\tqueue\tentered\n1\tstandard\t{T}\n".encode() + b"\xff\tstandard\t1\n" + f"2\t600\t{T}\n".encode()
    assert [isinstance(each, Accepted) for each in read(rows, mapping())] == [True, False, True]


def test_json_lines() -> None:
    rows = f'{{"call": 1, "queue": "standard", "entered": {T}.5, "ended": null}}\n\n{{"call": 2, "queue\n[1]\n'
    assert told(rows, mapping()) == [("1", "offered", T + 0.5, None, None, None), (3, "malformed"), (4, "malformed")]


def test_a_column_that_no_object_has_is_refused_and_not_taken_for_empty() -> None:
    told_of = json.dumps({"call": 1, "queue": "standard"})
    with pytest.raises(ConfigError, match="1 objects without entered, expected each column in one of them"):
        read(told_of, mapping())
    assert read(json.dumps({"call": 1, "queue": "standard", "entered": T, "ended": None}), mapping())


def test_dots_lead_into_an_object() -> None:
    nested = mapping(
        queue={"column": "Queue.Name"},
        moments={"offered": "Queue.EnqueueTimestamp", "answered": "Agent.ConnectedToAgentTimestamp"},
    )
    rows = [
        {
            "call": 1,
            "Queue": {"Name": "standard", "EnqueueTimestamp": T},
            "Agent": {"ConnectedToAgentTimestamp": T + 9},
        },
        {"call": 2, "Queue": {"Name": "standard", "EnqueueTimestamp": T + 60}, "Agent": None},
    ]
    said = [(each.call, each.type) for each in calls("\n".join(map(json.dumps, rows)), nested)]
    assert said == [("1", "offered"), ("1", "answered"), ("2", "offered")]


def test_nothing_tells_nothing() -> None:
    assert read("", mapping()) == []


def test_a_long_id_is_shortened() -> None:
    (offered,) = calls(f"call,queue,entered\n{'x' * 500},standard,{T}\n", mapping())
    assert (len(offered.call), len(offered.id or "")) == (64, len(f"test:standard::offered:{T}.0") + 64)


def test_the_banks_calls() -> None:
    rows = (
        "A1\t1\t0\t0\tPS\t990201\t7:02:47\t7:02:56\t9\t0:00:00\t0:00:00\t0\tAGENT\t7:02:55\t7:05:41\t166\tANN\r\n"
        "A1\t2\t23317894\t2\tPS\t990201\t8:09:16\t8:09:22\t6\t8:09:22\t8:09:27\t5\tHANG\t0:00:00\t0:00:00\t0\tNO_SERVER\r\n"
        "A1\t3\t0\t2\tPS\t990202\t9:09:16\t9:09:22\t6\t9:09:22\t9:09:27\t5\tPHANTOM\t9:09:27\t9:09:28\t1\tNO_SERVER\r\n"
    )
    start = datetime(1999, 2, 1, 7, 2, 56, tzinfo=ZoneInfo("Asia/Jerusalem")).timestamp()
    lost = start + 3986
    assert told(TECHNION + rows, "technion") == [
        ("990201-A1-1", "offered", start, None, None, None),
        ("990201-A1-1", "answered", start, 0, None, None),
        ("990201-A1-1", "ended", start + 166, 0, 166, None),
        ("990201-A1-2", "offered", lost, None, None, None),
        ("990201-A1-2", "lost", lost + 5, 5, None, "abandoned"),
    ]
    events = calls(TECHNION + rows, "technion")
    assert [events[0].caller, events[3].caller] == [None, PSEUDONYM.of("23317894")]
    assert [events[1].agent, events[4].agent] == ["ANN", None]


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
    assert len(found) == 3  # what came before the tear counts


def test_the_events_of_a_table_come_in_the_order_of_their_moments_and_what_is_refused_first() -> None:
    rows = (
        b"ticket,service,issued,called\n2,cards,1700000100,1700000200\n3,cards,never,\n1,cards,1700000000,1700000150\n"
    )
    columns = Columns(available({})["tickets"], "test", "lozere", "Europe/Paris", PSEUDONYM, LINES.get, Counter())
    found = list(table(rows.splitlines(keepends=True), TicketRows(columns), PSEUDONYM, "file"))
    assert isinstance(found[0], Refused)
    moments = [milliseconds(each.event.at) // 1000 for each in found if isinstance(each, Accepted)]
    assert moments == [1700000000, 1700000100, 1700000150, 1700000200]


TICKET = f'{{"ticket": "A1", "service": "permis", "issued": {T}}}\n'


def refusals(text: str | bytes, by: Table | str = "tickets") -> list[tuple[int, str]]:
    return [(each.row, each.why.detail) for each in read(text, by) if isinstance(each, Refused)]


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("x" * 200_000 + ",ticket,service,issued\n", "line 1: found field larger than field limit (131072)"),
        ("ticket,service\r,issued\n", "line 1: found a carriage return amid the line"),
        ("," * MAX_COLUMNS + "\n", f"line 1: found {MAX_COLUMNS + 1} columns, expected at most {MAX_COLUMNS}"),
    ],
)
def test_a_header_beyond_its_bounds_is_refused_by_line_and_bound(header: str, found: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        columns_table.read([header.encode(), b"1,2,3\n"], available({})["tickets"], "file")
    assert found in str(refusal.value)
    assert len(str(refusal.value)) < 500


def test_a_long_header_is_quoted_in_part() -> None:
    with pytest.raises(ConfigError) as refusal:
        read("x" * 100_000 + ",a\n", "tickets")
    assert len(str(refusal.value)) < 1_000


def test_a_row_beyond_its_bounds_is_one_refused_row_and_the_rest_goes_on() -> None:
    table = TICKETS.encode() + b"A0,permis," + b"7" * MAX_LINE + f"\nA1,permis,{T},,,,,\n".encode()
    assert refusals(table) == [(2, TOO_LONG)]
    assert len(read(table, "tickets")) == 2
    field = f'A0,"{"x" * 200_000}",{T},,,,,\nA1,permis,{T},,,,,\n'
    assert refusals(TICKETS + field) == [(2, "field larger than field limit (131072); expected CSV")]
    long = b'{"ticket": "' + b"x" * MAX_LINE + b"\n"
    assert refusals(TICKET.encode() + long + TICKET.encode()) == [(2, TOO_LONG)]


def test_json_may_be_no_deeper_than_it_can_be_read() -> None:
    for depth in (100, 500, 900, 5_000):
        deep = '{"ticket": "A0", "service": ' + '{"value": ' * depth + '"permis"' + "}" * depth + f', "issued": {T}}}\n'
        (first, last) = read(deep + TICKET, "tickets")
        assert (isinstance(first, Refused), isinstance(last, Accepted)) == (True, True)


def test_rows_within_an_object_do_not_multiply_it() -> None:
    """Else a megabyte of names, times a megabyte of rows, would be held at once."""
    around = {f"name {number}": number for number in range(2_000)}
    rows = [{"ticket": f"A{number}", "issued": T} for number in range(2_000)]
    nested = json.dumps({**around, "service": "permis", "rows": rows}).encode()
    by = Table.model_validate_json(
        json.dumps(
            {"of": "tickets", "id": "ticket", "queue": "service", "rows": "rows", "moments": {"issued": "issued"}}
        )
    )
    found = list(columns_table.read([nested], by, "file"))
    assert len(found) == 2_000
    assert all(isinstance(row, columns_rows.TableRow) and len(row.values) == 3 for row in found)


def test_an_object_that_is_the_whole_file_is_read() -> None:
    assert refusals(json.dumps(json.loads(TICKET), indent=2)) == []
    assert [each.row for each in read(json.dumps(json.loads(TICKET), indent=2), "tickets")] == [1]


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59", "9" * 400, "9" * 5_000])
def test_a_moment_beyond_every_calendar_is_refused(moment: str) -> None:
    ((row, detail),) = refusals(TICKETS + f"A1,permis,{moment},,,,,\n")
    assert (row, detail[:36]) == (2, "issued is no moment from 1990 to 210")


def test_a_row_that_is_to_be_ignored_is_counted_aside() -> None:
    aside = Counter[str]()
    by = mapping(outcome={"column": "result", "values": {"A": "answered", "P": "ignore"}})
    columns = Columns(by, "test", "lozere", "Europe/Paris", PSEUDONYM, LINES.get, aside)
    rows = f"call,queue,entered,result\n1,standard,{T},P\n2,standard,{T},A\n3,standard,{T},P\n"
    told = list(table(rows.encode().splitlines(keepends=True), CallRows(columns), PSEUDONYM, "file"))
    assert {each.event.call for each in told if isinstance(each, Accepted) and isinstance(each.event, CallEvent)} == {
        "2"
    }
    assert aside[IGNORED] == 2
