"""The connector of the saved bytes of Asterisk's manager interface (AMI).

A message is lines of `Key: Value` up to a blank line. An end is held until the caller's channel continues, for the
longest `PATIENCE` in a growing file. A running exchange gives the same messages over a connection.

>>> from agents.sources.pseudonym import Pseudonymizer
>>> lines = {"accueil": "standard"}.get
>>> secret = Pseudonymizer(b"a key of an example")
>>> context = Context(source="pbx", site="mende", zone="Europe/Paris", pseudonym=secret, line_of=lines, dialled=lines)
>>> message = [b"Event: QueueCallerJoin", b"Timestamp: 1362382200.5", b"Queue: accueil", b"Uniqueid: 7.1", b""]
>>> [(entry.row, entry.event.line, entry.event.type) for entry in AMI.read(message, context)]
[(1, 'standard', 'offered')]

Reference: docs.asterisk.org, "The Asterisk Manager TCP/IP API".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from agents.sources.aside import accounted
from agents.sources.asterisk import ami_messages
from agents.sources.asterisk.ami import Ami
from agents.sources.asterisk.ami_calls import PATIENCE, AmiCalls
from agents.sources.asterisk.ami_messages import AmiLines, Parsed, RefusedMessage, seen
from agents.sources.asterisk.queue_log_rows import MalformedLine
from agents.sources.connector import FILE_OVER, Connector, Reader
from agents.sources.context import Context
from agents.sources.entry import Accepted, Entry, Refused
from agents.sources.kind import FileKind
from agents.sources.pseudonym import Pseudonymizer
from streams.decoding import Invalid
from streams.said import said

_encode = msgspec.json.Encoder().encode


class AmiFile(Reader[Parsed]):
    """The messages of one or successive connections."""

    def __init__(self, context: Context, calls: AmiCalls | None = None, _first: bytes = b"") -> None:
        self._ami = Ami(context, calls)
        self._pseudonym = context.pseudonym
        self._lines: AmiLines | None = None
        self._number = 1  # of the latest message

    def rows(self, lines: Iterable[bytes]) -> Iterator[Parsed]:
        return ami_messages.read(lines)

    def line(self, number: int, line: bytes) -> Iterable[Parsed] | None:
        lines = self._lines = self._lines or AmiLines(number - 1)
        messages = list(lines.close() if line == FILE_OVER else lines.feed(line))
        return None if lines.amid else messages

    def take(self, row: Parsed) -> Iterator[Entry]:
        self._number = row.number
        return ami_message(row, self._ami, self._pseudonym)

    def finish(self) -> Iterator[Entry]:
        for event in self._ami.close():
            yield Accepted(self._number, event, _encode(event))


def ami_message(message: Parsed, by: Ami, pseudonym: Pseudonymizer, now: float | None = None) -> Iterator[Entry]:
    """Yield the entries of one message; `now` (epoch s) is when it arrived, if known."""
    return accounted(_of_message(message, by, pseudonym, now), by.aside)


def _of_message(message: Parsed, by: Ami, pseudonym: Pseudonymizer, now: float | None) -> Iterator[Entry]:
    raw, number = message.raw, message.number
    if isinstance(message, MalformedLine):
        why = Invalid("malformed", said("{reason}: {detail}", reason=message.reason, detail=message.detail))
        yield Refused(number, pseudonym.scrub(raw), why)
        return
    taken = by.take(message, now)
    if isinstance(taken, RefusedMessage):
        yield Refused(number, pseudonym.scrub(raw), Invalid(taken.reason, taken.detail))
        return
    for event in taken:
        yield Accepted(number, event, _encode(event))


AMI: Final = Connector(FileKind.AMI, AmiFile, AmiCalls, seen, patience=max(PATIENCE.values()))
