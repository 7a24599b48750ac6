"""The values of a JSON file, one after the other: one per line, over several lines, or the items of an array.

Finished parts are dropped, so that an array of any length is read in the memory of its longest item.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias

import msgspec

from agents.sources.lines import MAX_DOCUMENT, MAX_LINE, TOO_LONG
from agents.sources.tables.rows import Numbered
from streams.decoding import UNREADABLE

TOO_BIG: Final = f"a JSON value has more than {MAX_DOCUMENT} bytes; write the file as JSON lines, one object a line"
DEEPEST: Final = 100  # nested brackets; the deepest value of an exchange has about ten
UNENDED: Final = "the file ends inside an array: it is incomplete; fetch it again"

# An id may be written as a number, and the ids 1700000000.10 and 1700000000.1 differ, so fractions stay text.
AS_WRITTEN: Final = msgspec.json.Decoder(float_hook=str)

_SIGN: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"|["{}\[\]]', re.DOTALL)
_BETWEEN: Final = b" \t\r\n,"
_OPENING: Final = (b"{", b"[")
_CLOSING: Final = (b"}", b"]")
_BRACKETS: Final = (*_OPENING, *_CLOSING)


class NoValue(NamedTuple):
    """A line that is no JSON value, nor part of one; empty if it is too long."""

    line: bytes
    detail: str = ""  # the reason, if it is special


Found: TypeAlias = Iterator[tuple[int, bytes | NoValue]]


def values(lines: Iterator[Numbered]) -> Found:
    """Yield each value as written, with the number of its first line, or its position in a file's array."""
    open_value = _OpenValue()
    for at, (number, line) in enumerate(lines):
        if open_value and len(line) > MAX_LINE:
            yield from open_value.end()
        if open_value:
            yield from open_value.take(number, line)
        elif (begins := line.lstrip()[:1]) == b"{" and _is_whole(line):
            yield number, line
        elif begins == b"[" and (items := _items(line)) is not None:
            yield from ((number if at else place, bytes(item)) for place, item in enumerate(items, 1))
        elif len(line) > MAX_DOCUMENT or (at and len(line) > MAX_LINE):
            yield number, NoValue(b"", TOO_BIG if len(line) > MAX_DOCUMENT else TOO_LONG)
        else:
            open_value.by_place = not at
            yield from open_value.take(number, line)
    yield from open_value.end()


class _OpenValue:
    """The lines of an incomplete value, gathered until it ends."""

    def __init__(self) -> None:
        self.by_place = False  # number the items of an array by their position
        self._array = 0  # depth of the items of an array: 1, or 0 outside of one
        self._depth = 0
        self._place = 0
        self._number = 0  # the value's first line
        self._size = 0
        self._start = 0  # in the line, of the value or of the text before it
        self._parts: list[bytes] = []  # of the value
        self._held: list[Numbered] = []  # the value's lines

    def __bool__(self) -> bool:
        return self._depth > 0

    def take(self, number: int, line: bytes) -> Found:
        """Take one more line, and yield the values that end on it."""
        self._held.append((number, line))
        self._size += len(line)
        self._start = 0
        if self._size > MAX_DOCUMENT:
            yield from self._give_up(TOO_BIG)
            return
        for sign in _SIGN.finditer(line):
            if self._breaks(sign, line):
                yield from self._give_up()
                return
            if sign[0] in _OPENING:
                self._open(sign, number)
            elif sign[0] in _CLOSING and self._closes(sign):
                yield self._ended(line[self._start : sign.end()])
                self._start, self._held, self._size = sign.end(), [(number, line)], len(line)
        if self._depth > self._array:
            self._parts.append(line[self._start :])
            return
        self._held, self._size = [], 0
        if line[self._start :].strip(_BETWEEN):
            yield number, NoValue(line)

    def _breaks(self, sign: re.Match[bytes], line: bytes) -> bool:
        """Return whether a sign is invalid here: a string without an end, text between values, too many brackets."""
        if sign[0] == b'"' or self._depth > DEEPEST:
            return True
        if self._depth > self._array or sign[0] not in _BRACKETS:
            return False
        between = line[self._start : sign.start()].strip(_BETWEEN)
        return bool(between) or (sign[0] in _CLOSING and not self._depth)

    def _open(self, sign: re.Match[bytes], number: int) -> None:
        if not self._depth and sign[0] == b"[":
            self._array, self._start, self._number = 1, sign.end(), number
        elif self._depth == self._array:
            self._start, self._number = sign.start(), number
        self._depth += 1

    def _closes(self, sign: re.Match[bytes]) -> bool:
        """Return whether a sign closes a value, not the array of values or a part of a value."""
        self._depth -= 1
        if self._depth < self._array:
            self._array, self._start = 0, sign.end()
            return False
        return self._depth == self._array

    def end(self) -> Found:
        """Yield the lines that are still held when no more lines come."""
        if self._held:
            yield from self._give_up()
        elif self._array:
            self._depth = self._array = 0
            yield self._number, NoValue(b"", UNENDED)

    def _ended(self, last: bytes) -> tuple[int, bytes | NoValue]:
        raw = b"".join([*self._parts, last])
        self._parts = []
        self._place += 1
        named = self._place if self.by_place and self._array else self._number
        return named, raw if _is_whole(raw) else NoValue(raw)

    def _give_up(self, why: str = "") -> Found:
        """Yield the held lines one by one: complete values, and torn lines."""
        held, self._held, self._parts = self._held, [], []
        self._size = self._depth = self._array = 0
        for number, line in held:
            alone = line.strip(_BETWEEN)
            yield number, alone if alone[:1] == b"{" and _is_whole(alone) else NoValue(line, why)


def _items(line: bytes) -> list[msgspec.Raw] | None:
    try:
        return msgspec.json.decode(line, type=list[msgspec.Raw])
    except UNREADABLE:
        return None


def _is_whole(raw: bytes) -> bool:
    try:
        msgspec.json.decode(raw, type=msgspec.Raw)
    except UNREADABLE:
        return False
    return True
