"""The frames of FreeSWITCH's event socket as entries: events of mod_callcenter, and refusals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from agents.sources.aside import OTHER, accounted
from agents.sources.entry import Accepted, Entry, Refused
from agents.sources.freeswitch.callcenter import SHOWN, CallCenter, moment
from agents.sources.freeswitch.event_socket import Read, Torn, values
from agents.sources.trace import Seen
from streams.decoding import Invalid
from streams.said import said

_WANTED: Final = frozenset(
    [
        *b"CC-Action CC-Queue CC-Agent CC-Agent-State CC-Agent-Bridged CC-Cause CC-Cancel-Reason".split(),
        *b"CC-Member-UUID CC-Member-Session-UUID CC-Member-CID-Number CC-Member-Joined-Time".split(),
        *b"CC-Agent-Answered-Time CC-Member-Leaving-Time".split(),
        *b"Event-Date-Timestamp Core-UUID Answer-State variable_cc_exit_key".split(),
    ]
)

_encode = msgspec.json.Encoder().encode


def rest(center: CallCenter, row: int) -> Iterator[Entry]:
    """Yield the entries that are left when no further frame comes; `row` is the row of the last frame."""
    for event in center.close():
        yield Accepted(row, event, _encode(event))


def entry(read: Read, center: CallCenter) -> Iterator[Entry]:
    """Yield the entries of one frame; a refused one shows nothing that could identify a caller."""
    return accounted(_of_frame(read, center), center.aside)


def _of_frame(read: Read, center: CallCenter) -> Iterator[Entry]:
    if isinstance(read, Torn):
        yield Refused(
            read.row,
            b"",
            Invalid(
                "malformed", said("{size} bytes are no complete message: {detail}", size=read.size, detail=read.detail)
            ),
        )
        return
    if b"CC-Action" not in read.body and b"HEARTBEAT" not in read.body:
        center.aside[OTHER] += 1
        return
    told = values(read, _WANTED)
    try:
        for event in center.take(told):
            yield Accepted(read.row, event, _encode(event))
    except Invalid as why:
        yield Refused(read.row, center.shown(told), why)


def seen(read: Read) -> Seen | None:
    """Return a frame's content without the caller."""
    if isinstance(read, Torn) or b"CC-Action" not in read.body:
        return None
    told = values(read, _WANTED)
    words = (told.get("CC-Action", ""), *(f"{name}={told[name]}" for name in (*SHOWN[1:], "CC-Agent") if name in told))
    names = (told.get("CC-Member-Session-UUID", ""), told.get("CC-Member-UUID", ""))
    return Seen(read.row, moment(told, "Event-Date-Timestamp", 1e-6), words, names)
