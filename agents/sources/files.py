"""Files as streams of entries: every kind yields `Accepted` and `Refused`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias

import msgspec

from agents.sources.aside import accounted
from agents.sources.asterisk import ami_messages, queue_log_rows
from agents.sources.asterisk.ami import Ami
from agents.sources.asterisk.ami_messages import AmiMessage, RefusedMessage
from agents.sources.asterisk.queue_log import QueueLog, RefusedRow
from agents.sources.asterisk.queue_log_rows import LineReader, LogRow, MalformedLine
from agents.sources.entry import Accepted, Entry, Refused
from agents.sources.lines import MAX_LINE, TOO_LONG
from agents.sources.pseudonym import Pseudonymizer
from agents.sources.tables import table as columns_table
from agents.sources.tables.calls import CallRows
from agents.sources.tables.latest import latest
from agents.sources.tables.polls import PollRows
from agents.sources.tables.readings import ReadingRows
from agents.sources.tables.requests import RequestRows
from agents.sources.tables.rows import MalformedRow, TableRow
from agents.sources.tables.spool import spooled
from agents.sources.tables.tickets import TicketRows
from agents.sources.trace import Traced
from config.mapping import Of
from streams.decoding import AnyDecoder, Decoder, Invalid
from streams.events import CallEvent, Reading, RequestEvent, TicketEvent
from streams.said import said

RowsReader: TypeAlias = CallRows | TicketRows | ReadingRows | RequestRows

_encode = msgspec.json.Encoder().encode
_DECODER = AnyDecoder()
_TICKETS: Final = Decoder(TicketEvent)
_DECODERS: Final[Mapping[Of, Decoder[CallEvent] | Decoder[TicketEvent] | Decoder[Reading] | Decoder[RequestEvent]]] = {
    "calls": Decoder(CallEvent),
    "tickets": _TICKETS,
    "polls": _TICKETS,
    "readings": Decoder(Reading),
    "requests": Decoder(RequestEvent),
}


def queue_log(
    lines: Iterable[bytes],
    log: QueueLog,
    pseudonym: Pseudonymizer,
    zone: str,
    traced: Traced[LogRow | MalformedLine] = iter,
) -> Iterator[Entry]:
    """Read an Asterisk queue_log; `zone` is for times written without one. Its rows go through `traced`."""
    for row in traced(queue_log_rows.read(lines, zone)):
        yield from queue_log_row(row, log, pseudonym)
    yield from queue_log_rest(log)


def queue_log_rest(log: QueueLog) -> Iterator[Entry]:
    """Yield the entries that are left when no further row comes."""
    for left in log.close():
        yield Accepted(left.row, left.event, _encode(left.event))


def queue_log_row(row: LogRow | MalformedLine, log: QueueLog, pseudonym: Pseudonymizer) -> Iterator[Entry]:
    """Yield the entries of one row of a queue_log."""
    if isinstance(row, MalformedLine):
        yield Refused(
            row.number,
            pseudonym.scrub(row.raw),
            Invalid("malformed", said("{reason}: {detail}", reason=row.reason, detail=row.detail)),
        )
        return
    taken = log.take(row)
    for left in log.exits:
        yield Accepted(left.row, left.event, _encode(left.event))
    if isinstance(taken, RefusedRow):
        yield Refused(row.number, pseudonym.scrub(row.raw), Invalid(taken.reason, taken.detail))
        return
    for event in taken:
        yield Accepted(row.number, event, _encode(event))


def queue_log_line(
    row_of: LineReader, number: int, line: bytes, log: QueueLog, pseudonym: Pseudonymizer
) -> Iterator[Entry]:
    """Yield the entries of one line of a queue_log, as read by `row_of`."""
    raw = line.rstrip(b"\r\n")
    row: LogRow | MalformedLine | None = None
    if len(raw) > MAX_LINE:
        row = MalformedLine(number, "too-long", TOO_LONG, b"")
    elif raw.strip():
        row = row_of(number, raw)
    if row is not None:
        yield from queue_log_row(row, log, pseudonym)


def ami(
    lines: Iterable[bytes], by: Ami, pseudonym: Pseudonymizer, traced: Traced[AmiMessage | MalformedLine] = iter
) -> Iterator[Entry]:
    """Read the bytes of connections to Asterisk's manager interface; its messages go through `traced`."""
    number = 0
    for message in traced(ami_messages.read(lines)):
        number = message.number
        yield from ami_message(message, by, pseudonym)
    yield from ami_rest(by, number)


def ami_rest(by: Ami, number: int = 1) -> Iterator[Entry]:
    """Yield the entries that are left when no further message comes; `number` is the last message's."""
    for event in by.close():
        yield Accepted(number, event, _encode(event))


def ami_message(
    message: ami_messages.Parsed, by: Ami, pseudonym: Pseudonymizer, now: float | None = None
) -> Iterator[Entry]:
    """Yield the entries of one message; `now` (epoch s) is when it arrived, if known."""
    return accounted(_of_message(message, by, pseudonym, now), by.aside)


def _of_message(message: ami_messages.Parsed, by: Ami, pseudonym: Pseudonymizer, now: float | None) -> Iterator[Entry]:
    raw, number = message.raw, message.number
    if isinstance(message, MalformedLine):
        yield Refused(
            number,
            pseudonym.scrub(raw),
            Invalid("malformed", said("{reason}: {detail}", reason=message.reason, detail=message.detail)),
        )
        return
    taken = by.take(message, now)
    if isinstance(taken, RefusedMessage):
        yield Refused(number, pseudonym.scrub(raw), Invalid(taken.reason, taken.detail))
        return
    for event in taken:
        yield Accepted(number, event, _encode(event))


def table(lines: Iterable[bytes], by: RowsReader, pseudonym: Pseudonymizer, file: str) -> Iterator[Entry]:
    """Read a table of calls, tickets, readings or requests by its mapping; refusals come first.

    A row is a whole call, and rows may be in any order: the events are sorted by their moments, as most would otherwise
    be late. Raises `ConfigError`, before any row, if the file lacks a column.
    """
    rows = latest(columns_table.read(lines, by.columns.table, file, by.columns.aside), by.columns)
    return spooled(table_rows(rows, by, pseudonym), _DECODERS[by.columns.table.of].decode)


def polls(lines: Iterable[bytes], by: PollRows, pseudonym: Pseudonymizer, file: str) -> Iterator[Entry]:
    """Read polls of queues by their mapping, as estimated ticket events.

    Raises `ConfigError`, before any row, if the file lacks a column.
    """
    return table_rows(columns_table.read(lines, by.columns.table, file, by.columns.aside), by, pseudonym)


def table_rows(
    rows: Iterable[TableRow | MalformedRow], by: RowsReader | PollRows, pseudonym: Pseudonymizer
) -> Iterator[Entry]:
    """Yield the entries of a table's rows."""
    columns = by.columns
    decode = _DECODERS[columns.table.of].decode
    for row in rows:
        if isinstance(row, MalformedRow):
            # A register names the authors of requests, and the place of the names in a malformed row is unknown.
            raw = b"" if columns.table.of == "requests" else pseudonym.scrub(row.raw)
            yield Refused(row.number, raw, Invalid("malformed", row.detail))
            continue
        try:
            records = [_encode(event) for event in by.take(row)] if columns.counts(row.values) else []
            accepted = [Accepted(row.number, decode(record), record) for record in records]  # as decoded from the topic
        except Invalid as why:
            yield Refused(row.number, pseudonym.scrub(_encode(columns.shown(row))), why)
            continue
        yield from accepted


def events(lines: Iterable[bytes], pseudonym: Pseudonymizer) -> Iterator[Entry]:
    """Read contract events of every kind, mixed, one JSON object per line."""
    for number, line in enumerate(lines, 1):
        found = event(number, line, pseudonym)
        if found is not None:
            yield found


def event(number: int, line: bytes, pseudonym: Pseudonymizer) -> Entry | None:
    """Return the event of one line, None if it is blank; fields that no event has are dropped."""
    record = line.strip()
    if not record:
        return None
    if len(line) > MAX_LINE:
        return Refused(number, b"", Invalid("malformed", TOO_LONG))
    try:
        found = pseudonym.event(_DECODER.decode(record))
    except Invalid as why:
        return Refused(number, pseudonym.record(record), why)
    return Accepted(number, found, _encode(found))
