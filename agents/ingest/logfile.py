"""One file of a log, plain or packed: read line by line from a position, which is known again by what stands before it.

Names change at a rotation, inodes are given out again and copies get new ones. So a position keeps digests of the first
bytes of its file and of the last ones before it: a file that holds the same is the same.
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
from pathlib import Path
from typing import IO, Final, cast

from msgspec import Struct

from agents.sources.lines import MAX_LINE, UnreadableError, unmarked

PRINT: Final = 4_096  # bytes of a digest, at most
_CHUNK: Final = 65_536
_ZSTD: Final = b"(\xb5/\xfd"
_BROKEN: Final = (EOFError, OSError, zlib.error, lzma.LZMAError)
# Epoch seconds, or a date with a time: what the first row of a log says of when it began.
_MOMENT: Final = re.compile(rb"(?<![\d.])(1\d{9})(?!\d)|(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)")


class FilePosition(Struct, frozen=True):
    """Tell how far a file was read."""

    device: int
    inode: int
    offset: int = 0  # bytes, of a packed file as it is unpacked
    row: int = 0  # lines
    begins: str = ""  # digest of the first bytes, at most `PRINT`, before the offset
    before: str = ""  # digest of the last bytes before the offset, likewise
    modified: float = 0.0  # epoch s: when the file was written last, as far as it was read
    first: float = 0.0  # epoch s: what its first row says, 0 where that tells no moment
    cut: bool = False  # whether the offset lies in a line that was too long
    copied: bool = False  # whether the file is a copy of one that was cut: its last line may go on in the next file


class ChangedError(Exception):
    """Tell that what was read of a file stands there no more: it was cut, and maybe begun anew."""


class LogFile:
    """Read the whole lines of a file behind a position, from its beginning without one.

    With `ends`, which finds where a row may end amid a line, it is read by pieces: a line, what stands before such an
    end, or what there is of a line. `row` counts the line ends then.
    Raises `OSError` where there is no such file, and `UnreadableError` where it is packed in an unknown way.
    """

    def __init__(self, path: Path, position: FilePosition | None = None, ends: re.Pattern[bytes] | None = None) -> None:
        self.path = path
        self._ends = ends
        offset, self.row, self._cut = (position.offset, position.row, position.cut) if position else (0, 0, False)
        self._raw, self._file = _open(path)
        self.head = self._file.read(min(offset, PRINT))  # of what was read, the first `PRINT` bytes
        self._start = offset - min(offset, PRINT)  # where the window begins
        self._file.seek(self._start)
        self._window = self._file.read(offset - self._start)  # what was read, `PRINT` bytes before the next line on
        self._at = len(self._window)  # where the next line begins in it
        status = os.fstat(self._raw.fileno())
        self._identity, self._modified = (status.st_dev, status.st_ino), status.st_mtime

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
        self._raw.close()

    @property
    def position(self) -> FilePosition:
        """Return how far the lines of the file were read."""
        return self._position(self._at)

    @property
    def seen(self) -> FilePosition:
        """Return how far the file was read, amid a line maybe."""
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

    def first(self) -> bytes:
        """Return the first line of the file."""
        with unpacked(self.path) if self._packed else _again(self._raw) as file:
            return unmarked(file.readline(MAX_LINE + 1))

    def line(self) -> bytes | None:
        """Return the next whole line, or piece, None where there is none yet.

        A longer line than `MAX_LINE` is cut one byte behind that bound, as `agents.sources.lines` does.
        Raises `ChangedError`, and of a packed file that is broken `UnreadableError`.
        """
        searched = 0  # bytes behind the beginning of the line that hold no line end
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
            if not passed:  # what follows of a line that was cut is passed over
                return unmarked(line) if len(line) <= MAX_LINE else line

    def rest(self) -> bytes:
        """Return what stands behind the last line end, and pass it over: nobody will write its end."""
        rest, self._at = self._window[self._at :], len(self._window)
        if self._cut or not rest:
            return b""
        self.row += 1
        return rest

    @property
    def _packed(self) -> bool:
        return self._file is not self._raw

    def _fill(self) -> bool:
        """Read on; tell whether there was something."""
        gone = max(0, self._at - PRINT)
        self._window, self._start, self._at = self._window[gone:], self._start + gone, self._at - gone
        end, known = self._start + len(self._window), self._window[-PRINT:]
        try:
            self._file.seek(end)
            chunk = self._file.read(_CHUNK)
            if not self._packed:
                # Looked at after the reading: else the file could be cut, and grow again, in between.
                self._file.seek(end - len(known))
                if self._file.read(len(known)) != known:
                    raise ChangedError
            self._modified = os.fstat(self._raw.fileno()).st_mtime
        except _BROKEN as error:
            if self._packed:
                raise UnreadableError(f"it is broken: {error}") from None
            raise ChangedError from None  # NFS: the file behind the handle is gone
        if end < PRINT:
            self.head += chunk[: PRINT - end]
        self._window += chunk
        return bool(chunk)


def holds(path: Path, position: FilePosition, *, more: bool = False) -> bool:
    """Tell whether a file holds what was read up to a position, with `more` also whether something follows there."""
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
    """Tell whether a plain file is a copy that was made before all was written that was read up to a position."""
    try:
        if not PRINT <= path.stat().st_size < position.offset:
            return False
        with path.open("rb") as file:
            return _digest(file.read(PRINT)) == position.begins
    except OSError:
        return False


def moment_of(head: bytes) -> float:
    """Return the moment (epoch s) that stands in the first bytes of a log, 0 where none does."""
    if (found := _MOMENT.search(head)) is None:
        return 0.0
    if found[1]:
        return float(found[1])
    try:
        return datetime.fromisoformat(f"{found[2].decode()} {found[3].decode()}").timestamp()  # of this machine's zone
    except (ValueError, OverflowError):
        return 0.0


def began(path: Path) -> float:
    """Return the moment in the first row of a file, 0 where none is, or the file cannot be read."""
    try:
        with unpacked(path) as file:
            return moment_of(file.read(PRINT))
    except (*_BROKEN, UnreadableError):
        return 0.0


@contextmanager
def unpacked(path: Path) -> Iterator[IO[bytes]]:
    """Open a file as it is unpacked, for a block; raise `UnreadableError` where it is packed in an unknown way."""
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
        raise UnreadableError("it is packed by zstd; unpack it")
    return raw, raw


@contextmanager
def _again(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """Read an open file from its beginning for a block."""
    file.seek(0)
    yield file


def _digest(known: bytes) -> str:
    return hashlib.sha256(known).hexdigest()[:24] if known else ""
