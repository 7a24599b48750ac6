"""The messages of Asterisk's manager interface (AMI), from the bytes of its connections.

A message is lines of `Key: Value`, ended by a blank line. A connection's greeting is one line; a second greeting means
that the connection was lost in between. Reference: docs.asterisk.org, "The Asterisk Manager TCP/IP API".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, TypeAlias

from agents.sources.asterisk.queue_log_rows import MalformedLine
from agents.sources.trace import Seen
from streams.events import MAX_EPOCH, MAX_SECONDS, MIN_EPOCH

GREETING: Final = "Asterisk Call Manager"
MAX_LINES: Final = 1_000  # of a message
MAX_LINE: Final = 65_536  # bytes

_SHOWN: Final = (  # headers of a message that name no caller
    *("Queue", "Interface", "Position", "HoldTime", "TalkTime", "Reason", "Variable", "Value", "Cause-txt"),
    *("Application", "AppData"),
)


class AmiMessage(NamedTuple):
    """One message; `number` is the number of its first line."""

    number: int
    event: str  # "" for the answer to an action, `GREETING` for a greeting
    headers: dict[str, str]
    raw: bytes

    def get(self, key: str) -> str:
        """Return the value of a header, "" if it is absent or unknown to Asterisk."""
        value = self.headers.get(key, "")
        return "" if value in {"<unknown>", "<null>"} else value

    @property
    def moment(self) -> float | None:
        """Return the message's moment (epoch s), None if it has none from 1990 to 2100."""
        try:
            at = float(self.headers["Timestamp"])
        except (KeyError, ValueError):
            return None
        return at if MIN_EPOCH <= at <= MAX_EPOCH else None

    def seconds(self, key: str) -> float | None:
        """Return a header's duration (s), None if it has none."""
        try:
            value = float(self.get(key))
        except ValueError:
            return None
        return value if 0 <= value <= MAX_SECONDS else None


class RefusedMessage(NamedTuple):
    """A readable message that cannot be used: a short `reason` to count by, and a `detail` with the expected form."""

    reason: str
    detail: str


Parsed: TypeAlias = AmiMessage | MalformedLine


class AmiLines:
    """The lines of one or successive connections, joined to messages; `read` is the number of earlier lines."""

    def __init__(self, read: int = 0) -> None:
        self._kept: list[bytes] = []
        self._first = 1
        self._number = read

    @property
    def amid(self) -> bool:
        return bool(self._kept)

    def feed(self, line: bytes) -> Iterator[Parsed]:
        """Yield the messages that a line completes; a torn message is yielded as malformed."""
        self._number += 1
        text = line.rstrip(b"\r\n")
        if text.startswith(GREETING.encode()):
            yield from self.close()
            yield AmiMessage(self._number, GREETING, {}, text)
        elif text:
            if not self._kept:
                self._first = self._number
            if len(self._kept) <= MAX_LINES:
                self._kept.append(text[:MAX_LINE])
        elif self._kept:
            kept, self._kept = self._kept, []
            yield _message(self._first, kept)

    def close(self) -> Iterator[Parsed]:
        """Yield the incomplete message that is left at the end."""
        kept, self._kept = self._kept, []
        if kept:
            yield _torn(self._first, kept)


def read(lines: Iterable[bytes]) -> Iterator[Parsed]:
    """Yield the messages of one connection or several in turn; a torn message is yielded as malformed.

    >>> [(m.event, m.get("Queue")) for m in read([b"Event: QueueCallerJoin", b"Queue: 600", b""])]
    [('QueueCallerJoin', '600')]
    """
    joined = AmiLines()
    for line in lines:
        yield from joined.feed(line)
    yield from joined.close()


def seen(message: AmiMessage | MalformedLine) -> Seen | None:
    """Return a message's content without the caller."""
    if isinstance(message, MalformedLine):
        return None
    names = ("Uniqueid", "Linkedid", "DestUniqueid", "DestLinkedid")
    words = (message.event, *(f"{key}={message.get(key)}" for key in _SHOWN if message.get(key)))
    return Seen(message.number, message.moment, words, tuple(map(message.get, names)))


def _message(number: int, lines: list[bytes]) -> AmiMessage | MalformedLine:
    if len(lines) > MAX_LINES:
        return MalformedLine(number, "malformed", f"a message of more than {MAX_LINES} lines", lines[0])
    headers: dict[str, str] = {}
    for line in lines:
        key, _, value = line.decode(errors="replace").partition(":")
        headers.setdefault(key, value.strip())
    return AmiMessage(number, headers.get("Event", ""), headers, b"\n".join(lines))


def _torn(number: int, lines: list[bytes]) -> MalformedLine:
    return MalformedLine(number, "torn", "the connection ended within this message", lines[0])
