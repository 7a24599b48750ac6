"""A table's rows become events; unreadable rows are refused and the others are kept."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agents.sources.entry import Accepted, Refused
from agents.sources.tables.columns import IGNORED
from agents.sources.tables.table_file import CALLS, TICKETS
from config.mapping import Table, available
from config.refusal import ConfigError
from streams.events import CallEvent, TicketEvent, milliseconds
from tests.agents.sources.pseudonyms import PSEUDONYM
from tests.agents.sources.tables.mapped import T, at, calls, mapping, of_table, read, told

TECHNION = (
    "vru+line\tcall_id\tcustomer_id\tpriority\ttype\tdate\tvru_entry\tvru_exit\tvru_time\tq_start\tq_exit\tq_time\t"
    "outcome\tser_start\tser_exit\tser_time\tserver\r\n"
)


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
    assert answered.caller == PSEUDONYM.of("0612345678")  # the call's first event has it, whether an offer or not


def test_the_answer_is_found_from_the_end() -> None:
    by = mapping(talk="talk", outcome={"column": "how", "values": {"A": "answered"}})
    rows = f"call,queue,entered,ended,talk,how\n1,standard,{T},{T + 65},60,A\n"
    assert told(rows, by)[1:] == [("1", "answered", T + 5, 5, None, None), ("1", "ended", T + 65, 5, 60, None)]


def test_a_call_begins_before_its_end_if_the_file_has_only_that() -> None:
    outcome = {"column": "how", "values": {"A": "answered", "L": "lost"}}
    by = mapping(moments={"ended": "ended"}, wait="wait", talk="talk", outcome=outcome)
    rows = f"1,600,{T + 125},5,120,A\n2,600,{T + 70},1:10,,L\n3,600,{T},,60,A\n4,600,{T},5,,A\n"
    assert told(f"call,queue,ended,wait,talk,how\n{rows}", by) == [
        ("1", "offered", T, None, None, None),
        ("1", "answered", T + 5, 5, None, None),
        ("1", "ended", T + 125, 5, 120, None),
        ("2", "offered", T, None, None, None),
        ("2", "lost", T + 70, 70, None, "unknown"),
        (4, "no-time"),
        (5, "no-time"),
    ]


def test_a_column_may_be_the_first_of_several_that_is_not_empty() -> None:
    by = mapping(
        first_of={"group": ["queue", "called"], "from": ["caller", "other"], "who": ["agent", "other"]},
        queue="group",
        caller={"column": "from"},
        agent="who",
    )
    head = "call,queue,called,entered,answered,ended,caller,other,agent\n"
    found = read(f"{head}1,600,x,{T},,,0465710011,,\n2,,standard,{T},,,,0465710012,\n3,,stranger,{T},,,,4711,\n", by)
    assert [(each.event.line, each.event.caller) for each in found if isinstance(each, Accepted)] == [  # type: ignore[union-attr]
        ("circulation", PSEUDONYM.of("0465710011")),
        ("standard", PSEUDONYM.of("0465710012")),
    ]
    refused = found[-1]
    assert isinstance(refused, Refused)
    assert refused.why.reason == "unknown-line"
    assert b"4711" not in refused.original


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


def test_a_ticket_called_before_it_was_issued_is_left_to_the_watch() -> None:
    by = Table.model_validate(
        {"of": "tickets", "id": "ticket", "queue": "service", "moments": {"issued": "issued", "called": "called"}}
    )
    found = read(f"ticket,service,issued,called\n1,cartes,{T},{T - 300}\n", by)
    events = [each.event for each in found if isinstance(each, Accepted) and isinstance(each.event, TicketEvent)]
    assert sorted((each.type, each.at) for each in events) == [("called", T - 300), ("issued", T)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,standard,yesterday,,,", "no-time"),
        ("1,standard,,,,", "no-time"),
        (f"1,standard,{T}000,,,", "no-time"),
        (f"1,standard,{T},{T - 300},,", "out-of-order"),
        (f"1,standard,{T},{T + 86_401},,", "over-a-day"),
        (f"1,standard,{T},,{T + 30 * 86_400},", "over-a-day"),
        (f"1,standard,{T},{T + 9},{T + 9 + 86_401},", "over-a-day"),
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
    with pytest.raises(ConfigError, match="1 objects without entered, expected each column in at least one of them"):
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


def test_a_call_to_amazon_connect_that_is_hung_up_before_its_next_contact_is_called_back() -> None:
    rows = (
        "contact_id,channel,initiation_method,queue_name,queue_enqueue_timestamp,disconnect_timestamp,"
        "agent_connected_to_agent_timestamp,next_contact_id,disconnect_reason\n"
    )
    for call, (following, reason) in enumerate(
        [("n", "CONTACT_FLOW_DISCONNECT"), ("n", "CUSTOMER_DISCONNECT"), ("n", ""), ("", "CUSTOMER_DISCONNECT")]
    ):
        rows += f"{call},VOICE,INBOUND,600,2026-03-04 08:00:00,2026-03-04 08:01:00,,{following},{reason}\n"
    ends = [(kind, reason) for _, kind, _, _, _, reason in told(rows, "amazon-connect-table") if kind != "offered"]
    diverted = [("diverted", reason) for reason in ("callback", "callback", "transfer")]
    assert ends == [*diverted, ("lost", "abandoned")]


def test_the_events_of_a_table_come_in_the_order_of_their_moments_and_what_is_refused_first() -> None:
    rows = (
        b"ticket,service,issued,called\n2,cards,1700000100,1700000200\n3,cards,never,\n1,cards,1700000000,1700000150\n"
    )
    found = list(TICKETS.read(rows.splitlines(keepends=True), of_table(available({})["tickets"])))
    assert isinstance(found[0], Refused)
    moments = [milliseconds(each.event.at) // 1000 for each in found if isinstance(each, Accepted)]
    assert moments == [1700000000, 1700000100, 1700000150, 1700000200]


def test_a_row_that_is_to_be_ignored_is_counted_aside() -> None:
    aside = Counter[str]()
    by = mapping(outcome={"column": "result", "values": {"A": "answered", "P": "ignore"}})
    rows = f"call,queue,entered,result\n1,standard,{T},P\n2,standard,{T},A\n3,standard,{T},P\n"
    told = list(CALLS.read(rows.encode().splitlines(keepends=True), of_table(by, aside=aside)))
    assert {each.event.call for each in told if isinstance(each, Accepted) and isinstance(each.event, CallEvent)} == {
        "2"
    }
    assert aside[IGNORED] == 2
