"""A live Asterisk through lost connections: gaps are reported, and filled from its queue_log."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest

from agents.ingest import live, live_ami
from agents.ingest.kept import keep_state
from agents.ingest.live import Connect, Listener, LiveState, read_state
from agents.ingest.live_ami import AmiSession
from agents.sources.asterisk import ami_messages
from agents.sources.asterisk.ami import Ami
from agents.sources.asterisk.ami_calls import AmiCalls
from agents.sources.asterisk.ami_client import AmiClient
from agents.sources.asterisk.ami_file import AMI, ami_message
from agents.sources.asterisk.queue_log_file import QUEUE_LOG
from agents.sources.context import Context
from agents.sources.entry import Accepted, Entry, Refused
from agents.sources.pseudonym import Pseudonymizer
from config.settings import load
from streams.calls.rules import LineRules, always
from streams.desks.line import Line
from streams.events import CallEvent
from tests.agents.asterisk import (
    BANNER,
    LOGIN,
    PONG,
    START,
    Told,
    asks,
    connected,
    listed,
    message,
    raw,
    status,
    waiting,
)
from tests.agents.scripted import Script, ScriptedServer, exchange
from tests.agents.sources.contexts import context
from tests.waiting import PATIENCE

PSEUDONYM = Pseudonymizer(b"of the tests only")
LINES = {"accueil": "standard", "600": "circulation"}
JOIN = raw([message("QueueCallerJoin", 0)])


def of_ami() -> Context:
    return context(source="ami", line_of=LINES.get, pseudonym=PSEUDONYM)


def listener(server: ScriptedServer, kept: Path) -> Listener[AmiCalls]:
    def connecting(calls: AmiCalls) -> Connect:
        by = Ami(of_ami(), calls)
        login = ("127.0.0.1", server.port, "tocsin", "sesame")
        return lambda: AmiSession(AmiClient(*login, greeting=1.0), by, PSEUDONYM, "ami", "Europe/Paris")

    return Listener(load(None, {}), "ami", kept, AmiCalls, connecting)


def heard(server: ScriptedServer, kept: Path, count: int) -> list[Entry]:
    """Return the first entries from an exchange, across lost connections."""
    found: list[Entry] = []
    listening, deadline = listener(server, kept), time.monotonic() + PATIENCE
    for told in listening.listen():
        found += told or []
        if len(found) >= count:
            listening.stop()
        assert time.monotonic() < deadline, found
    return found


def short(entry: Entry) -> tuple[str, str]:
    if isinstance(entry, Refused):
        return entry.why.reason, entry.why.detail
    return str(entry.event.type), getattr(entry.event, "call", "")


def calls(entries: Iterable[Entry]) -> Iterator[CallEvent]:
    for each in entries:
        if isinstance(each, Accepted):
            assert isinstance(each.event, CallEvent)
            yield each.event


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "FIRST_PAUSE", 0.05)


def test_who_waits_already_is_known_from_the_beginning(tmp_path: Path) -> None:
    abandon, before = message("QueueCallerAbandon", 8, HoldTime=30), time.time()
    with exchange([*connected(waiting("1.1", 30), waiting("2.1", 3)), raw([abandon]), 5.0]) as server:
        first, second = calls(heard(server, tmp_path / "kept", 2))
    assert (first.type, first.line, first.call) == ("offered", "standard", "1.1")
    assert isinstance(first.at, float)
    assert before <= first.at + 30 <= time.time()
    assert second.call == "2.1"


def test_a_lost_connection_says_who_is_gone_and_how_to_mend_it(tmp_path: Path) -> None:
    """Three callers waited. One still does, one left in an unknown way, and one was answered meanwhile."""
    before = raw([message("QueueCallerJoin", at, caller=f"{at + 1}.1") for at in range(3)])
    after = raw([message("AgentComplete", 90, caller="3.1", TalkTime=30, HoldTime=58, Interface="PJSIP/101")])
    with exchange([*connected(), before], [*connected(waiting("1.1", 60)), after, 5.0]) as server:
        found = [short(each) for each in heard(server, tmp_path / "kept", 8)]
    assert found[:3] == [("offered", "1.1"), ("offered", "2.1"), ("offered", "3.1")]
    assert found[3:5] == [("ended", "2.1"), ("ended", "3.1")]
    reason, detail = found[5]
    assert reason == "gap"
    for words in (
        "disconnected from 2013-11-22T14:30:0",
        "2 of 3 callers waiting then are gone",
        "outcome is unknown",
    ):
        assert words in detail
    assert "tocsin ingest queue-log FILE --source ami" in detail
    assert found[6:] == [("answered", "3.1"), ("ended", "3.1")]


def test_a_crash_of_the_exchange_ends_who_waited(tmp_path: Path) -> None:
    up = [raw([{"Event": "FullyBooted", "Uptime": str(seconds)}]) for seconds in (900, 3)]
    crashed: Script = [*connected(), up[0] + JOIN]
    anew: Script = [*LOGIN, up[1], "Action: Ping", PONG, "Action: QueueStatus", listed(), 5.0]
    with exchange(crashed, [], anew) as server:
        found = [short(each) for each in heard(server, tmp_path / "kept", 3)]
    assert found[:2] == [("offered", "1.1"), ("ended", "1.1")]
    assert "1 of 1 callers" in found[2][1]


def test_a_caller_who_joins_while_the_status_is_told_is_not_gone(tmp_path: Path) -> None:
    status = listed().replace(b"Event: QueueStatusComplete", JOIN + b"Event: QueueStatusComplete")
    script: Script = [*LOGIN, "Action: Ping", PONG, "Action: QueueStatus", status]
    with exchange(script, [*connected(waiting("1.1", 5)), 5.0]) as server:
        found = [short(each) for each in heard(server, tmp_path / "kept", 2)]
    assert found[0] == ("offered", "1.1")
    assert "0 of 1 callers" in found[1][1]


def test_a_caller_who_came_back_meanwhile_is_a_second_attempt(tmp_path: Path) -> None:
    state: LiveState[AmiCalls] = LiveState(AmiCalls(), START)
    state.calls.calls.enter("standard", "1.1", time.time() - 600)
    keep_state(tmp_path / "kept", state)
    with exchange([*connected(waiting("1.1", 5)), 5.0]) as server:
        found = [short(each) for each in heard(server, tmp_path / "kept", 3)]
    assert found[:2] == [("ended", "1.1"), ("offered", "1.1#2")]
    assert "1 of 1 callers" in found[2][1]


@pytest.mark.slow
def test_an_exchange_that_lists_nobody_is_heard_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_ami, "STATUS_SECONDS", 0.5)
    keep_state(tmp_path / "kept", LiveState(AmiCalls(), START))
    with exchange([*LOGIN, "Action: Ping", PONG, "Action: QueueStatus", 2.0, JOIN, 5.0]) as server:
        gap, offered = heard(server, tmp_path / "kept", 2)
    assert "perhaps some of 0" in short(gap)[1]
    assert short(offered) == ("offered", "1.1")


def test_what_has_no_moment_gets_that_of_the_exchanges_clock(tmp_path: Path) -> None:
    before = time.time()
    late = {"Response": "Success", "Ping": "Pong", "Timestamp": f"{before - 3600:.6f}"}
    join = {"Event": "QueueCallerJoin", "Queue": "600", "Uniqueid": "7.1"}
    script: Script = [*LOGIN, "Action: Ping", raw([late]), "Action: QueueStatus", listed(), raw([join]), 5.0]
    with exchange(script) as server:
        (offered,) = calls(heard(server, tmp_path / "kept", 1))
    assert isinstance(offered.at, float)
    assert before <= offered.at + 3600 <= time.time()


def test_garbage_between_messages_is_told_and_the_next_message_read(tmp_path: Path) -> None:
    garbage = b"\x00\xff no: message\r\n" * 2_000 + b"\r\n"
    with exchange([*connected(), garbage + JOIN, 5.0]) as server:
        refused, offered = heard(server, tmp_path / "kept", 2)
    assert short(refused)[0] == "malformed"
    assert short(offered) == ("offered", "1.1")


def test_a_stop_and_a_start_go_on_where_they_stood(tmp_path: Path) -> None:
    """The stop keeps an end that was not certain yet, and the next start emits it once."""
    state: LiveState[AmiCalls] = LiveState(AmiCalls(), START)
    by = Ami(of_ami(), state.calls)
    for told in ami_messages.read((JOIN + raw([message("QueueCallerAbandon", 8)])).splitlines()):
        list(ami_message(told, by, PSEUDONYM))
    keep_state(tmp_path / "kept", state)
    assert read_state(tmp_path / "kept", AmiCalls).calls == state.calls
    with exchange([*connected(), 5.0]) as server:
        lost, gap = heard(server, tmp_path / "kept", 2)
    assert short(lost) == ("lost", "1.1")
    assert "0 of 0 callers" in short(gap)[1], "who gave up is no caller who waits"


# The same calls as messages of the manager interface and as rows of the queue_log.


def answered(caller: str, at: float, queue: str = "accueil") -> Call:
    told = [
        asks(queue, at - 0.1, caller),
        message("QueueCallerJoin", at, queue, caller),
        message("QueueCallerLeave", at + 20.2, queue, caller),
        message("AgentConnect", at + 20.9, queue, caller, HoldTime=20, Interface="PJSIP/101"),
        message("AgentComplete", at + 50.9, queue, caller, HoldTime=20, TalkTime=30, Interface="PJSIP/101"),
    ]
    rows = [
        row(at, caller, queue, "ENTERQUEUE||0466496000|1"),
        row(at + 20.9, caller, queue, f"CONNECT|20|{caller}9|3", "PJSIP/101"),
        row(at + 50.9, caller, queue, "COMPLETECALLER|20|30|1", "PJSIP/101"),
    ]
    return told, rows


def left(caller: str, at: float, event: str, queue: str = "accueil", why: str = "") -> Call:
    told = [asks(queue, at - 0.1, caller), message("QueueCallerJoin", at, queue, caller)]
    if not event.startswith("EXITWITHKEY"):
        told.append(message("QueueCallerAbandon", at + 15.3, queue, caller, HoldTime=15))
    told.append(message("QueueCallerLeave", at + 15.4, queue, caller))
    told += [status(why, at + 15.5, caller)] if why else []
    told.append(message("Newexten", at + 15.6, "", caller, Application="Hangup"))
    return told, [row(at, caller, queue, "ENTERQUEUE||0466496000|1"), row(at + 15.3, caller, queue, event)]


def row(at: float, caller: str, queue: str, event: str, agent: str = "NONE") -> str:
    return f"{int(START + at)}|{caller}|{queue}|{agent}|{event}"


Call: TypeAlias = tuple[list[Told], list[str]]


class Story:
    """Calls in both forms of record."""

    def __init__(self, *calls: Call) -> None:
        self.messages = sorted((each for told, _ in calls for each in told), key=lambda each: each["Timestamp"])
        self.log = sorted(each for _, rows in calls for each in rows)

    def between(self, since: float, until: float = 1e9) -> bytes:
        """Return the bytes of the manager interface between two moments (s after `START`)."""
        return raw(each for each in self.messages if since <= moment(each) < until)

    def waiting(self, at: float) -> bytes:
        """Return the queue status at a moment."""
        found: dict[tuple[str, str], Told] = {}
        for each in self.messages:
            call = (each["Uniqueid"], each["Queue"])
            if moment(each) < at and each["Event"] == "QueueCallerJoin":
                found[call] = waiting(call[0], at - moment(each), call[1])
            elif moment(each) < at and each["Event"] == "QueueCallerLeave":
                del found[call]
        return listed(*found.values())

    def unbroken(self) -> list[CallEvent]:
        return told_of(self.between(-1))

    def with_a_gap(self, lost: float, back: float) -> list[CallEvent]:
        pong = raw([{"Response": "Success", "Ping": "Pong", "Timestamp": f"{START + back:.6f}"}])
        return told_of(self.between(-1, lost) + BANNER + pong + self.waiting(back) + self.between(back))


def moment(told: Told) -> float:
    return float(told["Timestamp"]) - START


def told_of(raw: bytes) -> list[CallEvent]:
    return list(calls(AMI.read(raw.splitlines(keepends=True), of_ami())))


def counted(events: Iterable[CallEvent]) -> dict[str, object]:
    lines = {name: Line(LineRules(site="lozere", line=name, open=always)) for name in LINES.values()}
    for event in events:
        assert event.line is not None
        lines[event.line].fold(event)
    return {name: line.figures.counts() for name, line in lines.items()}


def from_the_log(rows: Sequence[str]) -> list[CallEvent]:
    return list(calls(QUEUE_LOG.read((f"{each}\n".encode() for each in rows), of_ami())))


MORNING = Story(
    answered("1.1", 0),
    left("2.1", 5, "ABANDON|1|1|15"),
    answered("3.1", 12, "600"),
    left("4.1", 14, "EXITWITHTIMEOUT|1|1|15", why="TIMEOUT"),
    left("5.1", 25, "EXITWITHKEY|2|1|1|15"),
    answered("5.1", 42, "600"),
    left("7.1", 63, "ABANDON|1|1|15", "600"),
    answered("8.1", 80),
)
AGAIN = Story(left("6.1", 0, "EXITWITHKEY|1|1|1|15"), answered("6.1", 20))  # on the same line


@pytest.mark.parametrize("story", [MORNING, AGAIN])
def test_both_records_give_the_same_calls_the_same_ids(story: Story) -> None:
    heard, logged = story.unbroken(), from_the_log(story.log)
    assert counted(heard) == counted(logged)
    assert {(each.line, each.call, each.type) for each in heard} == {
        (each.line, each.call, each.type) for each in logged
    }


@pytest.mark.parametrize("length", [1, 10, 30, 100])
def test_the_queue_log_mends_a_gap_to_the_unit_wherever_it_is(length: int) -> None:
    expected = counted(MORNING.unbroken())
    for lost in range(0, 130, 3):
        found = MORNING.with_a_gap(lost, lost + length)
        assert counted([*found, *from_the_log(MORNING.log)]) == expected, f"lost at {lost} s"


def test_a_visit_that_nobody_heard_of_a_caller_who_is_back_is_the_one_that_cannot_be_mended() -> None:
    """The log calls the second visit `6.1#2`, but the listener never saw the first."""
    expected = counted(AGAIN.unbroken())
    for lost, back in ((3, 18), (5, 25), (12, 30)):
        assert counted([*AGAIN.with_a_gap(lost, back), *from_the_log(AGAIN.log)]) == expected, "as one was heard"
    heard = AGAIN.with_a_gap(-1, 30)
    assert {each.call for each in heard} == {"6.1"}
    assert {each.call for each in from_the_log(AGAIN.log)} == {"6.1", "6.1#2"}


def test_a_connection_that_is_killed_is_mended_from_the_queue_log(tmp_path: Path) -> None:
    """Also if a server hangs up within a message, and if the log covers only the gap."""
    lost, back = 33.0, 58.0
    pong = raw([{"Response": "Success", "Ping": "Pong", "Timestamp": f"{START + back:.6f}"}])
    first: Script = [*connected(), MORNING.between(-1, lost) + MORNING.between(lost)[:70]]
    again: Script = [*LOGIN, "Action: Ping", pong, "Action: QueueStatus", MORNING.waiting(back), MORNING.between(back)]
    with exchange(first, again, [*connected(), 5.0]) as server:
        found = heard(server, tmp_path / "kept", 22)
    assert [short(each)[0] for each in found if isinstance(each, Refused)] == ["malformed", "gap", "gap"]
    part = [each for each in MORNING.log if lost - 1 <= int(each.partition("|")[0]) - START <= back]
    expected = counted(MORNING.unbroken())
    assert counted(calls(found)) != expected
    assert counted([*calls(found), *from_the_log(part)]) == expected
