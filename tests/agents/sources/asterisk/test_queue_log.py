from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.sources.aside import WITHIN
from agents.sources.asterisk.queue_log import QueueLog, RefusedRow
from agents.sources.asterisk.queue_log_calls import Calls
from agents.sources.asterisk.queue_log_rows import LogRow, MalformedLine, read
from streams.events import CallEvent
from tests.agents.sources.asterisk.queue_log import (
    COMPLETE,
    CONNECT,
    ENTER,
    T,
    connector,
    events,
    line,
    outcomes,
    told,
)
from tests.agents.sources.contexts import context
from tests.agents.sources.pseudonyms import PSEUDONYM


def test_an_answered_call() -> None:
    offered, answered, ended = events(ENTER, CONNECT, COMPLETE)
    assert offered == CallEvent(
        line="circulation",
        call="7.1",
        type="offered",
        at=float(T),
        id=f"pbx:circulation:7.1:offered:{T}.0",
        source="pbx",
        site="lozere",
        caller=PSEUDONYM.of("0612345678"),
    )
    assert (answered.type, answered.at, answered.wait, answered.agent) == ("answered", T + 5, 4, "Agent 1")
    assert (ended.type, ended.at, ended.wait, ended.talk) == ("ended", T + 65, 4, 60)


@pytest.mark.parametrize(
    ("row", "kind", "reason", "wait"),
    [
        ("ABANDON|1|1|9", "lost", "abandoned", 9),
        ("EXITWITHTIMEOUT|1|3|20", "lost", "timeout", 20),
        ("EXITEMPTY|1|3|21", "lost", "no_agents", 21),
        ("LEAVEEMPTY|1|3|22", "lost", "no_agents", 22),
        ("EXITWITHKEY|1|1|2|7", "diverted", "key", 7),
        ("WITHDRAW|1|2|8|info 3", "diverted", "transfer", 8),
    ],
)
def test_a_call_that_leaves(row: str, kind: str, reason: str, wait: float) -> None:
    left = line(30, f"7.1|circulation|NONE|{row}")
    assert told(ENTER, left)[1:] == [("7.1", kind, wait, reason)]
    assert told(left) == [("7.1", kind, wait, reason)]


@pytest.mark.parametrize(
    ("name", "kind", "reason"),
    [
        ("JOINEMPTY", "lost", "no_agents"),
        ("FULL", "lost", "full"),
        ("CLOSED", "lost", "closed"),
        ("DIVERT_CA_RATIO", "diverted", "transfer"),
        ("DIVERT_HOLDTIME", "diverted", "transfer"),
    ],
)
def test_a_call_refused_at_the_door(name: str, kind: str, reason: str) -> None:
    refused = line(0, f"7.1|circulation|NONE|{name}|")
    log = connector()
    assert told(refused, refused, log=log) == [("7.1", kind, None, reason)]
    assert log.aside == {"repeated-row": 1}
    assert told(ENTER, line(9, f"7.1|circulation|NONE|{name}|"))[1:] == [("7.1", kind, 9, reason)]


def test_ringing_is_no_outcome() -> None:
    legs = [
        line(9, f"7.1|circulation|Agent {agent}|{name}|8000")
        for agent, name in ((1, "RINGNOANSWER"), (2, "RINGNOANSWER"), (3, "RINGCANCELED"))
    ]
    found = events(ENTER, *legs)[1:]
    assert [(leg.call, leg.type, leg.agent) for leg in found] == [("7.1", "ringing", f"Agent {n}") for n in (1, 2, 3)]
    assert len({leg.id for leg in found}) == 3


def test_ringing_before_the_head_of_the_log_leaves_no_call() -> None:
    log = connector()
    assert told(line(9, "7.1|circulation|Agent 1|RINGNOANSWER|8000"), log=log) == [("7.1", "ringing", None, None)]
    assert log.calls == Calls()


@pytest.mark.parametrize(
    ("row", "hold", "talk"),
    [
        ("COMPLETECALLER|4|60|1", 4, 60),
        ("BLINDTRANSFER|3010|transfer|4|60|1", 4, 60),
        ("TRANSFER|3010|transfer|4|60", 4, 60),
        ("ATTENDEDTRANSFER|BRIDGE|b24a1f62|4|60|2", 4, 60),
        ("ATTENDEDTRANSFER|LINK|SIP/1|SIP/2|4|60|2", 4, 60),
        ("COMPLETEAGENT|4|x|1", 4, None),
        ("BLINDTRANSFER", None, None),
    ],
)
def test_an_answered_call_ends(row: str, hold: float | None, talk: float | None) -> None:
    ended = events(ENTER, CONNECT, line(65, f"7.1|circulation|Agent 1|{row}"))[-1]
    assert (ended.call, ended.type, ended.wait, ended.talk) == ("7.1", "ended", hold, talk)


@pytest.mark.parametrize("head", [[], [ENTER]])
def test_an_end_without_its_answer_implies_it(head: list[bytes]) -> None:
    answered, ended = events(*head, COMPLETE)[len(head) :]
    assert (answered.type, answered.at, answered.wait) == ("answered", T + 5, 4)
    assert (ended.type, ended.wait, ended.talk) == ("ended", 4, 60)
    assert told(*head, COMPLETE, COMPLETE)[-1][:2] == ("7.1", "ended")


def test_an_end_after_a_loss_is_evidence_alone() -> None:
    lost = line(5, "7.1|circulation|NONE|ABANDON|1|1|5")
    assert [kind for _, kind, *_ in told(ENTER, lost, COMPLETE)] == ["offered", "lost", "ended"]


def test_a_loss_after_the_end_stays_on_the_call_as_reported() -> None:
    log = connector()
    found = told(ENTER, CONNECT, COMPLETE, line(65, "7.1|circulation|Agent 1|ABANDON|"), log=log)
    assert found[-1] == ("7.1", "lost", None, "abandoned")
    assert log.aside == {"exit-after-answer": 1}


def test_rows_that_are_no_callers_are_counted() -> None:
    log = connector()
    rows = [
        line(0, rest)
        for rest in (
            "NONE|NONE|NONE|CONFIGRELOAD|",
            "7.1|circulation|NONE|DID|0466496000",
            "MANAGER|unmapped|Agent 1|ADDMEMBER|",
            "7.1|NONE|Agent/1|OUTDIAL|3318",
            "7.1|NONE|Agent/1|CONNECT|3318",
            "7.1|circulation|NONE|SURVEY|5",
        )
    ]
    assert outcomes(log, *rows) == []
    known = dict.fromkeys(("CONFIGRELOAD", "DID", "ADDMEMBER", "OUTDIAL", "CONNECT"), 1)
    assert log.aside == {f"no-call {name}": count for name, count in known.items()} | {"no-call other": 1}


def test_events_that_a_dialplan_names_are_counted_together() -> None:
    log = connector()
    assert outcomes(log, *(line(0, f"7.1|circulation|NONE|CUSTOM_{n}|") for n in range(1_010))) == []
    assert log.aside == {"no-call other": 1_010}


def test_rejects_a_queue_without_a_line_and_a_row_without_a_call() -> None:
    rows = [line(0, "7.1|vip|NONE|ENTERQUEUE||06|1"), line(0, "NONE|cni|NONE|ABANDON|1|1|1")]
    unknown, no_call = outcomes(connector(), *rows)
    assert isinstance(unknown, RefusedRow)
    assert isinstance(no_call, RefusedRow)
    assert (unknown.reason, unknown.row.raw, no_call.reason) == ("unknown-line", rows[0], "no-call")
    assert "vip" in unknown.detail


@pytest.mark.parametrize("wait", ["x", "", "-3", "nan", "1e12"])
@pytest.mark.parametrize(("event", "before"), [("ABANDON", "1|1|"), ("EXITWITHKEY", "1|1|1|"), ("CONNECT", "")])
def test_a_wait_that_is_no_number_is_told_by_the_clock(event: str, before: str, wait: str) -> None:
    log = connector()
    assert told(ENTER, line(12, f"7.1|circulation|A|{event}|{before}{wait}"), log=log)[-1][2] == 12
    assert log.aside == {"wait-from-clock": 1}


def test_an_implied_answers_wait_is_told_by_the_clock_less_the_talk() -> None:
    assert told(ENTER, line(65, "7.1|circulation|A|COMPLETEAGENT|x|60|1"))[1][2] == 5


@pytest.mark.parametrize("head", [[], [line(500, "7.1|circulation|NONE|ENTERQUEUE||06|1")]])
def test_a_wait_that_nobody_knows_is_left_out(head: list[bytes]) -> None:
    log = connector()
    assert told(*head, line(12, "7.1|circulation|A|ABANDON"), log=log)[-1] == (
        "7.1",
        "lost",
        None,
        "abandoned",
    )
    assert log.aside == {"wait-unknown": 1}


def test_a_shifted_row_counts_as_what_it_is() -> None:
    log = connector()
    found = events(ENTER, line(5, "7.1|circulation|DUPONT|JEAN|CONNECT|4|7.2|2"), log=log)
    assert (found[-1].type, found[-1].wait, found[-1].agent) == ("answered", 4, "DUPONT|JEAN")
    assert log.aside == {"shifted-fields": 1}


def test_a_call_without_a_number_has_no_caller() -> None:
    rows = [
        line(0, "7.1|circulation|NONE|ENTERQUEUE||anonymous|1"),
        line(0, "7.2|circulation|NONE|ENTERQUEUE"),
    ]
    assert [event.caller for event in events(*rows)] == [None, None]


def test_agents_names_hold_no_number_and_are_bounded() -> None:
    agent = f"Local/0612345678@{'x' * 200}"
    found = events(line(0, f"7.1|circulation|{agent}|CONNECT|4"))[0].agent
    assert found is not None
    assert found.startswith(f"Local/{PSEUDONYM.of('0612345678')}@x")
    assert len(found) == 160
    log = connector()
    many = events(*(line(n, f"7.{n}|cni|Agent {n}|CONNECT|4") for n in range(1_100)), log=log)
    assert [event.agent for event in many] == [f"Agent {n}" for n in range(1_100)]


def test_ids_are_never_too_long() -> None:
    log = QueueLog(context(line_of={"q": "l" * 64}.get, source="s" * 100))
    (one,) = events(line(0, "7.1|q|NONE|ENTERQUEUE||06|1"), log=log)
    (other,) = events(line(1, "7.1|q|NONE|ENTERQUEUE||06|1"), log=log)
    assert one.id != other.id


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


GARBAGE = st.one_of(
    st.binary(max_size=60).filter(lambda raw: not raw[:10].isdigit()),
    st.integers(0, 631_151_999).map(lambda early: f"{early}|7.1|circulation|A|ABANDON|1|1|2".encode()),
    st.sampled_from([b"1795530010|7.1|circulation|A", b"1795530010|7.1|circulation|A||ABANDON||", b"|||||||"]),
)


def either(rows: list[bytes]) -> list[CallEvent]:
    log = connector()
    found: list[CallEvent] = []
    for row in read(rows, "Europe/Paris"):
        outcome = [] if isinstance(row, MalformedLine) else log.take(row)
        found.extend([] if isinstance(row, MalformedLine) else [left.event for left in log.exits])
        found.extend([] if isinstance(outcome, RefusedRow) else outcome)
    return [*found, *(left.event for left in log.close())]


@given(st.lists(st.tuples(st.integers(1, len(LOG)), GARBAGE.filter(lambda raw: b"\n" not in raw)), max_size=5))
def test_a_malformed_line_anywhere_changes_nothing_else(inserted: list[tuple[int, bytes]]) -> None:
    rows = list(LOG)
    for place, raw in sorted(inserted, key=lambda item: -item[0]):
        rows.insert(place, raw)
    assert either(rows) == events(*LOG)


def test_a_call_that_overflows_into_another_queue_of_its_line_is_one_attempt() -> None:
    rows = [
        line(0, "7.1|circulation|NONE|ENTERQUEUE||0612345678|1"),
        line(30, "7.1|circulation|NONE|EXITWITHTIMEOUT|1|1|30"),
        line(31, "7.1|600|NONE|ENTERQUEUE||0612345678|1"),
        line(41, "7.1|600|Agent 1|CONNECT|10|7.2|2"),
        line(101, "7.1|600|Agent 1|COMPLETEAGENT|10|60|1"),
    ]
    log = connector()
    assert told(*rows[:4], log=log) == [("7.1", "offered", None, None), ("7.1", "answered", 41, None)]
    assert log.aside == {"overflow": 1, WITHIN: 1}
    assert told(rows[2], log=log) == []  # written twice, by a rotation
    assert [call for call, *_ in told(rows[4], log=log)] == ["7.1"]
    lost = [*rows[:3], line(51, "7.1|600|NONE|ABANDON|1|1|20")]
    assert told(*lost)[-1] == ("7.1", "lost", 51, "abandoned")


def test_a_call_that_comes_back_later_or_to_the_same_queue_is_another_attempt() -> None:
    exit_ = line(30, "7.1|circulation|NONE|EXITWITHTIMEOUT|1|1|30")
    for again in (line(33, "7.1|600|NONE|ENTERQUEUE||0612345678|1"), line(31, ENTER.decode().partition("|")[2])):
        assert told(ENTER, exit_, again)[-1][:2] == ("7.1#2", "offered")


@pytest.mark.parametrize(
    ("row", "reason"),
    [("EXITWITHTIMEOUT|1|1|30", "transfer"), ("EXITWITHKEY|1|1|2|30", "key"), ("JOINEMPTY|", "transfer")],
)
def test_a_call_that_goes_on_to_another_line_leaves_the_first_as_a_transfer(row: str, reason: str) -> None:
    left = line(30, f"7.1|circulation|NONE|{row}")
    found = events(ENTER, left, line(31, "7.1|cni|NONE|ENTERQUEUE||0612345678|1"))
    assert [(each.line, each.type, each.reason, each.to, each.wait) for each in found[1:]] == [
        ("circulation", "diverted", reason, "cni-passeport", 30),
        ("cni-passeport", "offered", None, None, None),
    ]


def test_a_call_that_the_next_queue_turns_away_is_one_attempt() -> None:
    rows = [ENTER, line(30, "7.1|circulation|NONE|EXITWITHTIMEOUT|1|1|30"), line(31, "7.1|600|NONE|FULL||")]
    assert told(*rows)[1:] == [("7.1", "lost", 31, "full")]
    refused = [line(0, "7.1|circulation|NONE|JOINEMPTY|"), line(1, "7.1|600|NONE|ENTERQUEUE||0612345678|1")]
    assert told(*refused, line(9, "7.1|600|Agent 1|CONNECT|8|7.2|2")) == [
        ("7.1", "offered", None, None),
        ("7.1", "answered", 9, None),
    ]


def test_an_exit_is_certain_once_no_other_queue_can_follow() -> None:
    log = connector()
    left = line(30, "7.1|circulation|NONE|EXITWITHTIMEOUT|1|1|30")
    for row in read([ENTER, left, line(32, "8.1|cni|NONE|ENTERQUEUE||06|1")], "Europe/Paris"):
        assert isinstance(row, LogRow)
        log.take(row)
        assert not log.exits
    kept = msgspec.json.decode(msgspec.json.encode(log.calls), type=Calls)
    (later,) = read([line(33, "8.2|cni|NONE|ENTERQUEUE||06|1")], "Europe/Paris")
    assert isinstance(later, LogRow)
    resumed = connector(kept)
    resumed.take(later)
    assert [(left.row, left.event.reason) for left in resumed.exits] == [(2, "timeout")]
    assert not resumed.close()
