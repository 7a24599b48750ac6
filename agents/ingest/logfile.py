"""One log file, plain or compressed, read line by line from a position that is recognised by its content.

Rotation changes names, inodes are reused, and a copy has a new one. So a position has digests of the first bytes of its
file and of the last bytes before it: a file with the same content is the same file.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Final, cast

from msgspec import Struct

from agents.sources.lines import MAX_LINE, OLE, ZIP, UnreadableError, unmarked

PRINT: Final = 4_096  # bytes of a digest, at most
_CHUNK: Final = 65_536
_ZSTD: Final = b"(\xb5/\xfd"
_BROKEN: Final = (EOFError, OSError, zlib.error, lzma.LZMAError)
# The moment of a log's first row: epoch seconds, or a date with a time.
_MOMENT: Final = re.compile(rb"(?<![\d.])(1\d{9})(?!\d)|(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)")


class FilePosition(Struct, frozen=True):
    """How far a file was read."""

    device: int
    inode: int
    offset: int = 0  # bytes, uncompressed
    row: int = 0  # lines
    begins: str = ""  # digest of the first bytes, at most `PRINT`, before the offset
    before: str = ""  # digest of the last bytes before the offset, at most `PRINT`
    modified: float = 0.0  # epoch s: the file's last modification when it was last read
    first: float = 0.0  # epoch s: the moment of its first row, 0 if it has none
    cut: bool = False  # whether the offset is inside an overlong line
    copied: bool = False  # whether the file is a copy of a truncated one: its last line may continue in the next file


class ChangedError(Exception):
    """A file no longer has the content that was read: it was truncated and perhaps begun again."""


class LogFile:
    """A reader of a file's complete lines after a position, by default from the beginning.

    With `ends`, a pattern of row ends inside lines, it reads pieces instead: a line, the part before such an end, or
    the available part of a line. `row` then counts line ends. Raises `OSError` if there is no such file, and
    `UnreadableError` if its compression is unknown.
    """

    def __init__(self, path: Path, position: FilePosition | None = None, ends: re.Pattern[bytes] | None = None) -> None:
        self.path = path
        self._ends = ends
        offset, self.row, self._cut = (position.offset, position.row, position.cut) if position else (0, 0, False)
        self._raw, self._file = _open(path)
        self.head = self._file.read(min(offset, PRINT))  # the first `PRINT` bytes that were read
        self._start = offset - min(offset, PRINT)  # the window's offset in the file
        self._file.seek(self._start)
        self._window = self._file.read(offset - self._start)  # bytes read, from `PRINT` before the next line
        self._at = len(self._window)  # the next line's offset in the window
        status = os.fstat(self._raw.fileno())
        self._identity, self._modified = (status.st_dev, status.st_ino), status.st_mtime

    def close(self) -> None:
        self._file.close()
        self._raw.close()

    @property
    def position(self) -> FilePosition:
        """Return the position after the last line that was read."""
        return self._position(self._at)

    @property
    def seen(self) -> FilePosition:
        """Return the position after the last byte that was read, perhaps inside a line."""
        return self._position(len(self._window))

    def _position(self, at: int) -> FilePosition:
        device, inode = self._identity
        offset = self._start + at
        return FilePosition(
            device=device,
            inode=inode,
            offset=offset,
            row=self.row,
            begins=_digest(self.head[:offset]),
            before=_digest(self._window[max(0, at - PRINT) : at]),
            modified=self._modified,
            first=moment_of(self.head),
            cut=self._cut,
        )

    def first(self, count: int) -> list[bytes]:
        """Return the first lines, at most `count`; the last one may be incomplete."""
        with unpacked(self.path) if self._packed else _again(self._raw) as file:
            return [unmarked(line) for line in islice(iter(partial(file.readline, MAX_LINE + 1), b""), count)]

    def line(self) -> bytes | None:
        """Return the next complete line or piece; None if there is none yet.

        A line longer than `MAX_LINE` is cut one byte beyond it, as in `agents.sources.lines`. Raises `ChangedError`
        if the file was truncated, and `UnreadableError` if it is compressed and corrupt.
        """
        searched = 0  # bytes of the line, known to have no line end
        while True:
            end = self._window.find(b"\n", self._at + searched) + 1
            if self._ends and (amid := self._ends.search(self._window, self._at + 1, end or len(self._window))):
                end = amid.start()
            length = (end or len(self._window)) - self._at
            if not end and length <= MAX_LINE:
                if self._fill():
                    searched = length
                    continue
                if not self._ends or not length:
                    return None
            line = self._window[self._at : self._at + min(length, MAX_LINE + 1)]
            self._at += len(line)
            passed, searched = self._cut, 0
            self._cut = not line.endswith(b"\n") and (passed or len(line) > MAX_LINE)
            self.row += line.endswith(b"\n") if self._ends else not passed
            if not passed:  # the rest of an overlong line is skipped
                return unmarked(line) if len(line) <= MAX_LINE else line

    def rest(self) -> bytes:
        """Return the incomplete last line, and skip it: it will not be completed."""
        rest, self._at = self._window[self._at :], len(self._window)
        if self._cut or not rest:
            return b""
        self.row += 1
        return rest

    @property
    def _packed(self) -> bool:
        return self._file is not self._raw

    def _fill(self) -> bool:
        """Read more; return whether there was any."""
        gone = max(0, self._at - PRINT)
        self._window, self._start, self._at = self._window[gone:], self._start + gone, self._at - gone
        end, known = self._start + len(self._window), self._window[-PRINT:]
        try:
            self._file.seek(end)
            chunk = self._file.read(_CHUNK)
            if not self._packed:
                # Check after reading, as the file could be truncated and grow again in between.
                self._file.seek(end - len(known))
                if self._file.read(len(known)) != known:
                    raise ChangedError
            self._modified = os.fstat(self._raw.fileno()).st_mtime
        except _BROKEN as error:
            if self._packed:
                raise UnreadableError(f"it is corrupt: {error}") from None
            raise ChangedError from None  # NFS: the handle's file was deleted
        if end < PRINT:
            self.head += chunk[: PRINT - end]
        self._window += chunk
        return bool(chunk)


def holds(path: Path, position: FilePosition, *, more: bool = False) -> bool:
    """Return whether a file has the content read up to a position and, with `more`, further content after it."""
    if not position.begins:
        return False
    size = min(position.offset, PRINT)
    try:
        with unpacked(path) as file:
            if _digest(file.read(size)) != position.begins:
                return False
            file.seek(position.offset - size)
            return _digest(file.read(size)) == position.before and (not more or bool(file.read(1)))
    except (*_BROKEN, UnreadableError):
        return False


def began_alike(path: Path, position: FilePosition) -> bool:
    """Return whether a plain file is a copy of the position's file, made before all of it was written."""
    try:
        if not PRINT <= path.stat().st_size < position.offset:
            return False
        with path.open("rb") as file:
            return _digest(file.read(PRINT)) == position.begins
    except OSError:
        return False


def moment_of(head: bytes) -> float:
    """Return the moment (epoch s) in the first bytes of a log, 0 if there is none."""
    if (found := _MOMENT.search(head)) is None:
        return 0.0
    if found[1]:
        return float(found[1])
    try:
        return datetime.fromisoformat(f"{found[2].decode()} {found[3].decode()}").timestamp()  # in this machine's zone
    except (ValueError, OverflowError):
        return 0.0


def began(path: Path) -> float:
    """Return the moment in the first row of a file, 0 if there is none or the file cannot be read."""
    try:
        with unpacked(path) as file:
            return moment_of(file.read(PRINT))
    except (*_BROKEN, UnreadableError):
        return 0.0


@contextmanager
def unpacked(path: Path) -> Iterator[IO[bytes]]:
    """Open a file uncompressed for a block; raise `UnreadableError` if its compression is unknown."""
    raw, file = _open(path)
    with raw, file:
        yield file


def _open(path: Path) -> tuple[IO[bytes], IO[bytes]]:
    raw = cast("IO[bytes]", path.open("rb", buffering=0))
    magic = raw.read(6)
    raw.seek(0)
    if magic.startswith(b"\x1f\x8b"):
        return raw, cast("IO[bytes]", gzip.GzipFile(fileobj=raw))
    if magic.startswith(b"BZh"):
        return raw, bz2.BZ2File(raw)
    if magic.startswith(b"\xfd7zXZ\x00"):
        return raw, lzma.LZMAFile(raw)
    if magic.startswith(_ZSTD):
        raw.close()
        raise UnreadableError("it is compressed with zstd; decompress it first")
    if magic.startswith((ZIP, OLE[:6])):
        raw.close()
        raise UnreadableError("a workbook or an archive does not grow by lines; ingest it without --follow")
    return raw, raw


@contextmanager
def _again(file: IO[bytes]) -> Iterator[IO[bytes]]:
    file.seek(0)
    yield file


def _digest(known: bytes) -> str:
    return hashlib.sha256(known).hexdigest()[:24] if known else ""
