"""The rows of a table, whatever its file is written as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol, TypeAlias

Numbered: TypeAlias = tuple[int, bytes]  # a line and its number


class TableLayout(Protocol):
    """Stand for what a mapping says of a file: its columns, which of them it may lack, and how it is written."""

    @property
    def delimiter(self) -> str | None:
        """Return the name of the delimiter, None where the first line tells it."""

    @property
    def rows(self) -> str | None:
        """Return where a JSON object holds its rows, None where it is a row itself."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names, in their order, of a file without a header; none where it has one."""

    @property
    def widths(self) -> Mapping[str, tuple[int, int]]:
        """Return the first and the last character of each column, from 1, where nothing parts them; else none."""

    @property
    def optional(self) -> tuple[str, ...]:
        """Return the columns that the file may lack."""

    def used(self) -> tuple[str, ...]:
        """Return the columns that are read, each once."""


class TableRow(NamedTuple):
    """Hold the columns that are mapped, an absent one as empty."""

    number: int
    values: Mapping[str, str]


class MalformedRow(NamedTuple):
    """Tell why a row cannot be read."""

    number: int
    raw: bytes
    detail: str
