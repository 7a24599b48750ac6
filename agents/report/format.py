"""What a year's figures can be written as, and what such a file is called."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from agents.language import Language
from agents.translation import Words
from streams.indicators.period import Period


class Format(StrEnum):
    """Name what the indicators are written as."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    HTML = "html"
    PDF = "pdf"
    NOTICE = "notice"
    PROMETHEUS = "prometheus"


# What is handed out by the board and in mails, by its media type; the others are for a terminal and a collector.
MEDIA: Final[Mapping[Format, str]] = {
    Format.PDF: "application/pdf",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv",
    Format.JSON: "application/json",
    Format.HTML: "text/html",
}


def file_name(written_as: Format, site: str, period: Period, number: int | None, language: Language) -> str:
    """Return the name of such a file; `number` is that of its edition, where one has its figures.

    >>> file_name(Format.XLSX, "lozere", Period.of_year(2013), 2, Language.FR)
    'indicateurs-lozere-2013-edition-2.xlsx'
    """
    text, name = Words(language), period.name.replace("/", "_")
    stem = text("indicators-{site}-{period}", site=site, period=name)
    if number is not None:
        stem = text("{stem}-edition-{number}", stem=stem, number=number)
    return f"{stem}.{written_as}"
