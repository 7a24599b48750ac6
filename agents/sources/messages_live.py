"""Messages of a running exchange in a growing file, read once they are complete."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from agents.sources.asterisk.ami import Ami
from agents.sources.asterisk.ami_messages import AmiLines
from agents.sources.entry import Entry
from agents.sources.files import ami_message
from agents.sources.freeswitch.callcenter import CallCenter
from agents.sources.freeswitch.callcenter_frames import entry
from agents.sources.freeswitch.event_socket import EventSocket
from agents.sources.pseudonym import Pseudonymizer

# The end of a frame inside a line: a JSON body has no line end, so the next frame follows in the same line.
FRAME_ENDS: Final = re.compile(rb"(?=Content-Length: \d)")


class GrowingAmi:
    """The saved bytes of a manager interface, read line by line."""

    def __init__(self, by: Ami, pseudonym: Pseudonymizer) -> None:
        self._by = by
        self._pseudonym = pseudonym
        self._lines: AmiLines | None = None

    def read(self, number: int, line: bytes) -> Iterable[Entry] | None:
        """Return the entries of a line, None if its message continues in the next one. An empty line ends the file."""
        lines = self._lines = self._lines or AmiLines(number - 1)
        messages = list(lines.feed(line) if line else lines.close())
        if lines.amid:
            return None
        return [found for message in messages for found in ami_message(message, self._by, self._pseudonym)]


class GrowingCallCenter:
    """The saved bytes of an event socket, read in pieces of at most a line."""

    def __init__(self, center: CallCenter) -> None:
        self._center = center
        self._socket: EventSocket | None = None
        self._entries: list[Entry] = []  # before the incomplete frame

    def read(self, number: int, piece: bytes) -> Iterable[Entry] | None:
        """Return the entries of a piece, None if its frame continues in the next one. An empty piece ends the file.

        `number` is the number of line ends read, including the piece's own.
        """
        socket = self._socket = self._socket or EventSocket(number + (not piece.endswith(b"\n")))
        frames = socket.feed(piece) if piece else socket.close()
        self._entries += [found for frame in frames for found in entry(frame, self._center)]
        if socket.amid:
            return None
        entries, self._entries = self._entries, []
        return entries
