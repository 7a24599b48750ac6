"""The formats of a year's figures, and the names of such files."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from agents.language import Language
from agents.translation import Words
from streams.indicators.period import Period
from streams.said import Said, said


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    HTML = "html"
    PDF = "pdf"
    NOTICE = "notice"
    OPEN_DATA = "open-data"
    PROMETHEUS = "prometheus"
    PARQUET = "parquet"  # a folder: the figures, and the records behind them
    POSTGRES = "postgres"  # the same, as tables of a server


_INDICATORS: Final = said("indicators-{site}-{period}")


class Download(NamedTuple):
    """A file that the board offers and that a mail can carry."""

    written_as: Format
    says: Said  # in the list of files
    media: str  # its media type
    ending: str
    stem: Said = _INDICATORS  # beginning of the file's name
    sheet: bool = False  # CSV as a spreadsheet of the reader's language opens it


# By the name in a page's address; the other formats are for a terminal and a metrics collector.
DOWNLOADS: Final[Mapping[str, Download]] = {
    "pdf": Download(Format.PDF, said("report (PDF)"), "application/pdf", "pdf", said("report-{site}-{period}")),
    "notice": Download(
        Format.NOTICE, said("notice for the hall (PDF)"), "application/pdf", "pdf", said("notice-{site}-{period}")
    ),
    "xlsx": Download(
        Format.XLSX,
        said("workbook (XLSX)"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
    ),
    "sheet": Download(
        Format.CSV,
        said("CSV for a spreadsheet"),
        "text/csv",
        "csv",
        said("indicators-spreadsheet-{site}-{period}"),
        sheet=True,
    ),
    "csv": Download(Format.CSV, said("CSV for programs"), "text/csv", "csv"),
    "json": Download(Format.JSON, said("JSON"), "application/json", "json"),
    "open-data": Download(
        Format.OPEN_DATA, said("open data (ZIP)"), "application/zip", "zip", said("open-data-{site}-{period}")
    ),
    "html": Download(Format.HTML, said("page (HTML)"), "text/html", "html", said("report-{site}-{period}")),
}


def file_name(download: Download, site: str, period: Period, number: int | None, language: Language) -> str:
    """Return the name of a file; `number` is that of the edition that has its figures.

    >>> file_name(DOWNLOADS["xlsx"], "lozere", Period.of_year(2013), 2, Language.FR)
    'indicateurs-lozere-2013-edition-2.xlsx'
    """
    text = Words(language)
    stem = text(download.stem, site=site, period=period.name.replace("/", "_"))
    if number is not None:
        stem = text("{stem}-edition-{number}", stem=stem, number=number)
    return f"{stem}.{download.ending}"
