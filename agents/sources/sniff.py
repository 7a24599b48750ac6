"""What a file looks like by its first lines, for whoever named another kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from secrets import token_bytes
from typing import NamedTuple, TypeAlias

from agents.sources import survey
from agents.sources.entry import Refused
from agents.sources.kind import FileKind
from agents.sources.pseudonym import Pseudonymizer
from agents.sources.readers import READERS, Origin
from config.mapping import Table, available
from config.refusal import ConfigError
from config.settings import Settings

Reader: TypeAlias = Callable[[Iterable[bytes]], Iterable[object]]


class Likely(NamedTuple):
    """Name what a file looks like."""

    what: str  # for people
    words: str  # its kind on the command line, with a mapping where one is needed


def likely(lines: Sequence[bytes], settings: Settings) -> Likely | None:
    """Return what reads more than half of the lines, and most of them; None where nothing does."""
    best, share = None, 0.5
    for found, read in _trials(settings):
        try:
            refused = [isinstance(each, Refused) for each in read(lines)]
        except ConfigError:
            continue  # it lacks a column
        if refused and (taken := refused.count(False) / len(refused)) > share:
            best, share = found, taken
    return best


def _trials(settings: Settings) -> Iterator[tuple[Likely, Reader]]:
    """Yield everything that a file can be, each with what reads it."""
    pseudonym = Pseudonymizer(token_bytes(32))

    def reader(kind: FileKind, mapping: str, table: Table | None = None) -> Reader:
        told = ("", "file", settings.site, settings.timezone)
        origin = Origin(*told, str, pseudonym, mapping, table, {}, settings.exchanges, str, Counter())
        return lambda lines: READERS[kind](lines, origin)

    yield Likely("a queue_log", FileKind.QUEUE_LOG), reader(FileKind.QUEUE_LOG, "")
    yield Likely("contract events", FileKind.EVENTS), reader(FileKind.EVENTS, "")
    yield Likely("a survey", FileKind.SURVEY), lambda lines: survey.read(lines, "")
    for name, table in available(settings.mappings).items():
        words = table.of if name == table.of else f"{table.of} --mapping {name}"
        yield Likely(f"{table.of} by the mapping {name}", words), reader(FileKind(table.of), name, table)
