"""The rows of Asterisk's CEL and CDR tables, as CSV or JSON: with columns by header, keys or Asterisk's own order."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain, islice
from operator import itemgetter
from typing import Final, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from agents.sources.connector import Reader
from agents.sources.context import Context
from agents.sources.entry import Accepted, Entry, Refused
from agents.sources.lines import MAX_LINE, TOO_LONG
from agents.sources.pseudonym import Pseudonymizer
from agents.sources.tables.json_values import AS_WRITTEN
from config.refusal import ConfigError, Mistake
from streams.decoding import UNREADABLE, Invalid
from streams.events import MAX_EPOCH, MAX_SECONDS, MIN_EPOCH, CallEvent
from streams.said import said

encode = msgspec.json.Encoder().encode

# Applications without a human: a caller connected to one of them has reached a machine.
VOICEMAIL: Final = frozenset({"voicemail", "voicemailmain", "minivmrecord", "minivmgreet"})
MACHINES: Final = VOICEMAIL | {
    *("agi", "fastagi", "eagi", "background", "playback", "read", "record", "dictate", "directory", "disa"),
    *("echo", "milliwatt", "confbridge", "meetme", "page", "bridgewait", "park", "parkandannounce"),
    *("hangup", "busy", "congestion", "playtones", "receivefax", "sendfax", "forkcdr", "answeringmachine"),
}

KNOWN: Final = 1_024  # arguments of applications in the cache, which most rows repeat
FIRST_LINES = 20  # in which the order of the columns must be found: a rotation may cut the first

_NOTHING: Final = frozenset({"NULL", "\\N", "<null>"})
_DELIMITERS: Final = ",;\t"
_PLAIN: Final = frozenset({str, int, type(None)})  # of JSON; a fraction stays text


class TableOrder(NamedTuple):
    columns: Mapping[str, tuple[str, ...]]  # each column's names in headers
    needed: frozenset[str]
    guess: Callable[[Sequence[str]], Mapping[str, int] | None]  # the order of columns if the first row is no header
    expected: str  # the expected first row, for the refusal

    def found(self, names: Sequence[str]) -> Mapping[str, int] | None:
        """Return the position of each column among the names of a table, None if a needed one is missing."""
        small = [name.strip().lower() for name in names]
        found = {
            what: next(small.index(name) for name in known if name in small)
            for what, known in self.columns.items()
            if set(known) & set(small)
        }
        return found if self.needed <= set(found) else None

    def fits(self, names: Sequence[str]) -> bool:
        return self.found(names) is not None


class AsteriskRow(NamedTuple):
    """The fields of one row, in the order of `TableOrder.columns`; columns missing in the table are empty."""

    number: int  # of the line in the file
    fields: tuple[str, ...]
    raw: bytes


class TornRow(NamedTuple):
    """A line that is no row; `detail` quotes none of it."""

    number: int
    raw: bytes
    detail: str

    @property
    def why(self) -> Invalid:
        return Invalid("malformed", self.detail)


class AsteriskTable:
    """A table read line by line; `first` is the file's first line. Asterisk 22 can write a JSON object per line.

    Raises `ConfigError` if `first` is neither a header with the needed columns nor a row in a known order.
    """

    def __init__(self, first: bytes, order: TableOrder, file: str) -> None:
        text = first.decode("utf-8", "replace").rstrip("\r\n")
        self._delimiter = max(_DELIMITERS, key=text.count)
        self._keys: list[str] | None = None  # of the objects, if the lines are JSON
        try:
            if text.startswith("{"):
                self._keys = list(_object(text))
            fields = self._keys or next(csv.reader([text], delimiter=self._delimiter), [])
        except (csv.Error, *UNREADABLE) as error:
            shown = f"a first line that is neither CSV nor JSON: {error}"
            raise ConfigError([Mistake(file, "", shown, order.expected)]) from None
        found = order.found(fields)
        self._header: list[str] | None = fields
        if found is None:
            self._header, found = None, order.guess(fields)
        if found is None:
            shown = f"a first line of {len(fields)} fields in no known order"
            raise ConfigError([Mistake(file, "", shown, order.expected)])
        self._least = len(fields) if self._header else max(found[what] for what in order.needed) + 1
        self._most = len(fields)
        self._pick = itemgetter(*(found.get(what, -1) for what in order.columns))

    def read(self, number: int, line: bytes) -> AsteriskRow | TornRow | None:
        """Read one line; None if it is blank or the header."""
        raw = line.rstrip(b"\r\n")
        if not raw.strip():
            return None
        if len(raw) > MAX_LINE:
            return TornRow(number, b"", TOO_LONG)
        try:
            fields = self._fields(raw.decode())
        except (csv.Error, *UNREADABLE) as error:
            found = "bytes that are not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
            return TornRow(number, raw, f"{found}; expected {'CSV' if self._keys is None else 'an object'}")
        if fields == self._header:  # repeated in concatenated files
            return None
        if not self._least <= len(fields) <= self._most:
            return TornRow(
                number, raw, said("{count} fields; expected {expected}", count=len(fields), expected=self._most)
            )
        fields += [""] * (self._most - len(fields) + 1)  # the last field is the value of absent columns
        picked: tuple[str, ...] = self._pick(fields)
        if not _NOTHING.isdisjoint(picked):
            picked = tuple("" if field in _NOTHING else field for field in picked)
        return AsteriskRow(number, picked, raw)

    def _fields(self, line: str) -> list[str]:
        if self._keys is None:
            return next(csv.reader([line], delimiter=self._delimiter))
        row = _object(line)
        return ["" if (value := row.get(key)) is None else str(value) for key in self._keys]


def _object(line: str) -> dict[str, str | int | None]:
    try:
        row = AS_WRITTEN.decode(line)
    except msgspec.DecodeError:  # Asterisk escapes the quotes of a name, but not SIP's backslashes before them
        row = AS_WRITTEN.decode(line.replace('\\\\"', '\\\\\\"'))
    if row.__class__ is not dict or not _PLAIN.issuperset(value.__class__ for value in row.values()):
        raise msgspec.ValidationError("no object of texts and numbers alone")
    return row


def table(lines: Iterable[bytes], order: TableOrder, file: str) -> Iterator[AsteriskRow | TornRow]:
    """Read a whole file. Raises `ConfigError`, before any row, if none of its first lines shows that order."""
    numbered = enumerate(lines, 1)
    before = list(islice(numbered, FIRST_LINES))
    filled = [line for _, line in before if line.strip()]
    reader: AsteriskTable | None = None
    for line in filled:
        try:
            reader = AsteriskTable(line, order, file)
            break
        except ConfigError:
            if line is filled[-1]:
                raise
    if reader is None:
        return iter(())
    read = (reader.read(number, line) for number, line in chain(before, numbered))
    return (row for row in read if row is not None)


def by_line(first: bytes, order: TableOrder, file: str) -> Callable[[int, bytes], AsteriskRow | TornRow | None]:
    """Return a function that reads a growing file by line; `first` is its first line, empty if there is none yet.

    Raises `ConfigError` if the first line does not show that order.
    """
    reader = AsteriskTable(first, order, file) if first.strip() else None

    def read(number: int, line: bytes) -> AsteriskRow | TornRow | None:
        nonlocal reader
        if reader is None and line.strip():
            reader = AsteriskTable(line, order, file)
        return reader.read(number, line) if reader is not None else None

    return read


def entry(row: AsteriskRow | TornRow, found: CallEvent | Invalid, pseudonym: Pseudonymizer) -> Entry:
    """Return the entry of a row's event or refusal."""
    if isinstance(found, Invalid):
        return Refused(row.number, pseudonym.scrub(row.raw), found)
    return Accepted(row.number, found, encode(found))


def moment(text: str, zone: ZoneInfo, before: float = 0.0, pattern: str | None = None) -> float | None:
    """Return the epoch of a time, itself an epoch or local to `zone`; None if it is no moment from 1990 to 2100.

    A local time in the hour that occurs twice is the second if `before` is more than a minute after the first.
    """
    try:
        if pattern is None and "-" not in text:
            at = float(text)
        else:
            read = datetime.strptime(text, pattern) if pattern else datetime.fromisoformat(text)  # noqa: DTZ007 - by `zone`
            local = read if read.tzinfo else read.replace(tzinfo=zone)
            at = local.timestamp()
            if at < before - 60:
                at = local.replace(fold=1).timestamp()
    except (ValueError, OverflowError):
        return None
    return at if MIN_EPOCH <= at <= MAX_EPOCH else None


def base(channel: str) -> str:
    """Return the common name of a Local channel's two halves, or the name of another channel."""
    return channel[:-2] if channel[-2:] in {";1", ";2"} else channel


def kept(channel: str, pseudonym: Pseudonymizer) -> str:
    """Return a channel's name for storage: a telephone number in it becomes a pseudonym.

    The channel's own number, after the last dash, stays: `Local/0612345678@agents-00000001;2` keeps its end.
    """
    name, dash, own = channel.rpartition("-")
    return f"{pseudonym.within(name)}{dash}{own}" if dash else pseudonym.within(channel)


def endpoint(channel: str) -> str:
    """Return the owner of a channel, without the channel's number: `PJSIP/101` for `PJSIP/101-0000001b`."""
    name = base(channel)
    return name.rpartition("-")[0] or name


@lru_cache(KNOWN)
def queue_name(data: str) -> str:
    """Return the queue in the arguments of Queue."""
    return data.replace("|", ",").partition(",")[0]


def seconds(length: float) -> float:
    """Return a duration as events have it: in ms precision, at least 0 and at most `MAX_SECONDS`."""
    return min(max(0.0, round(length, 3)), MAX_SECONDS)


@lru_cache(KNOWN)
def queue_limit(data: str) -> float | None:
    """Return the longest wait (s) in the arguments of Queue, None if it is not limited.

    >>> queue_limit("accueil,t,,,30"), queue_limit("accueil,tn"), queue_limit("accueil")
    (30.0, 0.0, None)
    """
    _, options, _, _, longest, *_ = [*data.replace("|", ",").split(","), "", "", "", ""]
    if "n" in options.partition("(")[0]:  # the queue rings the phones once, then the dialplan continues
        return 0.0
    try:
        return max(0.0, float(longest)) if longest else None
    except ValueError:
        return None


Row: TypeAlias = AsteriskRow | TornRow


class RecordTable(Reader[Row]):
    """Reads the lines of a table by its header, or by Asterisk's own order of the columns."""

    def __init__(self, context: Context, order: TableOrder, first: bytes) -> None:
        self._file = context.file
        self._order = order
        self._row_of = by_line(first, order, context.file)

    def rows(self, lines: Iterable[bytes]) -> Iterator[Row]:
        return table(lines, self._order, self._file)

    def line(self, number: int, line: bytes) -> Iterable[Row]:
        row = self._row_of(number, line)
        return [] if row is None else [row]
