from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.sources.asterisk.queue_log_calls import CAP, CAP_OF_CALL, Calls
from tests.agents.sources.asterisk.queue_log import (
    COMPLETE,
    CONNECT,
    ENTER,
    connector,
    events,
    line,
    told,
)

LOG = [
    ENTER,
    line(1, "7.9|circulation|NONE|ENTERQUEUE||06|2"),
    CONNECT,
    line(20, "7.9|circulation|NONE|EXITWITHTIMEOUT|1|2|19"),
    line(20, "7.9|cni|NONE|ENTERQUEUE||06|1"),
    line(30, "7.9|cni|Agent 3|RINGNOANSWER|9000"),
    line(33, "7.9|cni|NONE|EXITWITHKEY|1|1|1|13"),
    line(34, "7.9|circulation|NONE|ENTERQUEUE||06|1"),
    line(40, "7.9|circulation|NONE|ABANDON|1|1|6"),
    COMPLETE,
]


def test_each_try_at_the_door_is_an_attempt() -> None:
    rows = [line(at, "7.1|circulation|NONE|JOINEMPTY") for at in (0, 10)]
    after = line(20, "7.1|circulation|NONE|ENTERQUEUE||06|1")
    assert [call for call, *_ in told(*rows, after)] == ["7.1", "7.1#2", "7.1#3"]


def test_the_same_id_in_another_queue_is_the_other_lines() -> None:
    over = line(70, "7.1|cni|NONE|ENTERQUEUE||0612345678|1")
    found = events(ENTER, CONNECT, COMPLETE, over)
    assert (found[-1].line, found[-1].call) == ("cni-passeport", "7.1")


@pytest.mark.parametrize(
    "left", ["circulation|NONE|EXITWITHTIMEOUT|1|1|20", "circulation|Agent 1|COMPLETEAGENT|4|16|1"]
)
def test_entering_the_line_again_is_a_new_attempt(left: str) -> None:
    again = [
        line(30, "7.1|600|NONE|ENTERQUEUE||0612345678|1"),
        line(31, "7.1|600|Agent 2|RINGNOANSWER|500"),
        line(36, "7.1|600|NONE|ABANDON|1|1|6"),
        line(40, "7.1|600|NONE|ENTERQUEUE||0612345678|1"),
    ]
    found = told(ENTER, line(20, f"7.1|{left}"), *again)
    assert found[-4:] == [
        ("7.1#2", "offered", None, None),
        ("7.1#2", "ringing", None, None),
        ("7.1#2", "lost", 6, "abandoned"),
        ("7.1#3", "offered", None, None),
    ]


def test_entering_while_waiting_is_the_same_attempt() -> None:
    log = connector()
    again = line(30, "7.1|circulation|NONE|ENTERQUEUE||0612345678|1")
    assert [call for call, *_ in told(ENTER, again, log=log)] == ["7.1", "7.1"]
    assert log.aside == {"entered-while-waiting": 1}


def test_a_restart_ends_who_waited_and_decides_nothing() -> None:
    restart = line(40, "NONE|NONE|NONE|QUEUESTART|")
    again = line(50, "7.1|circulation|NONE|ENTERQUEUE||0612345678|1")
    log = connector()
    assert told(ENTER, restart, again, log=log) == [
        ("7.1", "offered", None, None),
        ("7.1", "ended", None, None),
        ("7.1#2", "offered", None, None),
    ]
    assert told(CONNECT, restart) == [("7.1", "answered", 4.0, None)], "its talk ended when nobody knows"


def test_rows_in_the_opposite_order_are_one_call() -> None:
    found = events(COMPLETE, CONNECT, ENTER)
    assert {event.call for event in found} == {"7.1"}
    assert {event.type for event in found} == {"offered", "answered", "ended"}


def test_reading_a_log_or_a_part_of_it_twice_gives_no_new_events() -> None:
    ids = [event.id for event in events(*LOG)]
    assert len(set(ids)) == len(ids)
    log = connector()
    again = [event.id for event in events(*LOG, *LOG, *LOG[3:], log=log)]
    assert set(again) == set(ids)
    assert {event.id for event in events(*LOG[:7])} <= set(ids)
    doubled = [row for row in LOG for _ in range(2)]
    assert {event.id for event in events(*doubled)} == set(ids)


@given(st.integers(0, len(LOG)))
def test_goes_on_from_its_state_wherever_it_stopped(stop: int) -> None:
    first = connector()
    before = events(*LOG[:stop], log=first, ends=False)
    calls = msgspec.json.decode(msgspec.json.encode(first.calls), type=Calls)
    assert before + events(*LOG[stop:], log=connector(calls)) == events(*LOG)


SWAPPED = [
    line(0, "7.1|circulation|NONE|ENTERQUEUE||0612345678|1"),
    line(131, "8.1|cni|NONE|ENTERQUEUE||7009|1"),
    line(132, "8.1|circulation|PJSIP/7009|ATTENDEDTRANSFER|APP|Queue|12|120|1"),
    line(138, "7.1|cni|PJSIP/7051|CONNECT|7|"),
    line(150, "7.1|cni|PJSIP/7051|COMPLETEAGENT|7|12|1"),
]


def test_an_attended_transfer_into_another_queue_swaps_two_ids() -> None:
    log = connector()
    found = events(*SWAPPED, log=log)
    assert [(event.line, event.call, event.type, event.wait) for event in found[2:]] == [
        ("circulation", "7.1", "answered", 12),
        ("circulation", "7.1", "ended", 12),
        ("cni-passeport", "8.1", "answered", 7),
        ("cni-passeport", "8.1", "ended", 7),
    ]
    assert log.aside == {"swapped-ids": 1}
    assert {event.id for event in events(*(row for row in SWAPPED for _ in range(2)))} == {e.id for e in found}


def test_a_transferred_caller_who_comes_back_is_the_caller_again() -> None:
    back = line(200, "7.1|cni|NONE|ENTERQUEUE||0612345678|1")
    rings = line(201, "7.1|cni|PJSIP/7051|RINGNOANSWER|900")
    assert [call for call, *_ in told(*SWAPPED, rings)][-1] == "8.1"
    assert [call for call, *_ in told(*SWAPPED, back, rings)][-2:] == ["7.1", "7.1"]


@pytest.mark.parametrize("row", ["12|100", "x|120"])
def test_no_ids_are_swapped_where_the_clock_does_not_say_so(row: str) -> None:
    transfer = line(132, f"8.1|circulation|PJSIP/7009|ATTENDEDTRANSFER|APP|Queue|{row}|1")
    found = events(*SWAPPED[:2], transfer)
    assert found[-1].call == "8.1"


@pytest.mark.slow
def test_memory_is_bounded() -> None:
    log = connector()
    events(*(line(n, f"7.{n}|cni|NONE|ENTERQUEUE||06|1") for n in range(CAP + 50)), log=log)
    assert len(log.calls.attempts) == CAP
    found = told(*(line(n, "9.9|circulation|NONE|JOINEMPTY") for n in range(100)), log=log)
    assert found[-1][0] == "9.9#100"
    assert len(log.calls.attempts["circulation/9.9"]) == CAP_OF_CALL
    for n in range(CAP + 50):
        swap = [
            line(n * 1000, f"a{n}|circulation|NONE|ENTERQUEUE||06|1"),
            line(n * 1000 + 9, f"b{n}|circulation|A|ATTENDEDTRANSFER|APP|Queue|4|5|1"),
        ]
        events(*swap, log=log)
    assert len(log.calls.aliases) == CAP


def test_calls_that_are_too_old_are_forgotten_with_what_stands_for_them() -> None:
    calls = Calls()
    calls.enter("a", "old", 100.0)
    calls.enter("a", "young", 300.0)
    calls.aliases |= {"a/1": "old", "a/2": "young"}
    calls.forget(200.0)
    assert (list(calls.attempts), calls.aliases) == (["a/young"], {"a/2": "young"})
