"""A folder of Parquet files, by table, year and month, which DuckDB and others read as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from agents.draft import write_whole
from agents.parquet.columns import TABLES, ColumnType
from agents.parquet.rows import Month, OfficeRecords, Row, tables_of, vintage_rows
from agents.translation import text

if TYPE_CHECKING:
    import pyarrow as pa

_EVIDENCE: Final = {"check": "string", "observed": "float64", "expected": "float64", "score": "float64"}


class ParquetError(Exception):
    """The library that writes Parquet is not installed; the message has the command that installs it."""


def require() -> None:
    """Raise `ParquetError` if Parquet cannot be written."""
    try:
        import pyarrow.parquet  # noqa: F401, PLC0415 -- an extra
    except ImportError:
        raise ParquetError(
            text("pyarrow is not installed; install the extra `parquet`: pip install 'tocsin[parquet]'")
        ) from None


def write_office(folder: Path, office: OfficeRecords) -> None:
    """Write an office's files of a period, and replace earlier ones.

    Each file is written completely or not at all. Raises `OSError`, which names the file, if one cannot be written,
    and `ParquetError` without pyarrow.
    """
    require()
    site, period = office.settings.site, office.period
    for table, by_month in tables_of(office).items():
        for month, rows in by_month.items():
            _write(folder, table, month, site, rows)
    begins = (period.first.year, period.first.month)
    _write(folder, "vintages", begins, f"{site}-{period.name.replace('/', '_')}", vintage_rows(office))


def _write(folder: Path, table: str, month: Month, name: str, rows: Sequence[Row]) -> None:
    import pyarrow as pa  # noqa: PLC0415 -- an extra
    import pyarrow.parquet as pq  # noqa: PLC0415

    types = _types()
    schema = pa.schema([(column, types[kind]) for column, kind in TABLES[table].items()])
    content = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows, schema), content, compression="zstd")
    place = folder / table / f"year={month[0]}" / f"month={month[1]}"
    place.mkdir(parents=True, exist_ok=True)
    write_whole(place / f"{name}.parquet", content.getvalue().to_pybytes())


def _types() -> Mapping[ColumnType, pa.DataType]:
    import pyarrow as pa  # noqa: PLC0415 -- an extra

    return {
        "string": pa.string(),
        "int": pa.int64(),
        "float": pa.float64(),
        "bool": pa.bool_(),
        "date": pa.date32(),
        "moment": pa.timestamp("ms", "UTC"),
        "counts": pa.map_(pa.string(), pa.int64()),
        "evidence": pa.list_(pa.struct([(name, pa.type_for_alias(kind)) for name, kind in _EVIDENCE.items()])),
    }
