"""The tables of documents, read back: a measurement is written only on its page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

DOCS: Final = Path(__file__).parents[2] / "docs"
PERFORMANCE: Final = DOCS / "performance.md"
SCALE: Final = DOCS / "scale.md"
README: Final = Path(__file__).parents[1] / "README.md"

Row = dict[str, str]


def table(page: Path, part: str, number: int = 0) -> list[Row]:
    """Return the rows of a table between the marks of a part, by the titles of the columns; raise `ValueError`."""
    found = re.search(rf"<!-- {re.escape(part)} -->\n(.*?)<!-- /{re.escape(part)} -->", page.read_text(), re.DOTALL)
    if found is None:
        raise ValueError(f"{page} has no part {part!r}; expected <!-- {part} --> and its end")
    tables = re.findall(r"(?:^\|.*\n)+", found[1], re.MULTILINE)
    if number >= len(tables):
        raise ValueError(f"{part!r} of {page} has {len(tables)} tables; expected more than {number}")
    titles, _, *rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")] for line in tables[number].splitlines()
    ]
    return [dict(zip(titles, row, strict=True)) for row in rows]


def row(rows: list[Row], begins: str) -> Row:
    """Return the row whose first cell begins with these words; raise `ValueError` if there is none."""
    for each in rows:
        if next(iter(each.values())).startswith(begins):
            return each
    raise ValueError(f"no row begins with {begins!r}: {[next(iter(each.values())) for each in rows]}")


def number(cell: str) -> float:
    """Return the number at the start of a cell; raise `ValueError` without one.

    >>> number("30,000"), number("0.25 MB"), number("9,928 of 100,000")
    (30000.0, 0.25, 9928.0)
    """
    found = re.match(r"[-\d,.]+", cell)
    if found is None:
        raise ValueError(f"{cell!r} is no number")
    return float(found[0].replace(",", ""))


def written(titles: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> str:
    """Return a table in Markdown.

    >>> print(written(("a", "b"), [(1, 2)]))
    | a | b |
    |---|---|
    | 1 | 2 |
    """
    lines = [titles, ("---",) * len(titles), *rows]
    return "\n".join(
        "|---" * len(titles) + "|" if at == 1 else f"| {' | '.join(map(str, line))} |" for at, line in enumerate(lines)
    )
