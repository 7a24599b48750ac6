"""The readers of each kind of file, as a whole or line by line as it grows.

A connector is a file in this folder, a name in `FileKind` and a row in `READERS`; one that can follow a live file also
has a row in `FOLLOWERS`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from msgspec import Struct

from agents.sources import files
from agents.sources.asterisk import ami_messages, queue_log
from agents.sources.asterisk import cdr as asterisk_cdr
from agents.sources.asterisk import cdr_rows as asterisk_cdr_rows
from agents.sources.asterisk import cel_rows as asterisk_cel_rows
from agents.sources.asterisk import rows as asterisk_rows
from agents.sources.asterisk.ami import Ami
from agents.sources.asterisk.ami_calls import AmiCalls
from agents.sources.asterisk.ami_exits import PATIENCE
from agents.sources.asterisk.cdr import Cdr
from agents.sources.asterisk.cdr_calls import LONGEST, CdrCalls
from agents.sources.asterisk.cel import Cel
from agents.sources.asterisk.cel_calls import CelCalls
from agents.sources.asterisk.queue_log import QueueLog
from agents.sources.asterisk.queue_log_calls import Calls
from agents.sources.asterisk.queue_log_rows import reader_for
from agents.sources.chronology import in_time
from agents.sources.cisco import cdr as cucm_cdr
from agents.sources.cisco.cdr import CucmCdr, CucmLegs
from agents.sources.entry import Entry
from agents.sources.exits import OVERFLOW
from agents.sources.files import RowsReader
from agents.sources.freeswitch import callcenter_frames, event_socket
from agents.sources.freeswitch import cdr as freeswitch_cdr
from agents.sources.freeswitch.callcenter import CONNECTED_AFTER, CallCenter
from agents.sources.freeswitch.callcenter_visits import QueueVisits
from agents.sources.freeswitch.cdr import FreeSwitchCdr, FreeSwitchLegs
from agents.sources.kind import FileKind
from agents.sources.legs import HELD
from agents.sources.messages_live import FRAME_ENDS, GrowingAmi, GrowingCallCenter
from agents.sources.pseudonym import Pseudonymizer
from agents.sources.tables.calls import CallRows
from agents.sources.tables.columns import Columns
from agents.sources.tables.live import GrowingTable, PollsState, TableState
from agents.sources.tables.polls import PollRows
from agents.sources.tables.readings import ReadingRows
from agents.sources.tables.requests import RequestRows
from agents.sources.tables.tickets import TicketRows
from agents.sources.trace import Seen, Trace, Traced
from config.exchanges import Exchanges
from config.mapping import Table
from streams.tickets.polls import PolledQueue

R = TypeVar("R")


class Origin(NamedTuple):
    """The source of a file's rows, as its reader needs it."""

    file: str  # its name, for messages
    source: str  # the system that wrote it
    site: str
    zone: str  # of times written without one
    line_of: Callable[[str], str | None]  # the line of a queue's name
    pseudonym: Pseudonymizer
    mapping: str  # the name of the table's mapping
    table: Table | None  # the mapping itself
    queues: dict[str, PolledQueue]  # the state of each polled queue
    exchanges: Exchanges  # their settings
    dialled: Callable[[str], str | None]  # the line of a number dialled, if the configuration has it
    aside: Counter[str]  # rows that concern no call to a line, and a reader's other counts
    trace: Trace | None = None  # of the call to explain
    witness: bool = False  # whether it is the second record of its lines

    def traced(self, seen: Callable[[R], Seen | None], *, joined: bool = False) -> Traced[R]:
        """Return the function through which a file's rows pass: `iter`, unless a call is to be explained."""
        return iter if self.trace is None else partial(self.trace.through, seen=seen, joined=joined)

    def columns(self) -> Columns:
        assert self.table is not None
        return Columns(self.table, self.source, self.site, self.zone, self.pseudonym, self.line_of, self.aside)

    def callcenter(self, visits: QueueVisits | None = None) -> CallCenter:
        """Return a reader of mod_callcenter's events that already knows some visits."""
        return CallCenter(self.line_of, self.source, self.site, self.pseudonym, self.aside, visits)

    def queue_log(self, calls: Calls | None = None) -> QueueLog:
        """Return a reader of queue_log rows that already knows some calls."""
        return QueueLog(self.line_of, self.source, self.site, self.pseudonym, calls, self.aside)

    def cel(self, calls: CelCalls | None = None) -> Cel:
        """Return a reader of CEL rows that already knows some calls."""
        by = (self.source, self.site, self.zone, self.pseudonym, self.aside)
        return Cel(self.line_of, self.dialled, *by, calls)

    def cdr(self, calls: CdrCalls | None = None) -> Cdr:
        """Return a reader of CDR rows that already knows some calls."""
        by = (self.source, self.site, self.zone, self.pseudonym, self.aside)
        return Cdr(self.line_of, self.dialled, *by, calls)

    def freeswitch_cdr(self, legs: FreeSwitchLegs | None = None) -> FreeSwitchCdr:
        """Return a reader of FreeSWITCH's CDR rows that already knows some legs."""
        by = (self.source, self.site, self.zone, self.pseudonym, self.aside)
        return FreeSwitchCdr(self.exchanges.freeswitch, self.line_of, *by, legs)

    def cucm_cdr(self, legs: CucmLegs | None = None) -> CucmCdr:
        """Return a reader of Cisco's CDR rows that already knows some legs."""
        by = (self.source, self.site, self.pseudonym, self.aside, self.file)
        return CucmCdr(self.exchanges.cucm, self.line_of, *by, legs)

    def ami(self, calls: AmiCalls | None = None) -> Ami:
        """Return a reader of Asterisk's manager interface that already knows some calls."""
        return Ami(self.line_of, self.source, self.site, self.pseudonym, self.aside, calls)


FileReader: TypeAlias = Callable[[Iterable[bytes], Origin], Iterator[Entry]]
# The entries of a line and its number; None if the row continues in the next line.
RowReader: TypeAlias = Callable[[int, bytes], Iterable[Entry] | None]

FILE_OVER: Final = b""  # for a `RowReader`: no further line comes


class LiveReader(NamedTuple):
    """The reader of a live file."""

    calls: type[Struct]  # the state of open calls
    reader: Callable[[bytes, Any, Origin], RowReader]  # from the file's first line and its open calls
    rest: Callable[[Any, Origin], Iterable[Entry]] | None = None  # open calls' entries if no row comes for `patience`
    patience: float = 0.0  # seconds without a row, after which `rest` is called
    ends: re.Pattern[bytes] | None = None  # the end of a row inside a line, if possible


def _queue_log(rows: Iterable[bytes], origin: Origin) -> Iterator[Entry]:
    return files.queue_log(rows, origin.queue_log(), origin.pseudonym, origin.zone, origin.traced(queue_log.seen))


def _callcenter(rows: Iterable[bytes], origin: Origin) -> Iterator[Entry]:
    return callcenter_frames.entries(
        origin.traced(callcenter_frames.seen)(event_socket.frames(rows)), origin.callcenter()
    )


def _freeswitch_cdr(rows: Iterable[bytes], origin: Origin) -> Iterator[Entry]:
    return origin.freeswitch_cdr().read(rows, origin.traced(freeswitch_cdr.seen, joined=True))


def _cucm_cdr(rows: Iterable[bytes], origin: Origin) -> Iterator[Entry]:
    return origin.cucm_cdr().read(rows, origin.traced(cucm_cdr.seen, joined=True))


def _cel(rows: Iterable[bytes], origin: Origin) -> Iterator[Entry]:
    cel = origin.cel()
    read = origin.traced(asterisk_cel_rows.seen)(asterisk_rows.table(rows, asterisk_cel_rows.ORDER, origin.file))
    return (entry for row in read for entry in cel.take(row))


def _cdr(rows: Iterable[bytes], origin: Origin) -> Iterator[Entry]:
    read = origin.traced(asterisk_cdr.seen, joined=True)(
        asterisk_rows.table(rows, asterisk_cdr_rows.ORDER, origin.file)
    )
    return in_time(origin.cdr().read(read), origin.aside, LONGEST)


def _ami(rows: Iterable[bytes], origin: Origin) -> Iterator[Entry]:
    return files.ami(rows, origin.ami(), origin.pseudonym, origin.traced(ami_messages.seen))


def _table(rows_of: Callable[[Columns], RowsReader]) -> FileReader:
    return lambda rows, origin: files.table(rows, rows_of(origin.columns()), origin.pseudonym, origin.file)


def _polls(rows: Iterable[bytes], origin: Origin) -> Iterator[Entry]:
    return files.polls(rows, PollRows(origin.columns(), origin.queues), origin.pseudonym, origin.file)


def _events(rows: Iterable[bytes], origin: Origin) -> Iterator[Entry]:
    return files.events(rows, origin.pseudonym)


def _follow_queue_log(first: bytes, calls: Calls, origin: Origin) -> RowReader:
    row_of, log = reader_for(first.rstrip(b"\r\n"), origin.zone), origin.queue_log(calls)
    return lambda number, line: files.queue_log_line(row_of, number, line, log, origin.pseudonym)


def _follow_cel(first: bytes, calls: CelCalls, origin: Origin) -> RowReader:
    read, cel = asterisk_rows.by_line(first, asterisk_cel_rows.ORDER, origin.file), origin.cel(calls)
    return lambda number, line: cel.take(row) if (row := read(number, line)) else ()


def _follow_cdr(first: bytes, calls: CdrCalls, origin: Origin) -> RowReader:
    read, cdr = asterisk_rows.by_line(first, asterisk_cdr_rows.ORDER, origin.file), origin.cdr(calls)
    return lambda number, line: cdr.take([row]) if (row := read(number, line)) else ()


def _follow_freeswitch_cdr(first: bytes, calls: FreeSwitchLegs, origin: Origin) -> RowReader:
    cdr = origin.freeswitch_cdr(calls)
    cdr.begin(first)
    return cdr.take


def _follow_cucm_cdr(first: bytes, calls: CucmLegs, origin: Origin) -> RowReader:
    cdr = origin.cucm_cdr(calls)
    if first.strip():
        cdr.begin(first)
    return cdr.take


def _follow_ami(_first: bytes, calls: AmiCalls, origin: Origin) -> RowReader:
    return GrowingAmi(origin.ami(calls), origin.pseudonym).read


def _follow_callcenter(_first: bytes, visits: QueueVisits, origin: Origin) -> RowReader:
    return GrowingCallCenter(origin.callcenter(visits)).read


def _follow_table(rows_of: Callable[[Columns], RowsReader]) -> LiveReader:
    def follow(first: bytes, _known: TableState, origin: Origin) -> RowReader:
        return GrowingTable(first, rows_of(origin.columns()), origin.pseudonym, origin.file).read

    return LiveReader(TableState, follow)


def _follow_polls(first: bytes, known: PollsState, origin: Origin) -> RowReader:
    return GrowingTable(first, PollRows(origin.columns(), known.queues), origin.pseudonym, origin.file).read


def _follow_events(_first: bytes, _calls: Calls, origin: Origin) -> RowReader:
    def read(number: int, line: bytes) -> Iterable[Entry]:
        entry = files.event(number, line, origin.pseudonym)
        return () if entry is None else (entry,)

    return read


# A survey has answers, not events: it can only be analysed.
READERS: Final[Mapping[FileKind, FileReader]] = {
    FileKind.QUEUE_LOG: _queue_log,
    FileKind.ASTERISK_CEL: _cel,
    FileKind.ASTERISK_CDR: _cdr,
    FileKind.CALLCENTER: _callcenter,
    FileKind.FREESWITCH_CDR: _freeswitch_cdr,
    FileKind.CUCM_CDR: _cucm_cdr,
    FileKind.AMI: _ami,
    FileKind.CALLS: _table(CallRows),
    FileKind.TICKETS: _table(TicketRows),
    FileKind.POLLS: _polls,
    FileKind.READINGS: _table(ReadingRows),
    FileKind.REQUESTS: _table(RequestRows),
    FileKind.EVENTS: _events,
}
FOLLOWERS: Final[Mapping[FileKind, LiveReader]] = {
    FileKind.QUEUE_LOG: LiveReader(
        Calls, _follow_queue_log, lambda calls, origin: files.queue_log_rest(origin.queue_log(calls)), OVERFLOW
    ),
    FileKind.ASTERISK_CEL: LiveReader(CelCalls, _follow_cel),
    FileKind.ASTERISK_CDR: LiveReader(CdrCalls, _follow_cdr, lambda calls, origin: origin.cdr(calls).finish(), LONGEST),
    FileKind.FREESWITCH_CDR: LiveReader(
        FreeSwitchLegs, _follow_freeswitch_cdr, lambda legs, origin: origin.freeswitch_cdr(legs).finish(), HELD
    ),
    FileKind.CUCM_CDR: LiveReader(
        CucmLegs, _follow_cucm_cdr, lambda legs, origin: origin.cucm_cdr(legs).finish(), HELD
    ),
    FileKind.AMI: LiveReader(
        AmiCalls, _follow_ami, lambda calls, origin: files.ami_rest(origin.ami(calls)), max(PATIENCE.values())
    ),
    FileKind.CALLCENTER: LiveReader(
        QueueVisits,
        _follow_callcenter,
        lambda visits, origin: callcenter_frames.rest(origin.callcenter(visits)),
        CONNECTED_AFTER,
        FRAME_ENDS,
    ),
    FileKind.CALLS: _follow_table(CallRows),
    FileKind.TICKETS: _follow_table(TicketRows),
    FileKind.POLLS: LiveReader(PollsState, _follow_polls),
    FileKind.READINGS: _follow_table(ReadingRows),
    FileKind.REQUESTS: _follow_table(RequestRows),
    FileKind.EVENTS: LiveReader(Calls, _follow_events),
}
