"""Rows as CSV, for programs or for a spreadsheet in a reader's language."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any, Final

from agents.language import Language
from agents.translation import Words

# Spreadsheets take a text that begins with one of these for a formula (OWASP, CSV injection).
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_BOM: Final = "\ufeff"  # without it Excel reads UTF-8 in the machine's own code page


def csv_text(rows: Iterable[Sequence[Any]], reader: Language | None = None) -> str:
    r"""Return rows as CSV: RFC 4180 for programs, or the form that a spreadsheet in the `reader`'s language opens.

    A spreadsheet's form has a byte order mark and writes yes and no; its French form has semicolons and decimal commas.

    >>> csv_text([("Étrangers", 0.5, True)])
    'Étrangers,0.5,True\r\n'
    >>> csv_text([("Étrangers", 0.5, True)], Language.FR)
    '\ufeffÉtrangers;0,5;oui\r\n'
    """
    text = StringIO()
    if reader is not None:
        text.write(_BOM)
    writer = csv.writer(text, delimiter=";" if reader is Language.FR else ",")
    for row in rows:
        writer.writerow([safe(cell) if reader is None else _spoken(cell, reader) for cell in row])
    return text.getvalue()


def safe(cell: Any) -> Any:  # noqa: ANN401 -- any value of a cell
    """Quote a text that a spreadsheet would take for a formula; return any other cell unchanged.

    >>> safe("=1+1"), safe(-0.5), safe("Standard")
    ("'=1+1", -0.5, 'Standard')
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _spoken(cell: Any, reader: Language) -> Any:  # noqa: ANN401 -- any value of a cell
    if isinstance(cell, bool):
        return Words(reader)("yes" if cell else "no")
    if isinstance(cell, float) and reader is Language.FR:
        return str(cell).replace(".", ",")
    return safe(cell)
