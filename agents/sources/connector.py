"""A connector: one kind of file, and the reader that turns its lines into rows, and its rows into entries.

A file is read as a whole, or followed line by line as it grows. Both give the same entries: a whole file is a followed
file that ends. A reader overrides `rows` if it can read a whole file faster, or if only a whole file shows the latest
row of an id, and `entries` if the rows of a whole file may not be in order.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Final, Generic, NamedTuple, TypeVar

from msgspec import Struct

from agents.sources.context import Context
from agents.sources.entry import Entry
from agents.sources.kind import FileKind
from agents.sources.tables.sql_rows import as_csv
from agents.sources.trace import Seen
from config.refusal import ConfigError

R = TypeVar("R")

FILE_OVER: Final = b""  # in place of a line: no further line of the file comes


class HeaderAwaitedError(ConfigError):
    """The first lines of a growing file are before its header; if no more lines come, its mistakes are the refusal."""


class NoState(Struct):
    """The state of a reader whose rows are complete by themselves."""


class Reader(ABC, Generic[R]):
    """Turns the lines of one file into rows, and the rows, in order, into entries."""

    @abstractmethod
    def line(self, number: int, line: bytes) -> Iterable[R] | None:
        """Return the rows that a line completes, None if its row continues in the next line.

        `FILE_OVER` in place of a line completes the last row. Raises `ConfigError` if the first line shows that the
        file is of another kind.
        """

    @abstractmethod
    def take(self, row: R) -> Iterable[Entry]:
        """Return the entries that follow from a row, which must be consumed before the next row is taken."""

    def finish(self) -> Iterable[Entry]:
        """Return the entries that are held back for further rows: none comes."""
        return ()

    def rows(self, lines: Iterable[bytes]) -> Iterator[R]:
        """Return the rows of a whole file. Raises `ConfigError`, before any row, if it is of another kind."""
        return (
            row for number, line in enumerate(chain(lines, [FILE_OVER]), 1) for row in self.line(number, line) or ()
        )

    def entries(self, rows: Iterator[R]) -> Iterator[Entry]:
        """Return the entries of the rows of a whole file, sorted by their moments if the rows may not be."""
        held = (self.finish() for _ in range(1))  # asked for once the last row is taken
        return chain.from_iterable(chain(map(self.take, rows), held))

    def read(self, number: int, line: bytes) -> Iterator[Entry] | None:
        """Return the entries of a line of a growing file, None if its row continues in the next line."""
        rows = self.line(number, line)
        return None if rows is None else chain.from_iterable(map(self.take, rows))


class Connector(NamedTuple):
    """A kind of file. Its module has the idea, an example that runs, and the reference of the format.

    `open` takes the context, the state of a growing file (None for a whole file), and the first lines of a growing
    file, empty if there are none yet. It raises `ConfigError` if these lines, or the mapping, do not fit, and
    `HeaderAwaitedError` if further ones may. The reader changes the state; after a crash, another reader that is opened
    on the stored state resumes after the last complete row.
    """

    kind: FileKind
    open: Callable[..., Reader[Any]]  # (context: Context, state: Struct | None = None, first: bytes = b"")
    state: type[Struct] = NoState  # plain data without any number of a caller, stored as JSON
    seen: Callable[[Any], Seen | None] | None = None  # the content of a row, for a trace; None if it has no calls
    joined: bool = False  # whether rows are first joined to calls, after which a count belongs to no single row
    patience: float = 0.0  # seconds without a row until the reader of a growing file has to `finish`; 0: it never has
    ends: re.Pattern[bytes] | None = None  # the end of a row inside a line, if possible
    begins: int = 1  # first lines of a growing file that `open` takes, at most
    is_table: Callable[[Sequence[str]], bool] | None = None  # by its columns, if a table of an SQL dump may be a file

    def read(self, lines: Iterable[bytes], context: Context) -> Iterator[Entry]:
        """Return the entries of a whole file. Raises `ConfigError`, before any entry, if it is of another kind."""
        reader = self.open(context)
        rows = reader.rows(lines if self.is_table is None else as_csv(lines, self.is_table, context.file))
        if context.trace is not None and self.seen is not None:
            rows = context.trace.through(rows, self.seen, joined=self.joined)
        return reader.entries(rows)
