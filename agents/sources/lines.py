"""The lines of a file, each of bounded length, however the file is packed and written.

gzip is unpacked, UTF-16 becomes UTF-8, and a mark of the encoding is no part of a line. What cannot hold lines, such as
a workbook, is refused by its name.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from io import BufferedIOBase, BufferedReader, RawIOBase
from typing import IO, Final, cast

MAX_LINE: Final = 1_000_000  # bytes: no record of Kafka, and no row that a person or a switch writes, is longer
MAX_DOCUMENT: Final = 64_000_000  # bytes of a file that is one JSON value

TOO_LONG: Final = f"the line has more than {MAX_LINE} bytes; expected a line end before"

_CHUNK: Final = 65_536
_MOST_PACKED: Final = 2  # a file can be made that unpacks to itself
_GZIP: Final = b"\x1f\x8b"
_WORKBOOK: Final = "an Excel workbook; save it as CSV"
_PACKED: Final = {
    b"PK\x03\x04": "a ZIP archive; unpack it",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": _WORKBOOK,
    b"%PDF-": "a PDF; ask for the data as CSV",
    b"BZh": "packed by bzip2; unpack it",
    b"\xfd7zXZ\x00": "packed by xz; unpack it",
    b"(\xb5/\xfd": "packed by zstd; unpack it",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive; unpack it",
    b"SQLite format 3\x00": "an SQLite database; export its table as CSV",
    b"PAR1": "a Parquet file; write it as CSV",
    b"\xff\xfe\x00\x00": "written in UTF-32; save it as UTF-8",
    b"\x00\x00\xfe\xff": "written in UTF-32; save it as UTF-8",
}
_INSIDE: Final = {  # what the first member of a ZIP archive tells
    b"[Content_Types].xml": _WORKBOOK,
    b"xl/": _WORKBOOK,
    b"docProps/app.xml": _WORKBOOK,
    b"opendocument.spreadsheet": "a LibreOffice workbook; save it as CSV",
}


def unmarked(line: bytes) -> bytes:
    """Return a line without the mark of UTF-8 that editors put before a file; it stands amid files put end to end."""
    return line.removeprefix(codecs.BOM_UTF8)


class UnreadableError(ValueError):
    """Tell what a file is, in place of lines, and how to mend it."""


def lines(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the lines of a file that is open at its beginning, as UTF-8.

    A longer line than `MAX_LINE` is cut one byte behind that bound, so that whoever decodes it can refuse it. The first
    line of a file that is one JSON value may have `MAX_DOCUMENT` bytes. Raises `UnreadableError`, at once or where the
    file breaks off, when there are no lines to be had.
    """
    plain = _unpacked(BufferedReader(_Input(file), _CHUNK))
    return _bounded(plain, MAX_DOCUMENT if unmarked(plain.peek(_CHUNK)).lstrip()[:1] in {b"{", b"["} else MAX_LINE)


def _unpacked(file: BufferedReader, times: int = 0) -> BufferedReader:
    start = file.peek(_CHUNK)
    if start.startswith(_GZIP):
        if times == _MOST_PACKED:
            raise UnreadableError(f"it is packed more than {_MOST_PACKED} times by gzip; unpack it")
        return _unpacked(BufferedReader(_Input(gzip.GzipFile(fileobj=file)), _CHUNK), times + 1)
    for magic, name in _PACKED.items():
        if start.startswith(magic):
            inside = (what for part, what in _INSIDE.items() if magic == b"PK\x03\x04" and part in start)
            raise UnreadableError(f"it is {next(inside, name)}")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return BufferedReader(_Recoded(file), _CHUNK)
    return file


def _bounded(file: BufferedReader, limit: int) -> Iterator[bytes]:
    """Yield the lines; of a longer one than `limit`, which holds for the first alone, one byte more than that."""
    while line := file.readline(limit + 1):
        if line != codecs.BOM_UTF8:  # a file of a mark alone has no line
            yield unmarked(line) if len(line) <= limit else line
        while len(line) > limit and not line.endswith(b"\n"):  # the rest of a line that was cut is passed over
            line = file.readline(limit + 1)
        limit = MAX_LINE


class _Input(RawIOBase):
    """Read what another file gives; what is broken in it is an `UnreadableError`."""

    def __init__(self, file: IO[bytes] | gzip.GzipFile) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        try:
            found = self._file.read(len(view))
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise UnreadableError(f"its gzip is broken: {error}; fetch it again") from None
        view[: len(found)] = found
        return len(found)


class _Recoded(RawIOBase):
    """Read UTF-16 as UTF-8; what is no character becomes the replacement character."""

    def __init__(self, file: BufferedIOBase) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder("utf-16")("replace")
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        while not self._held:
            chunk = self._file.read(_CHUNK)
            self._held = self._decoder.decode(chunk, final=not chunk).encode()
            if not chunk:
                break
        found = self._held[: len(view)]
        self._held = self._held[len(view) :]
        view[: len(found)] = found
        return len(found)
