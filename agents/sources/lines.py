"""The lines of a file, each of bounded length, in any compression and encoding.

gzip is decompressed, UTF-16 and Windows-1252 become UTF-8, byte order marks are removed, and the first sheet of a
workbook becomes CSV. A file without lines, such as a PDF, is refused by its name.
"""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from io import BufferedIOBase, BufferedReader, BytesIO, RawIOBase
from typing import IO, Final, cast

from msgspec import Struct

from agents.sources.workbook import SheetError, sheet_lines
from streams.said import Said, said

MAX_LINE: Final = 1_000_000  # bytes: no record of Kafka, and no row written by a person or an exchange, is longer
MAX_DOCUMENT: Final = 64_000_000  # bytes of a file that is one JSON value

ZIP: Final = b"PK\x03\x04"  # also begins the workbooks of Excel and LibreOffice
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # begins Excel's workbooks before 2007, and any with a password
WINDOWS: Final = said("its bytes are not UTF-8, so it was read as Windows-1252 (cp1252)")
TOO_LONG: Final = f"the line has more than {MAX_LINE} bytes; expected a shorter one"

_CHUNK: Final = 65_536
_MOST_PACKED: Final = 2  # a file can be built that decompresses to itself
_GZIP: Final = b"\x1f\x8b"
_PACKED: Final = {
    ZIP: "a ZIP archive or a damaged workbook; unpack it, or save its table as CSV",
    OLE: "an Office document that is no workbook, is damaged or has a password; save its table as CSV",
    b"%PDF-": "a PDF; get the data as CSV",
    b"BZh": "compressed with bzip2; decompress it first",
    b"\xfd7zXZ\x00": "compressed with xz; decompress it first",
    b"(\xb5/\xfd": "compressed with zstd; decompress it first",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive; unpack it",
    b"SQLite format 3\x00": "an SQLite database; export its table as CSV",
    b"PAR1": "a Parquet file; export it as CSV",
    b"\xff\xfe\x00\x00": "written in UTF-32; save it as UTF-8",
    b"\x00\x00\xfe\xff": "written in UTF-32; save it as UTF-8",
}

# The first words of an SQL dump; its lines may be as long as a document, as one has the rows of a thousand calls.
_DUMP: Final = re.compile(
    rb"\s*(?:--\s|/\*|(?:INSERT INTO|CREATE TABLE|DROP TABLE|LOCK TABLES)\s|COPY\s+\S+\s*\("
    rb"|(?:PRAGMA|SET) \w+\s?=|BEGIN(?: TRANSACTION)?;)",
    re.IGNORECASE,
)


def is_dump(start: bytes) -> bool:
    """Return whether the beginning of a file is an SQL dump's."""
    return _DUMP.match(start) is not None


def unmarked(line: bytes) -> bytes:
    """Return a line without UTF-8's byte order mark, which may also be inside concatenated files."""
    return line.removeprefix(codecs.BOM_UTF8)


class UnreadableError(ValueError):
    """A file without lines, with its format and how to convert it."""


def lines(file: IO[bytes], notice: Callable[[Said], object] | None = None) -> Iterator[bytes]:
    """Yield the lines of a file that is open at its beginning, as UTF-8.

    A file is Windows-1252 if its first line beyond ASCII has no character in UTF-8. `notice` is called once with a
    sentence if it is, and once if a workbook has further sheets.

    A line longer than `MAX_LINE` is cut one byte beyond it, so that its decoder can refuse it. The first line of a file
    that is one JSON value may have `MAX_DOCUMENT` bytes, and so may every line of an SQL dump. Raises
    `UnreadableError`, at once or where the file breaks off, if there are no lines.
    """
    plain = _unpacked(BufferedReader(_Input(file), _CHUNK))
    start = unmarked(plain.peek(_CHUNK))
    if start.startswith((ZIP, OLE)):
        return _sheet(plain, notice)
    dump = is_dump(start)
    limit = MAX_DOCUMENT if dump or start.lstrip()[:1] in {b"{", b"["} else MAX_LINE
    return _in_utf8(_bounded(plain, limit, all_lines=dump), Recoding.of(plain.peek(_CHUNK)), notice)


class Recoding(Struct):
    """Turns the lines of a file, in their order, into UTF-8; it is also the state that a follower keeps."""

    windows: bool | None = None  # whether the file is in Windows-1252; None until a line beyond ASCII

    @classmethod
    def of(cls, start: bytes) -> Recoding:
        """Return the recoding of a file that begins with `start`: a byte order mark shows UTF-8."""
        return cls(False if start.startswith(codecs.BOM_UTF8) else None)

    def line(self, line: bytes) -> bytes:
        """Return a line in UTF-8, or as it is if the file is not in Windows-1252."""
        if self.windows is None and not line.isascii():
            self.windows = _is_windows(line)
        return line.decode("cp1252", "replace").encode() if self.windows else line


def _sheet(file: BufferedReader, notice: Callable[[Said], object] | None) -> Iterator[bytes]:
    """Yield the first sheet of a workbook as CSV; raise `UnreadableError` if the file is too large or has none."""
    whole = file.read(MAX_DOCUMENT + 1)
    if len(whole) > MAX_DOCUMENT:
        raise UnreadableError(f"it is a workbook of more than {MAX_DOCUMENT} bytes; save its table as CSV")
    try:
        yield from sheet_lines(BytesIO(whole), notice)
    except SheetError as error:
        raise UnreadableError(f"it is {_PACKED[ZIP if whole.startswith(ZIP) else OLE]}") from error


def _in_utf8(lines: Iterator[bytes], recoding: Recoding, notice: Callable[[Said], object] | None) -> Iterator[bytes]:
    for line in lines:
        yield recoding.line(line)
        if recoding.windows is not None:
            break
    if recoding.windows and notice:
        notice(WINDOWS)
    yield from map(recoding.line, lines) if recoding.windows else lines


def _unpacked(file: BufferedReader, times: int = 0) -> BufferedReader:
    start = file.peek(_CHUNK)
    if start.startswith(_GZIP):
        if times == _MOST_PACKED:
            raise UnreadableError(f"it is compressed more than {_MOST_PACKED} times with gzip; decompress it first")
        return _unpacked(BufferedReader(_Input(gzip.GzipFile(fileobj=file)), _CHUNK), times + 1)
    for magic, name in _PACKED.items():
        if magic not in {ZIP, OLE} and start.startswith(magic):
            raise UnreadableError(f"it is {name}")
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return BufferedReader(_FromUtf16(file), _CHUNK)
    return file


def _bounded(file: BufferedReader, limit: int, *, all_lines: bool) -> Iterator[bytes]:
    """Yield the lines, each cut one byte beyond its limit: `limit` for the first or `all_lines`, then `MAX_LINE`."""
    while line := file.readline(limit + 1):
        if line != codecs.BOM_UTF8:  # a file that has only the mark has no line
            yield unmarked(line) if len(line) <= limit else line
        while len(line) > limit and not line.endswith(b"\n"):  # skip the rest of an overlong line
            line = file.readline(limit + 1)
        limit = limit if all_lines else MAX_LINE


class _Input(RawIOBase):
    """Another file's bytes; corrupt gzip raises `UnreadableError`."""

    def __init__(self, file: IO[bytes] | gzip.GzipFile) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        try:
            found = self._file.read(len(view))
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise UnreadableError(f"its gzip data is corrupt: {error}; fetch it again") from None
        view[: len(found)] = found
        return len(found)


class _FromUtf16(RawIOBase):
    """UTF-16 recoded as UTF-8, with the replacement character for invalid ones."""

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


def _is_windows(sample: bytes) -> bool:
    """Return whether a text has French letters as single bytes, and not one character beyond ASCII as UTF-8.

    >>> [_is_windows("État civil".encode(each)) for each in ("cp1252", "utf-8")]
    [True, False]
    """
    text, read = codecs.utf_8_decode(sample, "ignore", False)  # noqa: FBT003 -- a character may be cut at the end
    if not text.isascii() or sample[:read].isascii():
        return False
    try:
        sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return True
