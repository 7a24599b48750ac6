"""The frames of FreeSWITCH's event socket: headers, an empty line, and as many bytes of body as the headers state.

The bytes may come in pieces of any size, from a file or a socket. If some are missing, one body's length would swallow
the frames after it. So a body must be complete by its own format; otherwise reading continues at the next frame inside
it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple, TypeAlias
from urllib.parse import unquote
from xml.sax.saxutils import unescape

import msgspec

from agents.sources.tables.json_values import AS_WRITTEN
from streams.decoding import UNREADABLE

MOST_BYTES: Final = 1_000_000  # of headers or of a body: FreeSWITCH writes a few thousand
_CHUNK_LINES: Final = 1_000

_LENGTH = re.compile(rb"^content-length:[ \t]*(\d+)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_TYPE = re.compile(rb"^content-type:[ \t]*(\S+)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
# The beginning of a frame, anywhere in a line: a JSON body ends without a newline.
_KIND: Final = (
    rb"Content-Type: (?:auth/request|command/reply|api/response|log/data|text/(?:event-|disconnect|rude)[\w-]+)\n"
)
BEGIN = re.compile(rb"(?:Content-Length: \d+\n)?" + _KIND)
_CHANGED = re.compile(_KIND.replace(rb"\n", rb"\r\n"))
_LINE_ENDS: Final = (
    "its line ends were changed to CRLF, which breaks the lengths of bodies; "
    "save the socket's bytes unchanged, and copy the file in binary mode"
)
_TYPED = re.compile(_KIND)
_SIZED = re.compile(rb"Content-Length: \d+\n")
_XML = re.compile(rb"<([A-Za-z][\w-]*)>([^<]*)</\1>")


class Frame(NamedTuple):
    row: int  # its first line, from 1
    kind: str  # its content type
    headers: bytes
    body: bytes


class Torn(NamedTuple):
    """Bytes that are no complete message."""

    row: int
    size: int  # bytes
    detail: str


Read: TypeAlias = Frame | Torn


class EventSocket:
    """A stream of bytes, beginning at a `row` of its file, split into frames."""

    def __init__(self, row: int = 1) -> None:
        self._bytes = b""
        self._row = row

    @property
    def amid(self) -> bool:
        return bool(self._bytes)

    def feed(self, more: bytes) -> Iterator[Read]:
        """Yield every frame that is complete now."""
        self._bytes += more
        yield from self._read(last=False)

    def close(self) -> Iterator[Read]:
        """Yield what is left when no more bytes come."""
        yield from self._read(last=True)
        if self._bytes.strip():
            yield self._torn(len(self._bytes), "it ends in the middle")
        self._bytes, self._row = b"", 1

    def _read(self, *, last: bool) -> Iterator[Read]:
        while (read := self._next(last=last)) is not None:
            yield read

    def _next(self, *, last: bool) -> Read | None:
        """Return the first frame of the bytes, None until it is complete."""
        self._take(len(self._bytes) - len(self._bytes.lstrip(b"\r\n")))
        begin = BEGIN.match(self._bytes)
        following = next_begin(self._bytes, 0) if begin is None else -1
        if following >= 0:
            return self._torn(following, "its beginning is missing")
        end = -1 if begin is None else self._bytes.find(b"\n\n", begin.end() - 1)
        if end < 0:
            return self._torn(len(self._bytes), "it has no frame") if len(self._bytes) > MOST_BYTES else None
        another = next_begin(self._bytes, begin.end(), end + 1) if begin is not None else -1
        if another >= 0:
            return self._torn(another, "its headers break off")
        headers, start = self._bytes[:end], end + 2
        length, kind = _LENGTH.search(headers), _TYPE.search(headers)
        size = int(length[1]) if length else 0
        if kind is None or size > MOST_BYTES:
            return self._torn(end, "its headers are no frame's")
        return self._whole_or_torn(start, size, kind[1], last=last)

    def _whole_or_torn(self, start: int, size: int, kind: bytes, *, last: bool) -> Read | None:
        """Return the frame whose body begins at `start`, or a torn one if its end will not come."""
        body = self._bytes[start : start + size]
        if len(body) == size and _whole(kind, body):
            frame = Frame(self._row, kind.decode("ascii", "replace"), self._bytes[: start - 2], body)
            self._take(start + size)
            return frame
        following = next_begin(self._bytes, start)
        if following >= 0:  # bytes are missing: the next frame is inside the apparent body
            return self._torn(following, "bytes of it are missing")
        overlong = len(self._bytes) > start + size + MOST_BYTES
        return self._torn(len(self._bytes), "its end is missing") if last or overlong else None

    def _torn(self, size: int, detail: str) -> Torn:
        changed = _CHANGED.search(self._bytes, 0, size) is not None
        torn = Torn(self._row, size, _LINE_ENDS if changed else detail)
        self._take(size)
        return torn

    def _take(self, size: int) -> None:
        self._row += self._bytes.count(b"\n", 0, size)
        self._bytes = self._bytes[size:]


def frames(lines: Iterable[bytes]) -> Iterator[Read]:
    socket, rest = EventSocket(), iter(lines)
    while chunk := b"".join(islice(rest, _CHUNK_LINES)):
        yield from socket.feed(chunk)
    yield from socket.close()


def values(frame: Frame, wanted: frozenset[bytes]) -> dict[str, str]:
    """Return the wanted headers of an event, decoded, in any of the socket's formats."""
    if frame.kind == "text/event-json":
        found = AS_WRITTEN.decode(frame.body)
        return {name: str(text) for name, text in found.items() if name.encode() in wanted}
    if frame.kind == "text/event-xml":
        pairs = ((name, unescape(text.decode("utf-8", "replace"))) for name, text in _XML.findall(frame.body))
        return {name.decode(): unquote(text) for name, text in pairs if name in wanted}
    lines = _lines(wanted).findall(frame.body)
    return {name.decode(): unquote(text.decode("utf-8", "replace")) for name, text in lines}


@lru_cache(maxsize=8)
def _lines(wanted: frozenset[bytes]) -> re.Pattern[bytes]:
    return re.compile(rb"^(" + b"|".join(map(re.escape, sorted(wanted))) + rb"): (.*)$", re.MULTILINE)


def next_begin(text: bytes, start: int, end: int = sys.maxsize) -> int:
    """Return the position of the first frame from `start` on, as `BEGIN.search` would; -1 if there is none.

    A pattern with an optional beginning is tried at every byte, which took most of the time of a file.
    """
    typed = _TYPED.search(text, start, end)
    if typed is None:
        return -1
    sized = text.rfind(b"Content-Length: ", start, typed.start())
    return sized if sized >= 0 and _SIZED.fullmatch(text, sized, typed.start()) else typed.start()


def _whole(kind: bytes, body: bytes) -> bool:
    """Return whether the body of an event is complete in its format; any other body is accepted as it is."""
    if kind == b"text/event-plain":
        end = body.find(b"\n\n")
        if next_begin(body, 0) >= 0:  # the next frame is inside, as bytes of this one are missing
            return False
        return end >= 0 and (end == len(body) - 2 or _LENGTH.search(body, 0, end + 1) is not None)
    if kind == b"text/event-json":
        try:
            return isinstance(msgspec.json.decode(body), dict)
        except UNREADABLE:
            return False
    if kind == b"text/event-xml":
        return body.rstrip().endswith(b"</event>") and next_begin(body, 0) < 0
    return not kind.startswith(b"text/event")
