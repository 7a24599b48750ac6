"""How each kind of file is read, whole or line by line as it grows.

A connector is a file in this folder, a name in `FileKind` and a row in `READERS`; one that can follow a live file has a
row in `FOLLOWERS` too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, NamedTuple, TypeAlias

from agents.sources import files
from agents.sources.ami import Ami
from agents.sources.columns import Columns
from agents.sources.columns_polls import PollRows
from agents.sources.columns_readings import ReadingRows
from agents.sources.columns_requests import RequestRows
from agents.sources.entry import Entry
from agents.sources.kind import FileKind
from agents.sources.pseudonym import Pseudonymizer
from agents.sources.queue_log import QueueLog
from agents.sources.queue_log_calls import Calls
from agents.sources.queue_log_rows import reader_for
from config.mapping import Table
from streams.tickets.polls import PolledQueue


class Origin(NamedTuple):
    """Hold what a reader must know of where the rows come from."""

    file: str  # its name, for messages
    source: str  # the system that wrote it
    site: str
    zone: str  # of times written without one
    line_of: Callable[[str], str | None]  # the line of a queue's name
    pseudonym: Pseudonymizer
    mapping: str  # the name of the table's mapping
    table: Table | None  # what each of its columns says
    queues: dict[str, PolledQueue]  # what is remembered of each polled queue

    def columns(self) -> Columns:
        """Return what reads the rows of a table."""
        assert self.table is not None
        return Columns(self.table, self.source, self.site, self.zone, self.pseudonym, self.line_of)

    def queue_log(self, calls: Calls | None = None) -> QueueLog:
        """Return what reads the rows of a queue_log, with the calls that are known already."""
        return QueueLog(self.line_of, self.source, self.site, self.pseudonym, calls)

    def ami(self, calls: Calls | None = None) -> Ami:
        """Return what reads the messages of Asterisk's manager interface, with the calls that are known already."""
        return Ami(self.line_of, self.source, self.site, self.pseudonym, calls)


FileReader: TypeAlias = Callable[[Iterable[bytes], Origin], Iterator[Entry]]
RowReader: TypeAlias = Callable[[int, bytes], Iterable[Entry]]  # of a line by its number
RowReaderOf: TypeAlias = Callable[[bytes, Calls, Origin], RowReader]  # from a file's first line, and its open calls


def _queue_log(rows: Iterable[bytes], origin: Origin) -> Iterator[Entry]:
    return files.queue_log(rows, origin.queue_log(), origin.pseudonym, origin.zone)


def _ami(rows: Iterable[bytes], origin: Origin) -> Iterator[Entry]:
    return files.ami(rows, origin.ami(), origin.pseudonym)


def _table(rows: Iterable[bytes], origin: Origin) -> Iterator[Entry]:
    return files.table(rows, origin.columns(), origin.pseudonym, origin.file)


def _polls(rows: Iterable[bytes], origin: Origin) -> Iterator[Entry]:
    return files.polls(rows, PollRows(origin.columns(), origin.queues), origin.pseudonym, origin.file)


def _readings(rows: Iterable[bytes], origin: Origin) -> Iterator[Entry]:
    return files.readings(rows, ReadingRows(origin.columns()), origin.pseudonym, origin.file)


def _requests(rows: Iterable[bytes], origin: Origin) -> Iterator[Entry]:
    return files.requests(rows, RequestRows(origin.columns()), origin.pseudonym, origin.file)


def _events(rows: Iterable[bytes], _: Origin) -> Iterator[Entry]:
    return files.events(rows)


def _follow_queue_log(first: bytes, calls: Calls, origin: Origin) -> RowReader:
    row_of, log = reader_for(first.rstrip(b"\r\n"), origin.zone), origin.queue_log(calls)
    return lambda number, line: files.queue_log_line(row_of, number, line, log, origin.pseudonym)


def _follow_events(_first: bytes, _calls: Calls, _origin: Origin) -> RowReader:
    return files.event


# A survey is answers, not events: it is only analysed.
READERS: Final[Mapping[FileKind, FileReader]] = {
    FileKind.QUEUE_LOG: _queue_log,
    FileKind.AMI: _ami,
    FileKind.CALLS: _table,
    FileKind.TICKETS: _table,
    FileKind.POLLS: _polls,
    FileKind.READINGS: _readings,
    FileKind.REQUESTS: _requests,
    FileKind.EVENTS: _events,
}
FOLLOWERS: Final[Mapping[FileKind, RowReaderOf]] = {
    FileKind.QUEUE_LOG: _follow_queue_log,
    FileKind.EVENTS: _follow_events,
}
