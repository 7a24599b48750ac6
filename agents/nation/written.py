"""The figures of a nation as a file: always the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import StringIO
from typing import Final

import msgspec

from agents.language import Language
from agents.nation.document import units_document
from agents.nation.open_data import units_package
from agents.nation.report import nation_report
from agents.nation.rows import unit_rows
from agents.nation.scope import Scope
from agents.nation.table import show_nation
from agents.nation.workbook import units_workbook
from agents.report.format import Format
from agents.report.html import page
from agents.report.pdf import pdf
from agents.terminal import Screen
from agents.translation import speaking

OF_ONE_OFFICE: Final = frozenset({Format.NOTICE, Format.PROMETHEUS})  # formats in which a nation has no file


def units_written(written_as: Format, scope: Scope, language: Language, csv: Language | None = None) -> bytes:
    """Return the figures of a unit as a file in a format; the language is for words that people read.

    With `csv`, CSV is for a spreadsheet in that language. Raises `ValueError` for a format of one office
    alone, and for Parquet.
    """
    writing: Mapping[Format, Callable[[], bytes]] = {
        Format.TABLE: lambda: _table(scope, language),
        Format.JSON: lambda: msgspec.json.format(msgspec.json.encode(units_document(scope))) + b"\n",
        Format.CSV: lambda: unit_rows(scope, csv).encode(),
        Format.XLSX: lambda: units_workbook(scope, language),
        Format.HTML: lambda: page(nation_report(scope, language)).encode(),
        Format.PDF: lambda: pdf(nation_report(scope, language)),
        Format.OPEN_DATA: lambda: units_package(scope),
    }
    if written_as not in writing:
        raise ValueError(written_as)
    return writing[written_as]()


def _table(scope: Scope, language: Language) -> bytes:
    table = StringIO()
    with speaking(language):
        show_nation(scope, Screen(file=table))
    return table.getvalue().encode()
