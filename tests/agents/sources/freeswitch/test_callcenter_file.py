"""A frame of a growing file is emitted once, as soon as its last bytes are there."""

from __future__ import annotations

import msgspec

from agents.sources.entry import Accepted, Refused
from agents.sources.freeswitch.callcenter_file import CallCenterFile
from tests.agents.sources.contexts import context

CONTEXT = context(line_of={"accueil": "standard"}.get)


def frame(**told: str) -> bytes:
    body = msgspec.json.encode(
        {"CC-Queue": "accueil@default", "CC-Member-UUID": "m", "CC-Member-Session-UUID": "c", **told}
    )
    return b"Content-Length: %d\nContent-Type: text/event-json\n\n%b" % (len(body), body)


ENTERS = frame(**{"CC-Action": "member-queue-start", "Event-Date-Timestamp": "1362382200000000"})


def test_a_json_frame_is_told_at_its_last_byte_though_no_line_ends_there() -> None:
    read = CallCenterFile(CONTEXT).read
    *headers, body = ENTERS.splitlines(keepends=True)
    assert [read(number, line) for number, line in enumerate(headers, 10)] == [None] * 3
    assert read(12, body[:20]) is None
    (told,) = read(12, body[20:]) or []
    assert isinstance(told, Accepted)
    assert (told.row, told.event.type) == (10, "offered")


def test_what_is_torn_is_told_with_the_next_frame() -> None:
    read = CallCenterFile(CONTEXT).read
    assert read(1, b"Content-Length: 900\n") is None
    assert read(2, b"Content-Type: text/event-json\n") is None
    assert read(3, b"\n") is None
    told = [read(number, line) for number, line in enumerate(ENTERS.splitlines(keepends=True), 4)][-1]
    torn, entered = told or []
    assert isinstance(torn, Refused)
    assert (torn.row, entered.row) == (1, 4)
