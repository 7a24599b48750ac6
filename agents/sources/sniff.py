"""Guesses a file's kind from its first lines, if no kind or a wrong one was given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from secrets import token_bytes
from typing import Final, NamedTuple, TypeAlias

import msgspec

from agents.sources.asterisk import queue_log_rows
from agents.sources.asterisk.queue_log_rows import LogRow
from agents.sources.context import Context
from agents.sources.entry import Refused
from agents.sources.kind import FileKind
from agents.sources.lines import is_dump
from agents.sources.pseudonym import Pseudonymizer
from agents.sources.registry import CONNECTORS
from agents.sources.tables import survey
from agents.sources.tables.fit import fitting, header, own_kind
from agents.sources.tables.json_values import NoValue, values
from config.mapping import Table, available
from config.refusal import ConfigError
from config.settings import Settings
from streams.decoding import UNREADABLE
from streams.said import Said, said

Reader: TypeAlias = Callable[[Iterable[bytes]], Iterable[object]]

_WHAT: Final = {
    FileKind.QUEUE_LOG: said("a queue_log"),
    FileKind.ASTERISK_CEL: said("Asterisk's channel events"),
    FileKind.ASTERISK_CDR: said("Asterisk's call records"),
    FileKind.AMI: said("Asterisk's manager interface"),
    FileKind.CALLCENTER: said("FreeSWITCH's event socket"),
    FileKind.FREESWITCH_CDR: said("FreeSWITCH's call records"),
    FileKind.CUCM_CDR: said("Cisco's call records"),
    FileKind.EVENTS: said("contract events"),
}
READ: Final = 100_000  # bytes, as every reader tries them
LONG: Final = 10_000  # bytes of a dump's line, which may have a table's thousand rows
_FRAMED: Final = frozenset({FileKind.AMI, FileKind.CALLCENTER})


class Likely(NamedTuple):
    """The probable kind of a file."""

    what: Said  # for people
    kind: FileKind
    mapping: str | None = None  # if its kind requires one
    one_a_line: str | None = None  # the jq filter that writes one value per line, if the file does not have that

    @property
    def words(self) -> str:
        """Return the kind as written on the command line, with its mapping if it needs one."""
        return f"{self.kind} --mapping {self.mapping}" if self.mapping else self.kind

    def command(self, file: str) -> str:
        if self.one_a_line:
            return f"jq -c '{self.one_a_line}' {file} | tocsin analyze {self.words} -"
        return f"tocsin analyze {self.words} {file}"


def likely(lines: Sequence[bytes], settings: Settings) -> Likely | None:
    """Return the kind that reads most lines if these are over half, or else one whose columns fit, or None."""
    lines = [*_begun(lines)]
    best, share = _spread_events(lines, settings), 0.5
    for found, read in () if best else _trials(settings):
        try:
            refused = [isinstance(each, Refused) for each in read(lines)]
        except ConfigError:
            continue  # it lacks a column
        if refused and refused[-1] and found.kind in _FRAMED:
            refused.pop()  # the first lines may end inside a message
        if refused and (taken := refused.count(False) / len(refused)) > share:
            best, share = found, taken
    return best or _by_columns(header(lines), settings) or _by_rows(lines, settings)


def _begun(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines up to a number of bytes, the last of them cut: an array of JSON may be one line of any length.

    Of a dump, yield the first rows of each table.
    """
    left, dump = READ, False
    for line in lines:
        dump = dump or (left == READ and is_dump(line))
        whole = line if not dump or len(line) <= LONG else line[:LONG].rpartition(b"),(")[0] + b");\n"
        yield whole[:left]
        left -= len(whole)
        if left <= 0:
            return


def _spread_events(lines: Sequence[bytes], settings: Settings) -> Likely | None:
    """Return contract events that are not one per line; None if the lines are something else."""
    begins = next((line.lstrip()[:1] for line in lines if line.strip()), b"")
    if begins not in {b"[", b"{"}:
        return None
    found = [raw for _, raw in values(enumerate(lines, 1)) if not isinstance(raw, NoValue)]
    try:
        whole = [msgspec.json.format(raw, indent=-1) + b"\n" for raw in found]
    except UNREADABLE:
        return None
    taken = [not isinstance(each, Refused) for each in _reader(FileKind.EVENTS, "", settings)(whole)]
    if len(whole) == len(lines) or sum(taken) * 2 <= len(taken):
        return None
    if begins == b"[":
        return Likely(said("an array of contract events; expected one event per line"), FileKind.EVENTS, None, ".[]")
    return Likely(said("contract events over several lines; expected one event per line"), FileKind.EVENTS, None, ".")


def _by_columns(names: Sequence[str], settings: Settings) -> Likely | None:
    if kind := own_kind(names):
        return Likely(_WHAT[kind], kind)
    known = available(settings.mappings)
    return next((by_mapping(name, known[name]) for name in fitting(names, settings)), None)


def _by_rows(lines: Sequence[bytes], settings: Settings) -> Likely | None:
    """Return a queue_log without a call: its rows about agents and restarts give no event."""
    rows = [isinstance(row, LogRow) for row in queue_log_rows.read(lines, settings.timezone)]
    return Likely(_WHAT[FileKind.QUEUE_LOG], FileKind.QUEUE_LOG) if rows.count(True) * 2 > len(rows) else None


def by_mapping(name: str, table: Table) -> Likely:
    """Return the kind of a file that a mapping fits."""
    mapping = None if name == table.of else name
    return Likely(said("{kind} by the mapping {mapping}", kind=table.of, mapping=name), FileKind(table.of), mapping)


def _trials(settings: Settings) -> Iterator[tuple[Likely, Reader]]:
    for kind, what in _WHAT.items():
        yield Likely(what, kind), _reader(kind, "", settings)
    yield Likely(said("a survey"), FileKind.SURVEY), lambda lines: survey.read(lines, "")
    for name, table in available(settings.mappings).items():
        yield by_mapping(name, table), _reader(FileKind(table.of), name, settings, table)


class _Unkept(Pseudonymizer):
    """Pseudonyms for rows that are only counted: a refused row stays as it is."""

    def scrub(self, raw: bytes) -> bytes:
        return raw


def _reader(kind: FileKind, mapping: str, settings: Settings, table: Table | None = None) -> Reader:
    context = Context(
        source="file",
        site=settings.site,
        zone=settings.timezone,
        pseudonym=_Unkept(token_bytes(32)),
        line_of=str,
        dialled=str,
        file="",
        exchanges=settings.exchanges,
        mapping=mapping,
        table=table,
    )
    return lambda lines: CONNECTORS[kind].read(lines, context)
