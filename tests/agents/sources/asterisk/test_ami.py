"""Calls from a manager's messages: joins, answers, refused callers, and losses in a gap."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.sources.asterisk.ami_calls import PATIENCE
from agents.sources.asterisk.ami_file import AMI
from agents.sources.entry import Accepted, Entry
from agents.sources.pseudonym import Pseudonymizer
from streams.calls.call import DIVERTED, LOST, REASON_INDEX
from streams.calls.rules import LineRules, always
from streams.desks.line import Line
from streams.events import CallEvent
from tests.agents.asterisk import GREETING, START, asks, message, raw, status, waiting
from tests.agents.sources.contexts import context

PSEUDONYM = Pseudonymizer(b"a key of the tests")
LINES = {"accueil": "standard", "renfort": "standard", "600": "circulation"}


def entries(messages: Iterable[dict[str, str]]) -> list[Entry]:
    by = context(source="ami", line_of=LINES.get, pseudonym=PSEUDONYM)
    return list(AMI.read(raw(messages).splitlines(keepends=True), by))


def events(*messages: dict[str, str]) -> list[CallEvent]:
    told = entries(messages)
    assert all(isinstance(each, Accepted) for each in told), told
    return [each.event for each in told if isinstance(each, Accepted) and isinstance(each.event, CallEvent)]


def brief(*messages: dict[str, str]) -> list[tuple[str, str, float | None]]:
    return [(each.type, each.reason or each.call, each.wait) for each in events(*messages)]


def folded(*messages: dict[str, str]) -> Line:
    line = Line(LineRules(site="lozere", line="standard", open=always))
    for each in events(*messages):
        line.fold(each)
    return line


JOIN = message("QueueCallerJoin", 0)
LEAVE = message("QueueCallerLeave", 8)
CONNECT = message("AgentConnect", 8.5, HoldTime=8, Interface="PJSIP/101", DestUniqueid="1.2")
ABANDON = message("QueueCallerAbandon", 8, HoldTime=8)


def test_a_caller_leaves_the_queue_before_an_agent_has_them() -> None:
    assert brief(JOIN, LEAVE, CONNECT) == [("offered", "1.1", None), ("answered", "1.1", 8.5)]


def test_a_caller_who_gives_up_is_lost() -> None:
    assert brief(JOIN, ABANDON, LEAVE) == [("offered", "1.1", None), ("lost", "abandoned", 8.0)]


def test_the_dialplan_says_why_a_caller_left() -> None:
    assert brief(JOIN, ABANDON, LEAVE, status("TIMEOUT", 8.1))[1:] == [("lost", "timeout", 8.0)]
    assert brief(JOIN, ABANDON, LEAVE, status("LEAVEEMPTY", 8.1))[1:] == [("lost", "no_agents", 8.0)]
    assert brief(JOIN, ABANDON, LEAVE, status("WITHDRAW", 8.1))[1:] == [("diverted", "transfer", 8.0)]


def test_a_caller_who_is_turned_away_is_told_by_the_dialplan_alone() -> None:
    assert brief(asks("accueil", 0), status("FULL", 0.1)) == [("lost", "full", None)]
    assert brief(asks("600", 0), status("JOINEMPTY", 0.1)) == [("lost", "no_agents", None)]
    assert brief(asks("4711", 0), status("FULL", 0.1)) == [], "another queue than the catalogue's"


def test_a_caller_who_tries_again_after_being_turned_away_is_a_second_attempt() -> None:
    told = events(asks("accueil", 0), status("FULL", 0.1), asks("accueil", 9), status("FULL", 9.1))
    assert [each.call for each in told] == ["1.1", "1.1#2"]


def test_leaving_alone_is_an_exit_by_key() -> None:
    later = message("QueueCallerJoin", 8 + PATIENCE["diverted"] + 1, caller="2.1")
    assert brief(JOIN, LEAVE) == [("offered", "1.1", None), ("diverted", "key", 8.0)]
    assert [each.type for each in events(JOIN, LEAVE, later)] == ["offered", "diverted", "offered"]
    assert events(JOIN, LEAVE, later)[1].at == START + 8, "at the moment of leaving"


def test_a_caller_who_joins_another_queue_has_left_the_first() -> None:
    told = events(JOIN, LEAVE, message("QueueCallerJoin", 9, "600"))
    assert [(each.line, each.type) for each in told] == [
        ("standard", "offered"),
        ("standard", "diverted"),
        ("circulation", "offered"),
    ]


def test_a_caller_who_overflows_into_another_queue_of_the_line_is_one_attempt() -> None:
    left = (JOIN, ABANDON, LEAVE, status("TIMEOUT", 8.1), message("QueueCallerJoin", 8.2, "renfort"))
    answered = message("AgentConnect", 20, "renfort", HoldTime=11, Interface="PJSIP/101", DestUniqueid="1.2")
    assert brief(*left, answered) == [("offered", "1.1", None), ("answered", "1.1", 20.0)]
    later = message("QueueCallerJoin", 11, "renfort")
    assert [each.call for each in events(*left[:-1], later)] == ["1.1", "1.1", "1.1#2"]


def test_a_caller_who_goes_on_to_another_line_leaves_the_first_as_a_transfer() -> None:
    left = (JOIN, ABANDON, LEAVE, status("TIMEOUT", 8.1))
    told = events(*left, message("QueueCallerJoin", 8.2, "600"))
    assert [(each.line, each.type, each.reason, each.to) for each in told] == [
        ("standard", "offered", None, None),
        ("standard", "diverted", "transfer", "circulation"),
        ("circulation", "offered", None, None),
    ]


def test_a_talk_ends_though_its_caller_is_gone() -> None:
    ended = message("AgentComplete", 40, caller="", TalkTime=31, HoldTime=8, Interface="PJSIP/101")
    told = events(JOIN, LEAVE, CONNECT, ended)
    assert [(each.type, each.call, each.talk) for each in told][2:] == [("ended", "1.1", 31.0)]


def test_a_talk_whose_beginning_was_not_heard_is_an_answered_call() -> None:
    ended = message("AgentComplete", 40, TalkTime=30, HoldTime=8, Interface="PJSIP/101")
    (answered, _) = events(ended)
    assert (answered.type, answered.at, answered.wait) == ("answered", START + 10, 8.0)


def test_a_restart_ends_who_was_waiting_at_once() -> None:
    shutdown = {"Event": "Shutdown", "Timestamp": f"{START + 5:.6f}"}
    line = folded(JOIN, message("QueueCallerJoin", 1, caller="2.1"), shutdown)
    assert line.figures.waiting(round((START + 6) * 1000)) == []
    counts = line.figures.counts()
    assert (counts.offered, counts.lost, counts.unresolved) == (2, 0, 2)


def test_an_exchange_that_is_up_for_less_time_was_restarted() -> None:
    up = [{"Event": "FullyBooted", "Uptime": str(uptime)} for uptime in (900, 3)]
    assert [each.type for each in events(GREETING, up[0], JOIN, GREETING, up[1])] == ["offered", "ended"]
    up = [{"Event": "FullyBooted", "Uptime": str(uptime)} for uptime in (900, 99_000_000)]
    assert [each.type for each in events(GREETING, up[0], JOIN, GREETING, up[1])] == ["offered"]


def test_a_status_after_a_gap_tells_who_left_and_who_came() -> None:
    told = events(
        JOIN,
        message("QueueCallerJoin", 1, caller="2.1"),
        GREETING,
        {"Event": "QueueParams", "Queue": "accueil"},
        {"Event": "QueueEntry", "Queue": "accueil", "Uniqueid": "2.1", "Wait": "60"},
        {"Event": "QueueEntry", "Queue": "accueil", "Uniqueid": "3.1", "Wait": "1", "CallerIDNum": "0466496001"},
        {"Event": "QueueStatusComplete"},
    )
    assert [(each.type, each.call) for each in told][2:] == [("offered", "3.1"), ("ended", "1.1")]


def test_a_caller_who_waits_in_another_queue_by_now_has_left_the_first() -> None:
    told = events(
        JOIN,
        GREETING,
        {"Event": "QueueParams", "Queue": "accueil"},
        {"Event": "QueueParams", "Queue": "600"},
        {"Event": "QueueEntry", "Queue": "600", "Uniqueid": "1.1", "Wait": "1"},
        {"Event": "QueueStatusComplete"},
    )
    assert [(each.line, each.type) for each in told][1:] == [("circulation", "offered"), ("standard", "ended")]


def test_who_talks_is_not_gone_though_no_status_lists_them() -> None:
    ended = message("AgentComplete", 40, TalkTime=31, HoldTime=8, Interface="PJSIP/101")
    gap = [GREETING, {"Event": "QueueParams", "Queue": "accueil"}, {"Event": "QueueStatusComplete"}]
    told = [each.type for each in events(JOIN, LEAVE, CONNECT, *gap, ended)]
    assert told == ["offered", "answered", "ended"]


def test_who_left_before_a_gap_may_be_answered_in_it() -> None:
    """An exit by key is certain only once the dialplan continues; giving up is certain at once."""
    gap = [GREETING, {"Event": "QueueParams", "Queue": "accueil"}, {"Event": "QueueStatusComplete"}]
    assert [each.type for each in events(JOIN, LEAVE, *gap)] == ["offered", "ended"]
    assert [each.type for each in events(JOIN, ABANDON, *gap)] == ["offered", "lost"]
    ended = message("AgentComplete", 40, TalkTime=31, HoldTime=8, Interface="PJSIP/101")
    assert [each.type for each in events(JOIN, LEAVE, *gap, ended)] == ["offered", "ended", "answered", "ended"]


def test_a_status_in_between_ends_nobody() -> None:
    polled = [{"Event": "QueueParams", "Queue": "accueil"}, {"Event": "QueueStatusComplete"}]
    assert [each.type for each in events(JOIN, *polled)] == ["offered"]


def test_two_connections_tell_of_one_call_once() -> None:
    connection = [JOIN, ABANDON, LEAVE]
    line = folded(*connection, *connection)
    assert (line.state.offered, line.figures.counts().lost) == (1, 1)


@pytest.mark.parametrize(
    ("why", "outcome"),
    [("WITHDRAW", DIVERTED | REASON_INDEX["transfer"]), ("TIMEOUT", LOST | REASON_INDEX["timeout"])],
)
@pytest.mark.parametrize("first", [0, 1])
def test_a_connection_without_class_dialplan_does_not_hide_why_a_caller_left(
    first: int, why: str, outcome: int
) -> None:
    left = [JOIN, ABANDON, LEAVE]
    both = [events(*left), events(*left, status(why, 8.1))]
    line = Line(LineRules(site="lozere", line="standard", open=always))
    for each in (*both[first], *both[1 - first]):
        line.fold(each)
    (call,) = line.state.live.values()
    assert call.outcome == outcome


VISITS = st.lists(st.tuples(st.integers(0, 600), st.integers(1, 400), st.booleans()), min_size=1, max_size=6)


@given(VISITS, st.lists(st.integers(0, 1000), max_size=8))
def test_records_of_two_connections_of_one_hour_tell_the_same_in_either_order(
    visits: list[tuple[int, int, bool]], polls: list[int]
) -> None:
    """One connection hears only calls; the other also asks for the waiting callers, at any moment (0.1 s)."""
    heard: list[tuple[int, dict[str, str]]] = []
    asked: list[tuple[int, dict[str, str]]] = []
    for number, (since, wait, answered) in enumerate(visits):
        caller, left = f"1.{number}", since + wait
        heard += [(since, message("QueueCallerJoin", since / 10, caller=caller))]
        ends = ["QueueCallerLeave", "AgentConnect"] if answered else ["QueueCallerAbandon", "QueueCallerLeave"]
        heard += [(left, message(end, left / 10, caller=caller)) for end in ends]
    for poll in polls:
        there = [(f"1.{n}", poll - since) for n, (since, wait, _) in enumerate(visits) if since < poll < since + wait]
        asked += [(poll, waiting(caller, waited / 10)) for caller, waited in there]
        asked += [(poll, {"Event": "QueueStatusComplete"})]
    begin = [GREETING, message("FullyBooted", 0), {"Event": "QueueStatusComplete"}]
    one = [*begin, *(told for _, told in sorted(heard, key=itemgetter(0)))]
    two = [*begin, *(told for _, told in sorted([*heard, *asked], key=itemgetter(0)))]
    alone, *both = (folded(*records) for records in (one, [*one, *two], [*two, *one]))
    for line in both:
        assert (line.state.offered, line.figures.counts()) == (alone.state.offered, alone.figures.counts())


def test_a_record_that_begins_while_a_caller_waits_tells_nothing_new_of_who_is_gone_in_the_one_before() -> None:
    listed = [
        GREETING,
        {"Event": "QueueParams", "Queue": "accueil"},
        {"Event": "QueueEntry", "Queue": "accueil", "Uniqueid": "1.1", "Wait": "4"},  # truncated to whole seconds
        {"Event": "QueueStatusComplete"},
    ]
    second = [message("QueueMemberStatus", 4.6), *listed, CONNECT]
    line = folded(JOIN, CONNECT, *second)
    assert (line.state.offered, line.figures.counts().answered) == (1, 1)


def test_a_message_without_its_moment_is_refused_with_the_setting_that_mends_it() -> None:
    (refused,) = entries([{"Event": "QueueCallerJoin", "Queue": "accueil", "Uniqueid": "1.1"}])
    assert not isinstance(refused, Accepted)
    assert "timestampevents" in refused.why.detail


def test_a_queue_that_is_no_line_is_refused_once_a_call() -> None:
    told = entries([message("QueueCallerJoin", 0, "4711"), message("QueueCallerAbandon", 1, "4711")])
    assert [each.why.reason for each in told if not isinstance(each, Accepted)] == ["unknown-line"]


def test_a_message_that_is_refused_hides_no_end_that_was_held() -> None:
    told = entries([JOIN, ABANDON, message("QueueCallerJoin", 20, "4711"), LEAVE])
    assert [each.event.type for each in told if isinstance(each, Accepted)] == ["offered", "lost"]


def test_a_callers_number_stays_at_the_edge() -> None:
    told = entries([JOIN, message("QueueCallerJoin", 0, "4711"), LEAVE, CONNECT])
    assert "0466496000" not in repr(told)
    assert events(JOIN)[0].caller == PSEUDONYM.of("0466496000")


@given(
    st.lists(
        st.sampled_from(
            [
                JOIN,
                LEAVE,
                CONNECT,
                ABANDON,
                GREETING,
                status("FULL", 3),
                asks("600", 2),
                {"Event": "QueueStatusComplete"},
            ]
        )
    )
)
def test_no_order_of_messages_breaks_a_line(messages: list[dict[str, str]]) -> None:
    line = Line(LineRules(site="lozere", line="standard", open=always))
    for each in entries(messages):
        assert isinstance(each, Accepted)
        assert isinstance(each.event, CallEvent)
        line.fold(each.event)
        line.check()


@given(st.lists(st.binary(max_size=40)))
def test_any_bytes_are_read_or_refused(lines: list[bytes]) -> None:
    list(AMI.read(lines, context(source="ami", line_of=LINES.get, pseudonym=PSEUDONYM)))
