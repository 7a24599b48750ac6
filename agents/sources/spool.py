"""The events of a finished table in the order of their moments, however long the file is and however its rows stand.

An export of a year is often written newest first, or by agent or queue. So a table is sorted whole, by an external
merge sort: what goes beyond a bound of memory is sorted run by run into a temporary file, and the runs are merged.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from heapq import merge
from io import BufferedReader, RawIOBase
from itertools import pairwise
from operator import itemgetter
from typing import IO, TYPE_CHECKING, Final, NamedTuple, Self

from agents.sources.chronology import MOST_HELD
from agents.sources.entry import Accepted, Entry, Refused
from streams.events import Event, milliseconds

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BLOCK: Final = 65_536  # bytes of a run that are read at once


class SpoolError(Exception):
    """Tell in a sentence why no temporary file can be written, and how to mend it."""


class Placed(NamedTuple):
    """Hold an event's record and its place in the order."""

    at: int  # epoch ms
    row: int
    record: bytes


_PLACE: Final = itemgetter(0, 1)  # the events of one row and moment stay in their order, for sort and merge are stable


def spooled(entries: Iterable[Entry], decode: Callable[[bytes], Event], most: int = MOST_HELD) -> Iterator[Entry]:
    """Yield what is refused at once, and at the end the events in the order of moment and row.

    The records of at most `most` events are held in memory; a file of no more never touches the disk. A record is JSON
    in one line, and `decode` gives its event again. Raises `SpoolError` where the disk is full.
    """
    held: list[Placed] = []
    with Spool() as spool:
        for entry in entries:
            if isinstance(entry, Refused):
                yield entry
                continue
            if len(held) == most:
                spool.write(sorted(held, key=_PLACE))
                held.clear()
            held.append(Placed(milliseconds(entry.event.at), entry.row, entry.record))
        held.sort(key=_PLACE)
        for _, row, record in merge(*spool.read(), held, key=_PLACE):
            yield Accepted(row, decode(record), record)


class Spool:
    """Keep runs of sorted events in a temporary file without a name: nothing of it stays, however the process ends."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._ends = [0]  # of each run, in bytes from the beginning of the file

    def __enter__(self) -> Self:
        """Return the runs; there is no file before the first of them."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file, which ends it."""
        if self._file is not None:
            self._file.close()

    def write(self, run: Iterable[Placed]) -> None:
        """Add a run; raise `SpoolError` where it cannot be written."""
        try:
            self._file = self._file or tempfile.TemporaryFile()  # noqa: SIM115 - `__exit__` closes it
            self._file.writelines(b"%d %d %b\n" % placed for placed in run)
            self._file.flush()
        except OSError as error:
            if self._file is not None:
                with suppress(OSError):  # it tries once more to write
                    self._file.close()
            where = f" in {tempfile.tempdir}" if tempfile.tempdir else ""
            raise SpoolError(
                f"its rows cannot be sorted in a temporary file{where}: {error.strerror}; "
                "free some space there, or name a folder with more in TMPDIR, and run it again"
            ) from None
        self._ends.append(self._file.tell())

    def read(self) -> list[Iterator[Placed]]:
        """Return what yields each run."""
        if self._file is None:
            return []
        pieces = (_Piece(self._file.fileno(), *ends) for ends in pairwise(self._ends))
        return [map(_placed, BufferedReader(piece, BLOCK)) for piece in pieces]


def _placed(line: bytes) -> Placed:
    at, row, record = line.split(b" ", 2)
    return Placed(int(at), int(row), record[:-1])


class _Piece(RawIOBase):
    """Read a part of an open file, whatever else is read of it."""

    def __init__(self, file: int, begin: int, end: int) -> None:
        self._file, self._at, self._end = file, begin, end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read as many bytes as fit, none at the end."""
        wanted = memoryview(buffer)[: self._end - self._at]
        read = os.preadv(self._file, [wanted], self._at)
        self._at += read
        return read
