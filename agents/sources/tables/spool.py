"""Sorts the events of a complete table by their moments, whatever the length of the file and the order of its rows.

A year's export is often written newest first, or by agent or queue. So the whole table is sorted by an external merge
sort: beyond a bound of memory, sorted runs are written to a temporary file and then merged.
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

BLOCK: Final = 65_536  # bytes of a run read at once


class SpoolError(Exception):
    """A temporary file that cannot be written, with how to repair that."""


class Placed(NamedTuple):
    """An event's record and its sort key."""

    at: int  # epoch ms
    row: int
    record: bytes


_PLACE: Final = itemgetter(0, 1)  # sort and merge are stable, so events with one row and moment keep their order


def spooled(entries: Iterable[Entry], decode: Callable[[bytes], Event], most: int = MOST_HELD) -> Iterator[Entry]:
    """Yield refusals at once, and at the end the events in the order of moment and row.

    At most `most` events' records are held in memory; a shorter file never touches the disk. A record is one line of
    JSON, from which `decode` restores its event. Raises `SpoolError` if the disk is full.
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
    """Runs of sorted events in a temporary file without a name, which vanishes however the process ends."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._ends = [0]  # of each run, in bytes from the beginning of the file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, run: Iterable[Placed]) -> None:
        """Add a run; raise `SpoolError` if it cannot be written."""
        try:
            self._file = self._file or tempfile.TemporaryFile()  # noqa: SIM115 - `__exit__` closes it
            self._file.writelines(b"%d %d %b\n" % placed for placed in run)
            self._file.flush()
        except OSError as error:
            if self._file is not None:
                with suppress(OSError):  # closing tries to write again
                    self._file.close()
            where = f" in {tempfile.tempdir}" if tempfile.tempdir else ""
            raise SpoolError(
                f"its rows cannot be sorted in a temporary file{where}: {error.strerror}; "
                "free some space there, or set TMPDIR to a folder with more, and run the command again"
            ) from None
        self._ends.append(self._file.tell())

    def read(self) -> list[Iterator[Placed]]:
        if self._file is None:
            return []
        pieces = (_Piece(self._file.fileno(), *ends) for ends in pairwise(self._ends))
        return [map(_placed, BufferedReader(piece, BLOCK)) for piece in pieces]


def _placed(line: bytes) -> Placed:
    at, row, record = line.split(b" ", 2)
    return Placed(int(at), int(row), record[:-1])


class _Piece(RawIOBase):
    """A part of an open file, independent of other readers of it."""

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
