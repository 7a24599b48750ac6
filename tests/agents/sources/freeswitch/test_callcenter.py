"""Sessions are attempts, members are callers, and an announced answer counts as an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
import pytest

from agents.sources.entry import Accepted, Entry, Refused
from agents.sources.freeswitch.callcenter import CallCenter
from agents.sources.freeswitch.callcenter_frames import entry, rest
from agents.sources.freeswitch.callcenter_visits import QueueVisits
from agents.sources.freeswitch.event_socket import Read, frames
from agents.sources.pseudonym import Pseudonymizer
from streams.events import CallEvent
from tests.agents.freeswitch import CALLER, CORE, T, answered, headers, left, plain, told
from tests.agents.sources.contexts import context

PSEUDONYM = Pseudonymizer(b"of the tests only")
QUEUES = {"accueil": "accueil", "etat-civil": "etat-civil", "accueil@other": "elsewhere"}
ENTER = told("member-queue-start", 0)
AGENT = {"CC_Agent": "201@default"}
PICKED = told("bridge-agent-start", 5, **AGENT)
CONNECTED = told("agent-state-change", 5, CC_Agent_State="In a queue call", **AGENT)


def center(visits: QueueVisits | None = None) -> CallCenter:
    return CallCenter(context(source="fs", line_of=QUEUES.get, pseudonym=PSEUDONYM), visits)


def entries(read: Iterable[Read], by: CallCenter) -> Iterator[Entry]:
    for frame in read:
        yield from entry(frame, by)
    yield from rest(by, 1)


def events(*parts: bytes, by: CallCenter | None = None) -> list[CallEvent]:
    found = list(entries(frames(parts), by or center()))
    assert [each for each in found if isinstance(each, Refused)] == []
    for each in found:  # emitted events are valid for the topic
        assert isinstance(each, Accepted)
        msgspec.json.decode(each.record, type=CallEvent)
    return [each.event for each in found if isinstance(each, Accepted) and isinstance(each.event, CallEvent)]


def short(*parts: bytes, by: CallCenter | None = None) -> list[tuple[str, str, str | None]]:
    return [(event.call, event.type, event.reason) for event in events(*parts, by=by)]


def test_an_answered_call() -> None:
    offered, ringing, taken, ended = events(answered(0))
    assert offered == CallEvent(
        line="accueil",
        call="s1",
        type="offered",
        at=float(T),
        id=f"fs:accueil:s1:offered:{T}.0",
        source="fs",
        site="lozere",
        caller=PSEUDONYM.of(CALLER),
    )
    assert (ringing.type, ringing.at, ringing.agent) == ("ringing", T + 2, "201@default")
    assert (taken.type, taken.at, taken.wait, taken.agent) == ("answered", T + 5, 5, "201@default")
    assert (ended.type, ended.at, ended.talk) == ("ended", T + 65, 60)


@pytest.mark.parametrize(
    ("why", "more", "kind", "reason"),
    [
        ("BREAK_OUT", {"Answer_State": "hangup"}, "lost", "abandoned"),
        ("BREAK_OUT", {}, "lost", "abandoned"),
        ("NONE", {}, "lost", "abandoned"),
        ("TIMEOUT", {"Answer_State": "answered"}, "lost", "timeout"),
        ("NO_AGENT_TIMEOUT", {}, "lost", "no_agents"),
        ("EXIT_WITH_KEY", {"Answer_State": "answered"}, "diverted", "key"),
        ("A_NEW_ONE", {}, "lost", "unknown"),
        ("BREAK_OUT", {"Answer_State": "answered"}, "diverted", "transfer"),
    ],
)
def test_a_call_that_nobody_answers(why: str, more: dict[str, str], kind: str, reason: str) -> None:
    offered, out = events(ENTER, left(9, why, **more))
    assert (offered.type, out.type, out.reason, out.wait) == ("offered", kind, reason, 9)


def test_an_older_exchange_tells_the_key_by_a_variable() -> None:
    pressed = headers("member-queue-end", 9, CC_Cause="Cancel", CC_Cancel_Reason="BREAK_OUT", Answer_State="answered")
    assert short(ENTER, plain({**pressed, "variable_cc_exit_key": "0"}))[-1] == ("s1", "diverted", "key")


def test_who_rings_again_is_the_same_member_in_another_attempt() -> None:
    again = told("member-queue-resume", 30, "s2", CC_Member_UUID="m-s1")
    end = left(
        40, session="s2", CC_Member_UUID="m-s1", CC_Member_Joined_Time=str(T), CC_Member_Leaving_Time=str(T + 40)
    )
    found = events(ENTER, left(9), again, end)
    assert [(event.call, event.type, event.wait) for event in found] == [
        ("s1", "offered", None),
        ("s1", "lost", 9),
        ("s2", "offered", None),
        ("s2", "lost", 10),
    ]


def test_a_session_that_comes_back_is_a_new_attempt() -> None:
    found = short(ENTER, left(9, "TIMEOUT"), told("member-queue-resume", 10), answered(20, "s1"))
    assert [each for each in found if each[1] == "offered"] == [
        ("s1", "offered", None),
        ("s1#2", "offered", None),
        ("s1#3", "offered", None),
    ]
    assert ("s1#3", "answered", None) in found


def test_a_caller_who_overflows_into_another_queue_of_the_line_is_one_attempt() -> None:
    lines = {"accueil": "accueil", "renfort": "accueil"}
    by = CallCenter(context(source="fs", line_of=lines.get, pseudonym=PSEUDONYM))
    second = {"CC_Queue": "renfort@default", "CC_Member_UUID": "m-second"}
    found = events(
        ENTER,
        left(30, "TIMEOUT"),
        told("member-queue-start", 31, **second),
        left(30, "TIMEOUT"),  # of a second connection
        told("bridge-agent-start", 41, **second, **AGENT),
        by=by,
    )
    assert [(each.call, each.type, each.wait) for each in found] == [("s1", "offered", None), ("s1", "answered", 41)]


def test_a_caller_who_goes_on_to_another_line_leaves_the_first_as_a_transfer() -> None:
    second = told("member-queue-start", 31, CC_Queue="etat-civil@default", CC_Member_UUID="m-second")
    found = events(ENTER, left(30, "TIMEOUT"), second)
    assert [(each.line, each.type, each.reason, each.to) for each in found] == [
        ("accueil", "offered", None, None),
        ("accueil", "diverted", "transfer", "etat-civil"),
        ("etat-civil", "offered", None, None),
    ]


def test_an_agent_transfers_the_caller_back_into_the_queue() -> None:
    """The first visit's end arrives after the second began, from the first visit's member."""
    first = [ENTER, PICKED, CONNECTED]
    again = told("member-queue-start", 30, CC_Member_UUID="m-2")
    late = [
        told("bridge-agent-end", 31, **AGENT),
        told("member-queue-end", 31, CC_Cause="Terminated", **AGENT),
        left(40, CC_Member_UUID="m-2"),
    ]
    assert short(*first, again, *late) == [
        ("s1", "offered", None),
        ("s1", "answered", None),
        ("s1#2", "offered", None),
        ("s1", "ended", None),
        ("s1#2", "lost", "abandoned"),
    ]


def test_a_transfer_into_another_queue_is_an_attempt_there() -> None:
    there = told("member-queue-start", 70, "s1", CC_Queue="etat-civil@default", CC_Member_UUID="m-2")
    found = events(answered(0), there)
    assert [(event.line, event.call) for event in found if event.type == "offered"] == [
        ("accueil", "s1"),
        ("etat-civil", "s1"),
    ]


def test_agents_who_do_not_answer_lose_no_call() -> None:
    unanswered = told("bridge-agent-fail", 4, CC_Agent="202@default", CC_Hangup_Cause="ALLOTTED_TIMEOUT")
    offers = [told("agent-offering", 2, CC_Agent=f"20{n}@default") for n in (1, 2, 3)]
    kinds = [kind for _, kind, _ in short(ENTER, *offers, unanswered, PICKED, CONNECTED)]
    assert kinds == ["offered", "ringing", "ringing", "ringing", "answered"]


def test_who_is_gone_as_the_agent_picks_up_is_lost() -> None:
    by = center()
    not_connected = told("bridge-agent-end", 8, CC_Agent_Bridged="false", **AGENT)
    end = told("member-queue-end", 8, CC_Cause="Terminated", CC_Agent_Answered_Time=str(T + 5), **AGENT)
    assert short(ENTER, PICKED, left(5.1, "NONE"), not_connected, end, by=by) == [
        ("s1", "offered", None),
        ("s1", "lost", "abandoned"),
    ]
    assert short(ENTER, PICKED, not_connected, end) == [("s1", "offered", None), ("s1", "lost", "abandoned")]
    assert by.aside == {"no-event": 3, "picked-up-too-late": 1}


def test_an_answer_that_nobody_confirms_counts_after_five_seconds_or_at_the_end() -> None:
    heartbeat = plain({**headers("agent-state-change", 10.1), "CC-Agent-State": "Waiting"})
    assert short(ENTER, PICKED, heartbeat)[-1] == ("s1", "answered", None)
    assert short(ENTER, PICKED)[-1] == ("s1", "answered", None)
    by = center()
    assert [kind for _, kind, _ in short(ENTER, PICKED, left(20), by=by)] == ["offered", "answered"]
    assert by.aside == {"no-event": 1, "exit-after-answer": 1}


def test_a_recording_that_begins_in_a_conversation_tells_what_its_end_tells() -> None:
    times = {
        "CC_Member_Joined_Time": str(T - 20),
        "CC_Agent_Answered_Time": str(T - 12),
        "CC_Bridge_Terminated_Time": str(T),
    }
    taken, ended = events(told("bridge-agent-end", 0.5, **AGENT, **times))
    assert (taken.type, taken.at, taken.wait) == ("answered", T - 12, 8)
    assert (ended.type, ended.talk) == ("ended", 12.5)
    (lost,) = events(left(0, CC_Member_Joined_Time=str(T - 7), CC_Member_Leaving_Time=str(T)))
    assert (lost.type, lost.wait) == ("lost", 7)


def test_events_in_another_order_give_the_same_outcome() -> None:
    by = center()
    found = events(left(9), ENTER, by=by)
    assert [(event.call, event.type) for event in found] == [("s1", "lost"), ("s1", "offered")]
    assert by.aside == {"out-of-order": 1}


def test_a_restart_of_the_exchange_ends_whoever_waited() -> None:
    by = center()
    other = plain({**headers("member-queue-start", 60, "s9"), "Core-UUID": CORE[:-1] + "2"})
    talking = [told("member-queue-start", 1, "s2"), told("bridge-agent-start", 5, "s2", CC_Agent="202")]
    found = short(ENTER, *talking, other, by=by)
    assert found[2:] == [("s2", "answered", None), ("s1", "ended", None), ("s9", "offered", None)]
    assert by.aside == {"no-event": 1, "cut-by-restart": 1}


def test_a_call_that_was_thought_cut_may_go_on() -> None:
    """The events of two exchanges in one stream, or an exchange that was not heard for a while."""
    other = plain({**headers("member-queue-start", 3, "s9"), "Core-UUID": CORE[:-1] + "2"})
    assert short(ENTER, other, PICKED, CONNECTED, other)[1:] == [
        ("s1", "ended", None),
        ("s9", "offered", None),
        ("s1", "answered", None),
        ("s9", "offered", None),
    ]


def test_the_same_twice_gives_the_same_ids() -> None:
    whole = answered(0) + told("member-queue-start", 100, "s2") + left(110, session="s2")
    once = [event.id for event in events(whole)]
    assert [event.id for event in events(whole)] == once
    assert {event.id for event in events(whole, whole)} == set(once)


def test_a_new_reader_goes_on_with_the_visits_of_the_last() -> None:
    first = center()
    before = events(ENTER, left(9, "TIMEOUT"), told("member-queue-start", 10), by=first)
    kept = msgspec.json.decode(msgspec.json.encode(first.visits), type=QueueVisits)
    after = events(left(19), by=center(kept))
    assert [(event.call, event.type, event.wait) for event in before[-1:] + after] == [
        ("s1#2", "offered", None),
        ("s1#2", "lost", 9),
    ]


def test_a_queue_is_known_with_its_domain_or_without() -> None:
    assert {event.line for event in events(ENTER)} == {"accueil"}
    assert {event.line for event in events(told("member-queue-start", 0, CC_Queue="accueil@other"))} == {"elsewhere"}
    assert {event.line for event in events(told("member-queue-start", 0, CC_Queue="etat-civil@x"))} == {"etat-civil"}


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (headers("member-queue-start", 0, CC_Queue="0261995001@default"), "unknown-line"),
        (headers("member-queue-start", 0, CC_Queue=""), "unknown-line"),
        (headers("member-queue-start", 0, "", CC_Member_UUID=""), "no-call"),
        (headers("member-queue-start", 0, Event_Date_Timestamp="soon"), "no-time"),
        (headers("member-queue-start", -2e9), "no-time"),
    ],
)
def test_what_is_not_usable_is_refused_and_names_no_caller(told: dict[str, str], reason: str) -> None:
    (refused,) = entries(frames([plain(told)]), center())
    assert isinstance(refused, Refused)
    assert refused.why.reason == reason
    assert b"member-queue-start" in refused.original
    assert CALLER.encode() not in refused.original + refused.why.detail.encode()


def test_what_follows_from_the_time_is_told_though_the_event_is_refused() -> None:
    elsewhere = told("member-queue-start", 60, "s2", CC_Queue="fax")
    found = list(entries(frames([ENTER, PICKED, elsewhere]), center()))
    assert [each.event.type if isinstance(each, Accepted) else each.why.reason for each in found] == [
        "offered",
        "answered",
        "unknown-line",
    ]


def test_torn_bytes_are_refused_without_what_stood_there() -> None:
    found = list(entries(frames([ENTER[:-50], left(9)]), center()))
    assert [each.why.reason for each in found if isinstance(each, Refused)] == ["malformed"]
    assert [each.original for each in found if isinstance(each, Refused)] == [b""]


def test_other_events_of_the_exchange_are_passed_over() -> None:
    other = plain({"Event-Name": "CHANNEL_CREATE", "Core-UUID": CORE, "Event-Date-Timestamp": str(T * 1_000_000)})
    assert events(other, told("members-count", 1), told("agent-status-change", 2), other) == []
