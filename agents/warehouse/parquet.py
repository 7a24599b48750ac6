"""A folder of Parquet files, by table, year and month, which DuckDB and others read as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa  # the extra `parquet`
import pyarrow.parquet as pq

from agents.draft import write_whole
from agents.warehouse.columns import TABLES, ColumnType
from agents.warehouse.rows import Month, OfficeRecords, Row, tables_of

_EVIDENCE: Final = {"check": "string", "observed": "float64", "expected": "float64", "score": "float64"}
_TYPES: Final[Mapping[ColumnType, pa.DataType]] = {
    "string": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "date": pa.date32(),
    "moment": pa.timestamp("ms", "UTC"),
    "counts": pa.map_(pa.string(), pa.int64()),
    "evidence": pa.list_(pa.struct([(name, pa.type_for_alias(kind)) for name, kind in _EVIDENCE.items()])),
}


def write_offices(folder: Path, offices: Iterable[OfficeRecords]) -> None:
    """Write the files of offices over a period, and replace earlier ones.

    Each file is written completely or not at all. Raises `OSError`, which names the file, if one cannot be written.
    """
    for office in offices:
        site = office.settings.site
        for table, by_month in tables_of(office).items():
            name = f"{site}-{office.period.name.replace('/', '_')}" if table == "vintages" else site
            for month, rows in by_month.items():
                _write(folder, table, month, name, rows)


def _write(folder: Path, table: str, month: Month, name: str, rows: Sequence[Row]) -> None:
    schema = pa.schema([(column, _TYPES[kind]) for column, kind in TABLES[table].items()])
    content = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows, schema), content, compression="zstd")
    place = folder / table / f"year={month[0]}" / f"month={month[1]}"
    place.mkdir(parents=True, exist_ok=True)
    write_whole(place / f"{name}.parquet", content.getvalue().to_pybytes())
