"""What a file looks like by its first lines, for whoever named another kind, or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from secrets import token_bytes
from typing import Final, NamedTuple, TypeAlias

import msgspec

from agents.sources import survey
from agents.sources.columns_fit import fitting, header, own_kind
from agents.sources.entry import Refused
from agents.sources.json_values import NoValue, values
from agents.sources.kind import FileKind
from agents.sources.pseudonym import Pseudonymizer
from agents.sources.readers import READERS, Origin
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
_FRAMED: Final = frozenset({FileKind.AMI, FileKind.CALLCENTER})


class Likely(NamedTuple):
    """Name what a file looks like."""

    what: Said  # for people
    kind: FileKind
    mapping: str | None = None  # where its kind alone does not say how it is read
    one_a_line: str | None = None  # the filter of jq that writes its values so, where they are not

    @property
    def words(self) -> str:
        """Return its kind on the command line, with a mapping where one is needed."""
        return f"{self.kind} --mapping {self.mapping}" if self.mapping else self.kind

    def command(self, file: str) -> str:
        """Return how a file is analysed as what it looks like."""
        if self.one_a_line:
            return f"jq -c '{self.one_a_line}' {file} | tocsin analyze {self.words} -"
        return f"tocsin analyze {self.words} {file}"


def likely(lines: Sequence[bytes], settings: Settings) -> Likely | None:
    """Return what reads more than half of the lines, and most of them, else what the columns fit; None of others."""
    best, share = _spread_events(lines, settings), 0.5
    for found, read in () if best else _trials(settings):
        try:
            refused = [isinstance(each, Refused) for each in read(lines)]
        except ConfigError:
            continue  # it lacks a column
        if refused and refused[-1] and found.kind in _FRAMED:
            refused.pop()  # where the first lines end, a message is cut
        if refused and (taken := refused.count(False) / len(refused)) > share:
            best, share = found, taken
    return best or _by_columns(header(lines), settings)


def _spread_events(lines: Sequence[bytes], settings: Settings) -> Likely | None:
    """Return that lines hold contract events, though not one a line; None where they hold something else."""
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
        return Likely(said("an array of contract events, where one a line is expected"), FileKind.EVENTS, None, ".[]")
    return Likely(said("contract events over several lines, where one a line is expected"), FileKind.EVENTS, None, ".")


def _by_columns(names: Sequence[str], settings: Settings) -> Likely | None:
    if kind := own_kind(names):
        return Likely(_WHAT[kind], kind)
    known = available(settings.mappings)
    return next((_mapped(name, known[name]) for name in fitting(names, settings)), None)


def _mapped(name: str, table: Table) -> Likely:
    mapping = None if name == table.of else name
    return Likely(said("{kind} by the mapping {mapping}", kind=table.of, mapping=name), FileKind(table.of), mapping)


def _trials(settings: Settings) -> Iterator[tuple[Likely, Reader]]:
    """Yield everything that a file can be, each with what reads it."""
    for kind, what in _WHAT.items():
        yield Likely(what, kind), _reader(kind, "", settings)
    yield Likely(said("a survey"), FileKind.SURVEY), lambda lines: survey.read(lines, "")
    for name, table in available(settings.mappings).items():
        yield _mapped(name, table), _reader(FileKind(table.of), name, settings, table)


def _reader(kind: FileKind, mapping: str, settings: Settings, table: Table | None = None) -> Reader:
    told = ("", "file", settings.site, settings.timezone)
    pseudonym = Pseudonymizer(token_bytes(32))
    origin = Origin(*told, str, pseudonym, mapping, table, {}, settings.exchanges, str, Counter())
    return lambda lines: READERS[kind](lines, origin)
