"""The messages of Asterisk's manager interface (AMI), from the bytes of its connections.

A message is lines of `Key: Value`, ended by a blank line. The greeting of a connection is a line of its own: where one
follows another, the connection was lost in between.
Reference: docs.asterisk.org, "The Asterisk Manager TCP/IP API".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from agents.sources.queue_log_rows import MalformedLine

GREETING: Final = "Asterisk Call Manager"
MAX_LINES: Final = 1_000  # of a message
MAX_LINE: Final = 65_536  # bytes


class AmiMessage(NamedTuple):
    """Hold one message; `number` is that of its first line."""

    number: int
    event: str  # "" for the answer to an action, `GREETING` for a greeting
    headers: dict[str, str]
    raw: bytes

    def get(self, key: str) -> str:
        """Return the value of a header, "" where there is none or Asterisk knows none."""
        value = self.headers.get(key, "")
        return "" if value in {"<unknown>", "<null>"} else value


def read(lines: Iterable[bytes]) -> Iterator[AmiMessage | MalformedLine]:
    """Yield the messages of a connection, or of several one after the other; what is torn is told as malformed.

    >>> [(m.event, m.get("Queue")) for m in read([b"Event: QueueCallerJoin", b"Queue: 600", b""])]
    [('QueueCallerJoin', '600')]
    """
    kept: list[bytes] = []
    number, first = 0, 1
    for number, line in enumerate(lines, 1):
        text = line.rstrip(b"\r\n")
        if text.startswith(GREETING.encode()):
            if kept:
                yield _torn(first, kept)
            kept = []
            yield AmiMessage(number, GREETING, {}, text)
        elif text:
            if not kept:
                first = number
            if len(kept) <= MAX_LINES:
                kept.append(text[:MAX_LINE])
        elif kept:
            yield _message(first, kept)
            kept = []
    if kept:
        yield _torn(first, kept)


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
