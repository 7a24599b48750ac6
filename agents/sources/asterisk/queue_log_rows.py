"""Reads Asterisk's queue_log line by line: its file, its realtime table, or the PBXware export.

All three give the same `LogRow`, with its data in the order of the file.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from msgspec import Struct

from agents.sources.lines import MAX_LINE, TOO_LONG
from streams.events import MAX_EPOCH, MAX_IDENTIFIER, MIN_EPOCH
from streams.said import said

MAX_CALLID = 150  # Asterisk's own limit for a unique id

# fmt: off
CALL_EVENTS: Final = frozenset({
    "ENTERQUEUE", "CONNECT", "RINGNOANSWER", "RINGCANCELED",
    "ABANDON", "EXITWITHTIMEOUT", "EXITEMPTY", "EXITWITHKEY", "WITHDRAW",
    "COMPLETEAGENT", "COMPLETECALLER", "TRANSFER", "BLINDTRANSFER", "ATTENDEDTRANSFER",
    "FULL", "JOINEMPTY", "LEAVEEMPTY", "CLOSED", "DIVERT_CA_RATIO", "DIVERT_HOLDTIME",
})
OTHER_EVENTS: Final = frozenset({
    "QUEUESTART", "CONFIGRELOAD", "ADDMEMBER", "REMOVEMEMBER",
    "PAUSE", "UNPAUSE", "PAUSEALL", "UNPAUSEALL", "PENALTY", "RINGINUSE", "RINGING",
    "AGENTLOGIN", "AGENTLOGOFF", "AGENTCALLBACKLOGIN", "AGENTCALLBACKLOGOFF", "AGENTDUMP",
    "SYSCOMPAT", "OUTCALL", "DID", "INFO",
    "OUTDIAL", "OUTANSWER", "OUTCANCEL", "OUTBUSY", "OUTNOANSWER", "OUTCHANUNAVAIL", "OUTCONGESTION",
    "OUTTRANSFER",
})
# fmt: on
KNOWN_EVENTS: Final = CALL_EVENTS | OTHER_EVENTS

_CUSTOM_EVENT = re.compile(r"[A-Za-z][A-Za-z0-9_-]{1,39}")  # the dialplan's QueueLog() writes any word
_CLOCK_BACK = 60  # seconds: if local time goes back by more than this, summer time has ended


class LogRow(Struct, frozen=True, gc=False):
    """One readable line."""

    number: int  # of the line in the file
    at: float  # epoch seconds
    callid: str
    queue: str
    agent: str
    event: str
    data: tuple[str, ...]
    raw: bytes
    anomalies: tuple[str, ...] = ()  # corrections that were necessary

    def __repr__(self) -> str:
        """Leave out the fields that may contain a caller's number."""
        return f"LogRow({self.number}, {self.at}, {self.callid!r}, {self.queue!r}, {self.event!r})"


class MalformedLine(Struct, frozen=True, gc=False):
    """A line that cannot be read; neither `reason` nor `detail` quotes it."""

    number: int
    reason: str
    detail: str
    raw: bytes

    def __repr__(self) -> str:
        """Leave out the line, which may contain a caller's number."""
        return f"MalformedLine({self.number}, {self.reason!r}, {self.detail!r})"


# Reads one line that is not blank, by its number; returns None for a header.
LineReader: TypeAlias = Callable[[int, bytes], LogRow | MalformedLine | None]


def read(lines: Iterable[bytes], zone: str) -> Iterator[LogRow | MalformedLine]:
    """Read a queue_log; its first line shows which of the three variants it is.

    `zone` is for times written without one.
    """
    reader: LineReader | None = None
    for number, line in enumerate(lines, 1):
        raw = line.rstrip(b"\r\n")
        if len(raw) > MAX_LINE:
            yield MalformedLine(number, "too-long", TOO_LONG, b"")
            continue
        if raw.isspace() or not raw:
            continue
        if reader is None:
            reader = reader_for(raw, zone)
        row = reader(number, raw)
        if row is not None:
            yield row


def reader_for(first: bytes, zone: str) -> LineReader:
    """Return the reader of the log with this first line, which is not blank."""
    text = first.decode("utf-8", "replace").lower()
    delimiter = max(",;\t", key=text.count)
    names = [name.strip(' "') for name in text.split(delimiter)]
    layout = _layout(names)
    return _read_file_line if layout is None else _Table(first, names, delimiter, layout, ZoneInfo(zone))


def _layout(names: Sequence[str]) -> _ExportLayout | None:
    return next((each for each in (_REALTIME, _PBXWARE) if set(names).issuperset(each.columns)), None)


def is_log(names: Sequence[str]) -> bool:
    """Return whether a table with these columns is a queue_log."""
    return _layout([name.lower() for name in names]) is not None


def _read_file_line(number: int, raw: bytes) -> LogRow | MalformedLine:
    """Read `epoch|callid|queue|agent|EVENT|data...`."""
    fields = raw.decode("utf-8", "replace").split("|")
    if len(fields) < 5:  # noqa: PLR2004 -- the five that every line has
        expected = said("epoch|callid|queue|agent|EVENT|..., or a table that begins with its header")
        return MalformedLine(
            number,
            "too-few-fields",
            said("{count} fields; expected {expected}", count=len(fields), expected=expected),
            raw,
        )
    at = _epoch(fields[0])
    if at is None:
        return MalformedLine(number, "no-time", said("the first field is not an epoch between 1990 and 2100"), raw)
    anomalies: tuple[str, ...] = ()
    if fields[4] not in KNOWN_EVENTS:
        # A word in a custom event's data is no event, as the event of a call is followed by a figure.
        later = next((i for i in range(5, len(fields)) if _is_event(fields[i], fields[i + 1 :])), 4)
        anomalies = _realign(fields, 4, later, "|")
    return _row(number, raw, at, fields[1:5], fields[5:], anomalies=anomalies)


def _is_event(word: str, data: list[str]) -> bool:
    if word not in CALL_EVENTS:
        return word in OTHER_EVENTS
    return word.endswith("TRANSFER") or (bool(data) and data[0].isdecimal())


class _ExportLayout(Struct, frozen=True):
    """The columns of a table: time, callid, queue, agent, event, and each event's data."""

    columns: tuple[str, str, str, str, str]
    data: tuple[str, ...]
    data_of: dict[str, tuple[str, ...]] = {}


_LEFT = ("expos", "entpos", "htime")
_ENDED = ("htime", "ttime", "entpos")
_TRANSFERRED = ("param2", "param3", *_ENDED)
_REALTIME = _ExportLayout(
    columns=("time", "callid", "queuename", "agent", "event"),
    data=("data", "data1", "data2", "data3", "data4", "data5"),  # `data` alone before Asterisk 1.8
)
_PBXWARE = _ExportLayout(
    columns=("date_time", "callid", "queue_name", "type", "event"),
    data=("param1", "param2", "param3"),
    data_of={
        "ENTERQUEUE": ("", "param1", "entpos"),
        "CONNECT": ("htime", "param2", "param3"),
        "RINGNOANSWER": ("htime",),
        "RINGCANCELED": ("htime",),
        "ABANDON": _LEFT,
        "EXITWITHTIMEOUT": _LEFT,
        "EXITEMPTY": _LEFT,
        "EXITWITHKEY": ("param2", *_LEFT),
        "WITHDRAW": (*_LEFT, "param2"),
        "COMPLETEAGENT": _ENDED,
        "COMPLETECALLER": _ENDED,
        "TRANSFER": _TRANSFERRED,
        "BLINDTRANSFER": _TRANSFERRED,
        "ATTENDEDTRANSFER": _TRANSFERRED,
    },
)


class _Table:
    """The lines of a table that was exported with its header."""

    def __init__(self, first: bytes, names: list[str], delimiter: str, layout: _ExportLayout, zone: ZoneInfo) -> None:
        self._header = first
        self._width = len(names)
        self._delimiter = delimiter
        self._zone = zone
        self._last: float | None = None
        index_of = {name: index for index, name in enumerate(names)}
        self._at, self._callid, self._queue, self._agent, self._event = (index_of[name] for name in layout.columns)
        self._needed = max(index_of[name] for name in layout.columns) + 1
        self._data = [index_of[name] for name in layout.data if name in index_of]
        # An absent column reads as empty: `_width` is one past the last field.
        self._data_of = {
            event: [index_of.get(name, self._width) for name in columns] for event, columns in layout.data_of.items()
        }

    def __call__(self, number: int, raw: bytes) -> LogRow | MalformedLine | None:
        if raw == self._header:  # repeated in concatenated exports
            return None
        text = raw.decode("utf-8", "replace")
        if '"' in text:
            try:
                fields = next(csv.reader([text], delimiter=self._delimiter))
            except csv.Error as error:
                return MalformedLine(number, "no-csv", str(error), raw)
        else:
            fields = text.split(self._delimiter)
        if len(fields) < self._needed:
            return MalformedLine(
                number,
                "too-few-fields",
                said("{count} fields; expected {expected}", count=len(fields), expected=self._width),
                raw,
            )
        anomalies: tuple[str, ...] = ()
        if len(fields) > self._width and fields[self._event] not in KNOWN_EVENTS and self._event == self._agent + 1:
            torn = range(self._event + 1, self._event + 1 + len(fields) - self._width)
            later = next((i for i in torn if fields[i] in KNOWN_EVENTS), self._event)
            anomalies = _realign(fields, self._event, later, self._delimiter)
        fields = ["" if field in {"NULL", "\\N"} else field for field in fields]
        at = self._moment(fields[self._at])
        if at is None:
            return MalformedLine(
                number, "no-time", "the time is neither an epoch nor a date between 1990 and 2100", raw
            )
        if not fields[self._at]:
            anomalies += ("time-of-previous-row",)
        event = fields[self._event]
        data = [fields[i] if i < len(fields) else "" for i in self._data_of.get(event, self._data)]
        # Asterisk puts everything beyond five fields into the last one, `|` included (asterisk#859).
        data[-1:] = data[-1].split("|") if data else []
        names = [fields[self._callid], fields[self._queue], fields[self._agent], event]
        row = _row(number, raw, at, names, data, anomalies=anomalies)
        if isinstance(row, LogRow):
            self._last = at
        return row

    def _moment(self, text: str) -> float | None:
        """Return the epoch of a table's time; an empty time repeats the previous row's."""
        if not text:
            return self._last
        at = _epoch(text)
        if at is not None:
            return at
        try:
            moment = datetime.fromisoformat(text)
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=self._zone)
            at = moment.timestamp()
            if self._last is not None and at < self._last - _CLOCK_BACK:
                at = moment.replace(fold=1).timestamp()  # the second of two equal hours
        except (ValueError, OverflowError):
            return None
        return at if MIN_EPOCH <= at <= MAX_EPOCH else None


def _epoch(text: str) -> float | None:
    try:
        at = float(text)
    except ValueError:
        return None
    return at if MIN_EPOCH <= at <= MAX_EPOCH else None


def _realign(fields: list[str], event: int, later: int, separator: str) -> tuple[str, ...]:
    """Move the event, found at index `later`, to its place: a separator in the agent's name had split that field."""
    if later == event:
        return ()
    fields[event - 1 : later] = [separator.join(fields[event - 1 : later])]
    return ("shifted-fields",)


def _row(
    number: int, raw: bytes, at: float, names: list[str], data: list[str], *, anomalies: tuple[str, ...]
) -> LogRow | MalformedLine:
    callid, queue, agent, event = names
    if event not in KNOWN_EVENTS and not _CUSTOM_EVENT.fullmatch(event):
        return MalformedLine(number, "no-event", "the event field has no event's name", raw)
    if len(queue) > MAX_IDENTIFIER:
        return MalformedLine(number, "no-queue", f"a queue of {len(queue)} characters; at most {MAX_IDENTIFIER}", raw)
    if len(callid) > MAX_CALLID:
        return MalformedLine(number, "no-call", f"a call id of {len(callid)} characters; at most {MAX_CALLID}", raw)
    if not raw.isascii() and "\ufffd" in "".join((*names, *data)):
        if "\ufffd" in callid or "\ufffd" in queue:
            return MalformedLine(number, "undecodable", "the call id or the queue is not UTF-8", raw)
        anomalies += ("undecodable-name",)
    while data and not data[-1]:
        data.pop()
    return LogRow(number, at, callid, queue, agent, event, tuple(data), raw, anomalies)
