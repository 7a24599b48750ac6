"""Messages of a running exchange in a file that grows: what is begun is told once its end has come."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from agents.sources.ami import Ami
from agents.sources.ami_messages import AmiLines
from agents.sources.callcenter import CallCenter
from agents.sources.callcenter_frames import entry
from agents.sources.entry import Entry
from agents.sources.event_socket import EventSocket
from agents.sources.files import ami_message
from agents.sources.pseudonym import Pseudonymizer

# Where a frame may end: a JSON body ends without a line end, and the next frame follows it in the same line.
FRAME_ENDS: Final = re.compile(rb"(?=Content-Length: \d)")


class GrowingAmi:
    """Read the saved bytes of a manager interface line by line."""

    def __init__(self, by: Ami, pseudonym: Pseudonymizer) -> None:
        self._by = by
        self._pseudonym = pseudonym
        self._lines: AmiLines | None = None

    def read(self, number: int, line: bytes) -> Iterable[Entry] | None:
        """Return what a line tells of; None where its message goes on in the next one. An empty line ends the file."""
        lines = self._lines = self._lines or AmiLines(number - 1)
        messages = list(lines.feed(line) if line else lines.close())
        if lines.amid:
            return None
        return [told for message in messages for told in ami_message(message, self._by, self._pseudonym)]


class GrowingCallCenter:
    """Read the saved bytes of an event socket piece by piece, each a line at most."""

    def __init__(self, center: CallCenter) -> None:
        self._center = center
        self._socket: EventSocket | None = None
        self._told: list[Entry] = []  # before the frame that is begun

    def read(self, number: int, piece: bytes) -> Iterable[Entry] | None:
        """Return what a piece tells of; None where its frame goes on in the next one. An empty piece ends the file.

        `number` is how many line ends were read, that of the piece among them.
        """
        socket = self._socket = self._socket or EventSocket(number + (not piece.endswith(b"\n")))
        frames = socket.feed(piece) if piece else socket.close()
        self._told += [told for frame in frames for told in entry(frame, self._center)]
        if socket.amid:
            return None
        told, self._told = self._told, []
        return told
