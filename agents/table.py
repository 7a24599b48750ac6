"""Prints tables without cutting any figure or name, however narrow the terminal is.

If all columns fit, a row is a line. If they do not, cells wrap between words. If even that is too wide, a row is its
name with its other cells below it. A pipe has room for every row (`agents.terminal`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
from textwrap import wrap
from typing import Final, NamedTuple

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from agents.terminal import plain
from agents.translation import labelled, semicolon

GAP: Final = 2  # spaces between two columns
INDENT: Final = "  "  # of the cells below a row's name
_KEPT: Final = "\N{NO-BREAK SPACE}"  # replaces a space at which a text must not wrap
_APART: Final = re.compile(" (?=[:;!?])")


class _Column(NamedTuple):
    """A column's heading and alignment: figures are right-aligned."""

    head: str
    figures: bool


class _Row(NamedTuple):
    """A row's cells and its style."""

    cells: tuple[str, ...]
    style: str


class PrintedTable:
    """A table that is laid out for the width at which it is printed."""

    def __init__(self, title: str = "") -> None:
        self._title = title
        self._columns: list[_Column] = []
        self.rows: list[_Row] = []

    def words(self, *heads: str) -> None:
        """Add left-aligned columns."""
        self._columns += [_Column(plain(head), figures=False) for head in heads]

    def figures(self, *heads: str) -> None:
        """Add right-aligned columns."""
        self._columns += [_Column(plain(head), figures=True) for head in heads]

    def row(self, *cells: str, style: str = "") -> None:
        """Add a row with a cell for each column."""
        self.rows.append(_Row(tuple(map(plain, cells)), style))

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        if self._title:
            yield Text(self._title, "italic")
        for line, style in self._lines(options.max_width):
            yield Text(line, style, overflow="fold")

    def _lines(self, room: int) -> Iterator[tuple[str, str]]:
        widths = self._widths(room)
        if widths is None:
            for row in self.rows:
                yield from self._stacked(row, room)
            return
        for line in self._side_by_side(tuple(column.head for column in self._columns), widths):
            yield line, "bold"
        for row in self.rows:
            for line in self._side_by_side(row.cells, widths):
                yield line, row.style

    def _widths(self, room: int) -> list[int] | None:
        """Return the columns' widths, shrinking the widest first; None if not even single words fit."""
        every = [(column.head, *cells) for column, cells in zip(self._columns, self._cells(), strict=True)]
        least = [max(cell_len(word) for cell in cells for word in _words(cell)) for cells in every]
        most = [max(map(cell_len, cells)) for cells in every]
        left = room - GAP * (len(every) - 1)
        if sum(least) > left:
            return None
        widths, level = most, max(most)
        while sum(widths) > left:
            level -= 1
            widths = [max(few, min(many, level)) for few, many in zip(least, most, strict=True)]
        return widths

    def _cells(self) -> list[tuple[str, ...]]:
        return list(zip(*(row.cells for row in self.rows), strict=True)) or [()] * len(self._columns)

    def _side_by_side(self, cells: tuple[str, ...], widths: list[int]) -> Iterator[str]:
        """Yield the lines of a row whose cells are side by side."""
        folded = [_folded(cell, width) for cell, width in zip(cells, widths, strict=True)]
        for parts in zip_longest(*folded, fillvalue=""):
            padded = map(_padded, parts, widths, self._columns)
            yield (" " * GAP).join(padded).rstrip()

    def _stacked(self, row: _Row, room: int) -> Iterator[tuple[str, str]]:
        """Yield the lines of a row with cells below its name; the name is its cells up to the first column of words."""
        named = 1 + next((place for place, column in enumerate(self._columns) if not column.figures), 0)
        for line in _folded((" " * GAP).join(row.cells[:named]), room):
            yield line, f"{row.style} bold"
        heads = (column.head for column in self._columns[named:])
        labels = [
            labelled(head, cell) if head else cell for head, cell in zip(heads, row.cells[named:], strict=True) if cell
        ]
        own = room - len(INDENT)
        # Keep a figure on the line of its heading.
        kept = (each.replace(" ", _KEPT) if len(each) < own else each for each in labels)
        for line in _folded(semicolon().join(kept), own):
            yield INDENT + line, row.style


def _words(text: str) -> list[str]:
    """Return the parts that never wrap: words, with the punctuation that French sets apart from them."""
    return _APART.sub(_KEPT, text).split(" ")


def _folded(text: str, width: int) -> list[str]:
    """Return the lines of a text, wrapped between words but not at no-break spaces, so that no figure is split."""
    lines = wrap(" ".join(_words(text)), max(width, 1), break_on_hyphens=False)
    return [line.replace(_KEPT, " ") for line in lines]


def _padded(text: str, width: int, column: _Column) -> str:
    missing = " " * (width - cell_len(text))
    return missing + text if column.figures else text + missing
