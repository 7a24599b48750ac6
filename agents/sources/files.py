"""Files as streams of events: every kind gives the same two things, `Accepted` and `Refused`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from agents.sources import ami_messages, columns_rows, queue_log_rows
from agents.sources.ami import Ami, RefusedMessage
from agents.sources.columns import Columns
from agents.sources.columns_polls import PollRows
from agents.sources.columns_readings import ReadingRows
from agents.sources.columns_requests import RequestRows
from agents.sources.entry import Accepted, Entry, Refused
from agents.sources.lines import MAX_LINE, TOO_LONG
from agents.sources.pseudonym import Pseudonymizer
from agents.sources.queue_log import QueueLog, RefusedRow
from agents.sources.queue_log_rows import LineReader, LogRow, MalformedLine
from config.mapping import Of
from streams.decoding import AnyDecoder, Decoder, Invalid
from streams.events import CallEvent, Reading, RequestEvent, TicketEvent, milliseconds

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


def queue_log(lines: Iterable[bytes], log: QueueLog, pseudonym: Pseudonymizer, zone: str) -> Iterator[Entry]:
    """Read an Asterisk queue_log; `zone` is that of times written without one."""
    for row in queue_log_rows.read(lines, zone):
        yield from queue_log_row(row, log, pseudonym)


def queue_log_row(row: LogRow | MalformedLine, log: QueueLog, pseudonym: Pseudonymizer) -> Iterator[Entry]:
    """Yield what one row of a queue_log tells of."""
    if isinstance(row, MalformedLine):
        yield Refused(row.number, pseudonym.scrub(row.raw), Invalid("malformed", f"{row.reason}: {row.detail}"))
        return
    taken = log.take(row)
    if isinstance(taken, RefusedRow):
        yield Refused(row.number, pseudonym.scrub(row.raw), Invalid(taken.reason, taken.detail))
        return
    for event in taken:
        yield Accepted(row.number, event, _encode(event))


def queue_log_line(
    row_of: LineReader, number: int, line: bytes, log: QueueLog, pseudonym: Pseudonymizer
) -> Iterator[Entry]:
    """Yield what one line of a queue_log tells of, as it is read by `row_of`."""
    raw = line.rstrip(b"\r\n")
    row: LogRow | MalformedLine | None = None
    if len(raw) > MAX_LINE:
        row = MalformedLine(number, "too-long", TOO_LONG, b"")
    elif raw.strip():
        row = row_of(number, raw)
    if row is not None:
        yield from queue_log_row(row, log, pseudonym)


def ami(lines: Iterable[bytes], by: Ami, pseudonym: Pseudonymizer) -> Iterator[Entry]:
    """Read the bytes of connections to Asterisk's manager interface."""
    number = 0
    for message in ami_messages.read(lines):
        number = message.number
        if isinstance(message, MalformedLine):
            yield Refused(
                number, pseudonym.scrub(message.raw), Invalid("malformed", f"{message.reason}: {message.detail}")
            )
            continue
        taken = by.take(message)
        if isinstance(taken, RefusedMessage):
            yield Refused(number, pseudonym.scrub(message.raw), Invalid(taken.reason, taken.detail))
            continue
        for event in taken:
            yield Accepted(number, event, _encode(event))
    for event in by.close():
        yield Accepted(number, event, _encode(event))


def table(lines: Iterable[bytes], columns: Columns, pseudonym: Pseudonymizer, file: str) -> Iterator[Entry]:
    """Read a table of calls or tickets by its mapping; the events come in the order of their moments.

    A row holds a whole call, and rows stand in any order: without sorting, most of their events would be late.
    What is refused comes first. Raises `ConfigError`, at once, where the file lacks a column.
    """
    rows = table_rows(columns_rows.read(lines, columns.table, file), columns, columns.take, pseudonym)
    return _in_time(rows)


def _in_time(rows: Iterable[Entry]) -> Iterator[Entry]:
    accepted = []
    for entry in rows:
        if isinstance(entry, Refused):
            yield entry
        else:
            accepted.append(entry)
    yield from sorted(accepted, key=lambda entry: milliseconds(entry.event.at))


def polls(lines: Iterable[bytes], by: PollRows, pseudonym: Pseudonymizer, file: str) -> Iterator[Entry]:
    """Read polls of queues by their mapping, as estimated events of tickets.

    Raises `ConfigError`, at once, where the file lacks a column.
    """
    return table_rows(columns_rows.read(lines, by.columns.table, file), by.columns, by.take, pseudonym)


def readings(lines: Iterable[bytes], by: ReadingRows, pseudonym: Pseudonymizer, file: str) -> Iterator[Entry]:
    """Read a table of readings by its mapping; they come in the order of their moments, what is refused first.

    Raises `ConfigError`, at once, where the file lacks a column.
    """
    rows = table_rows(columns_rows.read(lines, by.columns.table, file), by.columns, by.take, pseudonym)
    return _in_time(rows)


def requests(lines: Iterable[bytes], by: RequestRows, pseudonym: Pseudonymizer, file: str) -> Iterator[Entry]:
    """Read a register of requests by its mapping; they come in the order of their moments, what is refused first.

    Raises `ConfigError`, at once, where the file lacks a column.
    """
    rows = table_rows(columns_rows.read(lines, by.columns.table, file), by.columns, by.take, pseudonym)
    return _in_time(rows)


def table_rows(
    rows: Iterable[columns_rows.TableRow | columns_rows.MalformedRow],
    columns: Columns,
    take: Callable[[columns_rows.TableRow], Sequence[CallEvent | TicketEvent | Reading | RequestEvent]],
    pseudonym: Pseudonymizer,
) -> Iterator[Entry]:
    """Yield what the rows of a table tell of; `take` turns one into events."""
    decode = _DECODERS[columns.table.of].decode
    for row in rows:
        if isinstance(row, columns_rows.MalformedRow):
            # A register names the authors of its requests, and nobody knows where in a malformed row.
            raw = b"" if columns.table.of == "requests" else pseudonym.scrub(row.raw)
            yield Refused(row.number, raw, Invalid("malformed", row.detail))
            continue
        try:
            records = [_encode(event) for event in take(row)]
            accepted = [Accepted(row.number, decode(record), record) for record in records]  # as the topic takes them
        except Invalid as why:
            yield Refused(row.number, pseudonym.scrub(_encode(columns.shown(row))), why)
            continue
        yield from accepted


def events(lines: Iterable[bytes], pseudonym: Pseudonymizer) -> Iterator[Entry]:
    """Read contract events of every kind, mixed, one JSON object a line."""
    for number, line in enumerate(lines, 1):
        yield from event(number, line, pseudonym)


def event(number: int, line: bytes, pseudonym: Pseudonymizer) -> Iterator[Entry]:
    """Yield the event in one line, none where it is blank; of its record, what is no field of an event stays behind."""
    record = line.strip()
    if not record:
        return
    if len(line) > MAX_LINE:
        yield Refused(number, b"", Invalid("malformed", TOO_LONG))
        return
    try:
        told = pseudonym.event(_DECODER.decode(record))
    except Invalid as why:
        yield Refused(number, pseudonym.record(record), why)
        return
    yield Accepted(number, told, _encode(told))
