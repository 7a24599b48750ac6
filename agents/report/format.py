"""What a year's figures can be written as."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """Name what the indicators are written as."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    XLSX = "xlsx"
    HTML = "html"
    PROMETHEUS = "prometheus"
