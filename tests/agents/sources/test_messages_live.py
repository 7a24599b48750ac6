"""A message is emitted once, as soon as its last bytes are there."""

from __future__ import annotations

from collections import Counter

import msgspec

from agents.sources.asterisk.ami import Ami
from agents.sources.entry import Accepted, Refused
from agents.sources.freeswitch.callcenter import CallCenter
from agents.sources.messages_live import GrowingAmi, GrowingCallCenter
from agents.sources.pseudonym import Pseudonymizer

LINES = {"accueil": "standard"}
PSEUDONYM = Pseudonymizer(b"a key of the tests only")
JOIN = b"Event: QueueCallerJoin\r\nTimestamp: 1362382200.5\r\nQueue: accueil\r\nUniqueid: 7.1\r\n"


def frame(**told: str) -> bytes:
    body = msgspec.json.encode(
        {"CC-Queue": "accueil@default", "CC-Member-UUID": "m", "CC-Member-Session-UUID": "c", **told}
    )
    return b"Content-Length: %d\nContent-Type: text/event-json\n\n%b" % (len(body), body)


ENTERS = frame(**{"CC-Action": "member-queue-start", "Event-Date-Timestamp": "1362382200000000"})


def test_a_message_of_the_manager_interface_is_told_at_its_blank_line() -> None:
    read = GrowingAmi(Ami(LINES.get, "pbx", "lozere", PSEUDONYM), PSEUDONYM).read
    assert [read(number, line) for number, line in enumerate(JOIN.splitlines(keepends=True), 41)] == [None] * 4
    (told,) = read(45, b"\r\n") or ()
    assert isinstance(told, Accepted)
    assert (told.row, told.event.type) == (41, "offered")
    assert read(46, b"\r\n") == [], "nothing is begun"


def test_a_message_whose_end_nobody_writes_is_refused_with_its_line() -> None:
    read = GrowingAmi(Ami(LINES.get, "pbx", "lozere", PSEUDONYM), PSEUDONYM).read
    assert read(7, b"Event: QueueCallerJoin\r\n") is None
    (torn,) = read(8, b"") or ()
    assert isinstance(torn, Refused)
    assert torn.row == 7


def test_a_json_frame_is_told_at_its_last_byte_though_no_line_ends_there() -> None:
    read = GrowingCallCenter(CallCenter(LINES.get, "pbx", "lozere", PSEUDONYM, Counter())).read
    *headers, body = ENTERS.splitlines(keepends=True)
    assert [read(number, line) for number, line in enumerate(headers, 10)] == [None] * 3
    assert read(12, body[:20]) is None
    (told,) = read(12, body[20:]) or ()
    assert isinstance(told, Accepted)
    assert (told.row, told.event.type) == (10, "offered")


def test_what_is_torn_is_told_with_the_next_frame() -> None:
    read = GrowingCallCenter(CallCenter(LINES.get, "pbx", "lozere", PSEUDONYM, Counter())).read
    assert read(1, b"Content-Length: 900\n") is None
    assert read(2, b"Content-Type: text/event-json\n") is None
    assert read(3, b"\n") is None
    told = [read(number, line) for number, line in enumerate(ENTERS.splitlines(keepends=True), 4)][-1]
    torn, entered = told or ()
    assert isinstance(torn, Refused)
    assert (torn.row, entered.row) == (1, 4)
