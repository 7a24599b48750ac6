"""The rows of a table, whatever the format of its file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol, TypeAlias

Numbered: TypeAlias = tuple[int, bytes]  # a line and its number


class TableLayout(Protocol):
    """The part of a mapping that describes a file: its columns, which columns may be missing, and its format."""

    @property
    def delimiter(self) -> str | None:
        """The name of the delimiter, None if the first line shows it."""

    @property
    def rows(self) -> str | None:
        """The path of the rows in a JSON object, None if the object itself is a row."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The column names, in order, of a file without a header; none if it has one."""

    @property
    def widths(self) -> Mapping[str, tuple[int, int]]:
        """The first and the last character of each column, from 1, in a file without delimiters; otherwise none."""

    @property
    def first_of(self) -> Mapping[str, tuple[str, ...]]:
        """The columns that have the first value of several columns of the file."""

    @property
    def optional(self) -> tuple[str, ...]:
        """The columns that the file may lack."""

    def used(self) -> tuple[str, ...]:
        """Return the columns that are read, each once."""


class TableRow(NamedTuple):
    """The mapped columns of a row; an absent one is empty."""

    number: int
    values: Mapping[str, str]


class MalformedRow(NamedTuple):
    """A row that cannot be read."""

    number: int
    raw: bytes
    detail: str
