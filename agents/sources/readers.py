"""How each kind of file is read, whole or line by line as it grows.

A connector is a file in this folder, a name in `FileKind` and a row in `READERS`; one that can follow a live file has a
row in `FOLLOWERS` too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

from msgspec import Struct

from agents.sources import (
    ami_messages,
    asterisk_cdr,
    asterisk_cdr_rows,
    asterisk_cel_rows,
    asterisk_rows,
    callcenter_frames,
    cucm_cdr,
    event_socket,
    files,
    freeswitch_cdr,
    queue_log,
)
from agents.sources.ami import Ami
from agents.sources.ami_calls import AmiCalls
from agents.sources.ami_exits import PATIENCE
from agents.sources.asterisk_cdr import Cdr
from agents.sources.asterisk_cdr_calls import LONGEST, CdrCalls
from agents.sources.asterisk_cel import Cel
from agents.sources.asterisk_cel_calls import CelCalls
from agents.sources.callcenter import CONNECTED_AFTER, CallCenter
from agents.sources.callcenter_visits import QueueVisits
from agents.sources.chronology import in_time
from agents.sources.columns import Columns
from agents.sources.columns_calls import CallRows
from agents.sources.columns_live import GrowingTable, PollsState, TableState
from agents.sources.columns_polls import PollRows
from agents.sources.columns_readings import ReadingRows
from agents.sources.columns_requests import RequestRows
from agents.sources.columns_tickets import TicketRows
from agents.sources.cucm_cdr import CucmCdr, CucmLegs
from agents.sources.entry import Entry
from agents.sources.files import RowsReader
from agents.sources.freeswitch_cdr import FreeSwitchCdr, FreeSwitchLegs
from agents.sources.kind import FileKind
from agents.sources.legs import HELD
from agents.sources.messages_live import FRAME_ENDS, GrowingAmi, GrowingCallCenter
from agents.sources.pseudonym import Pseudonymizer
from agents.sources.queue_log import QueueLog
from agents.sources.queue_log_calls import Calls
from agents.sources.queue_log_rows import reader_for
from agents.sources.trace import Seen, Trace, Traced
from config.exchanges import Exchanges
from config.mapping import Table
from streams.tickets.polls import PolledQueue

R = TypeVar("R")


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
    exchanges: Exchanges  # what the office says of them
    dialled: Callable[[str], str | None]  # the line of a number dialled, where the configuration names it
    aside: Counter[str]  # rows that tell of no call to a line, and what else a reader tells by figures
    trace: Trace | None = None  # of the call that somebody asks for
    witness: bool = False  # it is the second record of its lines

    def traced(self, seen: Callable[[R], Seen | None], *, joined: bool = False) -> Traced[R]:
        """Return what the rows of a file go through: nothing, where nobody asks for a call."""
        return iter if self.trace is None else partial(self.trace.through, seen=seen, joined=joined)

    def columns(self) -> Columns:
        """Return what reads the rows of a table."""
        assert self.table is not None
        return Columns(self.table, self.source, self.site, self.zone, self.pseudonym, self.line_of, self.aside)

    def callcenter(self, visits: QueueVisits | None = None) -> CallCenter:
        """Return what reads the events of mod_callcenter, with the visits that are known already."""
        return CallCenter(self.line_of, self.source, self.site, self.pseudonym, self.aside, visits)

    def queue_log(self, calls: Calls | None = None) -> QueueLog:
        """Return what reads the rows of a queue_log, with the calls that are known already."""
        return QueueLog(self.line_of, self.source, self.site, self.pseudonym, calls, self.aside)

    def cel(self, calls: CelCalls | None = None) -> Cel:
        """Return what reads the rows of a CEL, with the calls that are known already."""
        by = (self.source, self.site, self.zone, self.pseudonym, self.aside)
        return Cel(self.line_of, self.dialled, *by, calls)

    def cdr(self, calls: CdrCalls | None = None) -> Cdr:
        """Return what reads the rows of a CDR, with the calls that are known already."""
        by = (self.source, self.site, self.zone, self.pseudonym, self.aside)
        return Cdr(self.line_of, self.dialled, *by, calls)

    def freeswitch_cdr(self, legs: FreeSwitchLegs | None = None) -> FreeSwitchCdr:
        """Return what reads the rows of FreeSWITCH's CDR, with the legs that are known already."""
        by = (self.source, self.site, self.zone, self.pseudonym, self.aside)
        return FreeSwitchCdr(self.exchanges.freeswitch, self.line_of, *by, legs)

    def cucm_cdr(self, legs: CucmLegs | None = None) -> CucmCdr:
        """Return what reads the rows of Cisco's CDR, with the legs that are known already."""
        by = (self.source, self.site, self.pseudonym, self.aside, self.file)
        return CucmCdr(self.exchanges.cucm, self.line_of, *by, legs)

    def ami(self, calls: AmiCalls | None = None) -> Ami:
        """Return what reads the messages of Asterisk's manager interface, with the calls that are known already."""
        return Ami(self.line_of, self.source, self.site, self.pseudonym, self.aside, calls)


FileReader: TypeAlias = Callable[[Iterable[bytes], Origin], Iterator[Entry]]
# Of a line by its number; None where the row goes on in the next line.
RowReader: TypeAlias = Callable[[int, bytes], Iterable[Entry] | None]

FILE_OVER: Final = b""  # to a `RowReader`: no further line comes; no line is that empty


class LiveReader(NamedTuple):
    """Say how a live file is read."""

    calls: type[Struct]  # what is remembered of open calls
    reader: Callable[[bytes, Any, Origin], RowReader]  # from the file's first line, and its open calls
    rest: Callable[[Any, Origin], Iterable[Entry]] | None = None  # what is told of open calls where no row comes
    patience: float = 0.0  # seconds without a row after which `rest` is told
    ends: re.Pattern[bytes] | None = None  # finds where a row may end amid a line; None: nowhere


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
    cdr = origin.cdr()
    read = origin.traced(asterisk_cdr.seen, joined=True)(
        asterisk_rows.table(rows, asterisk_cdr_rows.ORDER, origin.file)
    )
    told = chain((entry for row in read for entry in cdr.take(row)), cdr.finish())
    return in_time(told, origin.aside, LONGEST)


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
    return lambda number, line: cdr.take(row) if (row := read(number, line)) else ()


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
        told = files.event(number, line, origin.pseudonym)
        return () if told is None else (told,)

    return read


# A survey is answers, not events: it is only analysed.
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
    FileKind.QUEUE_LOG: LiveReader(Calls, _follow_queue_log),
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
