r"""The connector of the saved bytes of FreeSWITCH's event socket, with the events of mod_callcenter.

A frame is headers and a body, in any of the socket's formats. An answer is held until the agent is in the call, for
`CONNECTED_AFTER` in a growing file. A running exchange gives the same frames over a connection.

>>> from agents.sources.pseudonym import Pseudonymizer
>>> lines = {"accueil": "standard"}.get
>>> secret = Pseudonymizer(b"a key of an example")
>>> context = Context(source="fs", site="mende", zone="Europe/Paris", pseudonym=secret, line_of=lines, dialled=lines)
>>> body = (
...     b"CC-Action: member-queue-start\nCC-Queue: accueil%40default\nCC-Member-UUID: m1\n"
...     b"CC-Member-Session-UUID: c1\nEvent-Date-Timestamp: 1362382200000000\n\n"
... )
>>> frame = b"Content-Length: %d\nContent-Type: text/event-plain\n\n%b" % (len(body), body)
>>> [(entry.row, entry.event.line, entry.event.type) for entry in CALLCENTER.read([frame], context)]
[(1, 'standard', 'offered')]

Reference: developer.signalwire.com, mod_callcenter and mod_event_socket.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from agents.sources.connector import FILE_OVER, Connector, Reader
from agents.sources.context import Context
from agents.sources.entry import Entry
from agents.sources.freeswitch.callcenter import CONNECTED_AFTER, CallCenter
from agents.sources.freeswitch.callcenter_frames import entry, rest, seen
from agents.sources.freeswitch.callcenter_visits import QueueVisits
from agents.sources.freeswitch.event_socket import EventSocket, Read, frames
from agents.sources.kind import FileKind

# The end of a frame inside a line: a JSON body has no line end, so the next frame follows in the same line.
FRAME_ENDS: Final = re.compile(rb"(?=Content-Length: \d)")


class CallCenterFile(Reader[Read]):
    """The frames of a socket; a growing file is read in pieces of at most a line."""

    def __init__(self, context: Context, visits: QueueVisits | None = None, _first: bytes = b"") -> None:
        self._center = CallCenter(context, visits)
        self._socket: EventSocket | None = None
        self._frames: list[Read] = []  # before the incomplete one
        self._row = 1  # of the latest frame

    def rows(self, lines: Iterable[bytes]) -> Iterator[Read]:
        return frames(lines)

    def line(self, number: int, line: bytes) -> Iterable[Read] | None:
        """Return the frames that a piece completes; `number` counts the line ends so far, with the piece's own."""
        socket = self._socket = self._socket or EventSocket(number + (not line.endswith(b"\n")))
        self._frames += socket.close() if line == FILE_OVER else socket.feed(line)
        if socket.amid:
            return None
        complete, self._frames = self._frames, []
        return complete

    def take(self, row: Read) -> Iterator[Entry]:
        self._row = row.row
        return entry(row, self._center)

    def finish(self) -> Iterator[Entry]:
        return rest(self._center, self._row)


CALLCENTER: Final = Connector(
    FileKind.CALLCENTER, CallCenterFile, QueueVisits, seen, patience=CONNECTED_AFTER, ends=FRAME_ENDS
)
