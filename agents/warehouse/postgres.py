"""The tables of a PostgreSQL schema, kept equal to the records of offices.

libpq's environment names the server, the role, its password and the TLS settings, as for psql.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple, TypeAlias

import psycopg  # the extra `postgres`
from psycopg import sql

from agents.translation import text
from agents.warehouse.columns import KEYS, TABLE_MEANINGS, TABLES, Columns, ColumnType, column_meaning
from agents.warehouse.rows import Month, OfficeRecords, Row, tables_of
from streams.indicators.period import Period

SCHEMA: Final = "tocsin"
_OLDEST: Final = 15  # the first PostgreSQL with UNIQUE NULLS NOT DISTINCT
_TYPES: Final[Mapping[ColumnType, str]] = {
    "string": "text",
    "int": "bigint",
    "float": "numeric",
    "bool": "boolean",
    "date": "date",
    "moment": "timestamp with time zone",
    "counts": "jsonb",
    "evidence": "jsonb",
}
_JSON: Final = frozenset({"counts", "evidence"})
_EQUALS: Final = {"edition": "IS NOT DISTINCT FROM"}  # for a key column with nulls; it is slower than =
_MONTH: Final[Columns] = {"year": "int", "month": "int"}  # as the folders of Parquet files

_Cursor: TypeAlias = psycopg.Cursor[tuple[Any, ...]]


class PostgresError(Exception):
    """Nothing was written; the message has the reason and the remedy."""


class Changes(NamedTuple):
    """How many rows a run wrote, deleted, and found as they should be."""

    written: int
    deleted: int
    unchanged: int


def write_offices(offices: Iterable[OfficeRecords]) -> Changes:
    """Make the rows of offices over a period equal to their records, in one transaction.

    Missing tables are created. `offices` is read once the server has accepted the connection and the tables are
    checked. Raises `PostgresError`, and then nothing was written.
    """
    with _transaction() as cursor:
        for table in TABLES:
            _prepare(cursor, table)
        sites, period = list[str](), None
        for office in offices:
            sites.append(office.settings.site)
            period = office.period
            for table, by_month in tables_of(office).items():
                _stage(cursor, table, by_month)
        found = [] if period is None else [_merge(cursor, table, sites, period) for table in TABLES]
    return Changes(*map(sum, zip(*found, strict=True)))


@contextmanager
def _transaction() -> Iterator[_Cursor]:
    """Connect, and commit if the block succeeds; no other run may write meanwhile."""
    patience = "" if "PGCONNECT_TIMEOUT" in os.environ else "connect_timeout=10"
    try:
        connection = psycopg.connect(patience, fallback_application_name="tocsin")
    except psycopg.Error as error:
        words = text(
            "no connection to PostgreSQL: {why}; the server, the role and the password come from PGHOST, PGDATABASE, "
            "PGUSER, PGPASSFILE and the other variables of libpq",
            why=_why(error),
        )
        raise PostgresError(words) from None
    database, role = connection.info.dbname, connection.info.user
    try:
        with connection, connection.cursor() as cursor:
            if (version := connection.info.server_version // 10_000) < _OLDEST:
                words = text("PostgreSQL {found} is too old; expected {oldest} or later", found=version, oldest=_OLDEST)
                raise PostgresError(words)
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")  # the ledger is read meanwhile
            cursor.execute("SET LOCAL lock_timeout = '30s'")
            cursor.execute("SET LOCAL enable_nestloop = off")  # without statistics, it would compare all with all
            if cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [SCHEMA]).fetchone() != (True,):
                raise PostgresError(text("another run is writing to PostgreSQL; run it again when that has ended"))
            yield cursor
    except psycopg.errors.InsufficientPrivilege as error:
        words = text(
            "PostgreSQL: role {role} lacks a right: {why}; docs/parquet.md shows how to create the role and its schema",
            role=role,
            why=_why(error),
        )
        raise PostgresError(words) from None
    except psycopg.errors.InvalidSchemaName:
        words = text(
            "PostgreSQL: database {database} has no schema {schema}; let an administrator run: {command}",
            database=database,
            schema=SCHEMA,
            command=f'CREATE SCHEMA {SCHEMA} AUTHORIZATION "{role}"',
        )
        raise PostgresError(words) from None
    except psycopg.Error as error:
        words = text(
            "PostgreSQL stopped this run: {why}; run it again: it writes everything or nothing", why=_why(error)
        )
        raise PostgresError(words) from None


def _why(error: psycopg.Error) -> str:
    """Return the server's or libpq's words on one line."""
    return " ".join((error.diag.message_primary or str(error)).split())


def _prepare(cursor: _Cursor, table: str) -> None:
    """Create a table unless it is there, and a temporary one like it for the rows of this run.

    Raise `PostgresError` if the table is another than Tocsin creates.
    """
    if cursor.execute("SELECT to_regclass(%s)", [f"{SCHEMA}.{table}"]).fetchone() == (None,):
        _create(cursor, table)
    rows = cursor.execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped",
        [f"{SCHEMA}.{table}"],
    )
    known = dict[str, str](rows.fetchall())
    for column, kind in _columns(table).items():
        if column not in known:
            raise _altered(table, text("column {column} is missing", column=column))
        if (found := known[column]) != (expected := _TYPES[kind]):
            words = text(
                "column {column} is {found}, expected {expected}", column=column, found=found, expected=expected
            )
            raise _altered(table, words)
    cursor.execute(_filled("CREATE TEMPORARY TABLE {new} (LIKE {table}) ON COMMIT DROP", table))


def _create(cursor: _Cursor, table: str) -> None:
    # A primary key takes no null, which the edition of the figures as of now is.
    unique = sql.SQL("UNIQUE NULLS NOT DISTINCT" if "edition" in KEYS[table] else "PRIMARY KEY")
    columns = [(sql.Identifier(column), sql.SQL(_TYPES[kind])) for column, kind in _columns(table).items()]
    parts = {"listed": _all("{} {}", columns), "unique": unique}
    created = _filled("CREATE TABLE {table} ({listed}, {unique} ({key}))", table, **parts)
    comments = [
        sql.SQL("COMMENT ON COLUMN {} IS {}").format(sql.Identifier(SCHEMA, table, column), sql.Literal(text(meaning)))
        for column in _columns(table)
        if (meaning := column_meaning(column)) is not None
    ]
    says = _filled("COMMENT ON TABLE {table} IS {says}", table, says=sql.Literal(text(TABLE_MEANINGS[table])))
    cursor.execute(sql.SQL("; ").join([created, says, *comments]))


def _stage(cursor: _Cursor, table: str, by_month: Mapping[Month, Sequence[Row]]) -> None:
    """Copy rows into the temporary table."""
    with cursor.copy(_filled("COPY {new} ({names}) FROM STDIN", table)) as copy:
        for month, rows in by_month.items():
            for row in rows:
                copy.write_row([*(_value(row.get(column), kind) for column, kind in TABLES[table].items()), *month])


def _value(value: Any, kind: ColumnType) -> Any:  # noqa: ANN401 -- a column's
    return json.dumps(value, ensure_ascii=False) if kind in _JSON and value is not None else value


def _merge(cursor: _Cursor, table: str, sites: Sequence[str], period: Period) -> Changes:
    """Make the table's rows of offices over a period equal to the temporary ones; write only rows that differ."""
    own = "site = ANY(%(sites)s) AND year * 12 + month BETWEEN %(first)s AND %(last)s"
    if table == "vintages":  # a month's run leaves the figures of its year
        own += " AND period = %(period)s"
    first, last = (12 * each.year + each.month for each in (period.first, period.last))
    bounds = {"sites": [*sites], "first": first, "last": last, "period": period.name}
    gone = f"DELETE FROM {{table}} AS old WHERE {own} AND NOT EXISTS (SELECT FROM {{new}} AS excluded WHERE {{alike}})"  # noqa: S608 -- constants
    deleted = cursor.execute(_filled(gone, table), bounds).rowcount
    try:
        cursor.execute(
            _filled(
                "INSERT INTO {table} AS old ({names}) SELECT {names} FROM {new} ON CONFLICT ({key}) DO UPDATE"
                " SET ({names}) = ROW ({replaced}) WHERE ({present}) IS DISTINCT FROM ({replaced})",
                table,
            )
        )
    except psycopg.errors.InvalidColumnReference as error:  # no such key
        raise _altered(table, _why(error)) from None
    written = cursor.rowcount
    counted = f"SELECT (SELECT count(*) FROM {{new}}), (SELECT count(*) FROM {{table}} WHERE {own})"  # noqa: S608 -- constants
    ((expected, found),) = cursor.execute(_filled(counted, table), bounds).fetchall()
    if expected != found:
        words = text("it shows {found} rows where {expected} were written", found=found, expected=expected)
        raise _altered(table, words)
    return Changes(written, deleted, expected - written)


def _columns(table: str) -> Columns:
    return {**TABLES[table], **_MONTH}


def _filled(query: str, table: str, **parts: sql.Composable) -> sql.Composed:
    """Return a statement about a table, its temporary table `new`, its key and its columns."""
    names, key = ([(sql.Identifier(each),) for each in every] for every in (_columns(table), KEYS[table]))
    return sql.SQL(query).format(
        table=sql.Identifier(SCHEMA, table),
        new=sql.Identifier("pg_temp", f"new_{table}"),
        key=_all("{}", key),
        names=_all("{}", names),
        present=_all("old.{}", names),
        replaced=_all("excluded.{}", names),
        alike=sql.SQL(" AND ").join(
            sql.SQL("old.{0} {1} excluded.{0}").format(sql.Identifier(each), sql.SQL(_EQUALS.get(each, "=")))
            for each in KEYS[table]
        ),
        **parts,
    )


def _all(template: str, parts: Iterable[tuple[sql.Composable, ...]]) -> sql.Composed:
    return sql.SQL(", ").join(sql.SQL(template).format(*each) for each in parts)


def _altered(table: str, why: str) -> PostgresError:
    words = text(
        "PostgreSQL: table {table} was altered: {why}; restore it, or drop it and run again for each of its periods",
        table=f"{SCHEMA}.{table}",
        why=why,
    )
    return PostgresError(words)
