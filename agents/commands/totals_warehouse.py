"""The command `tocsin totals --format parquet` or `postgres`: the records of offices as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from agents.commands.options import chosen, failed, refusals
from agents.commands.totals_nation import UnitNamed, refuse_unit, unknown_unit
from agents.progress import progress
from agents.report.format import Format
from agents.terminal import say
from agents.translation import text

if TYPE_CHECKING:
    from agents.warehouse.rows import OfficeRecords
    from config.offices import Offices
    from config.settings import Settings
    from streams.indicators.period import Period

LIBRARIES: Final = {Format.PARQUET: "pyarrow", Format.POSTGRES: "psycopg[binary]"}


def refuse_beside_tables(written_as: Format, given: Mapping[str, bool]) -> None:
    """Refuse the options that choose or publish an edition: the tables have all editions."""
    for option, is_given in given.items():
        if is_given:
            words = text("{format} writes the current figures and every edition; leave this out", format=written_as)
            raise typer.BadParameter(words, param_hint=option)


def write_tables(
    offices: Offices, site: str | None, named: UnitNamed | None, period: Period, written_as: Format, out: Path | None
) -> None:
    """Write the records of an office over whole months, or of all offices in a unit, to a folder or to PostgreSQL."""
    if (out is None) is (written_as is Format.PARQUET):
        words = text("parquet needs the name of a folder")
        if out is not None:
            words = text("postgres writes no file: the variables of libpq, such as PGHOST, name the server")
        raise typer.BadParameter(words, param_hint="--out")
    if period.first.day != 1 or (period.last + timedelta(1)).day != 1:
        raise typer.BadParameter(text("{format} needs whole months", format=written_as), param_hint="--from")
    if find_spec((library := LIBRARIES[written_as]).partition("[")[0]) is None:
        failed(text("{library} is not installed; install it: pip install '{library}'", library=library))
    records = _records(offices, _sites(offices, site, named), period)
    with refusals():
        if out is None:
            _to_postgres(records)
        else:
            from agents.warehouse import parquet

            parquet.write_offices(out, records)


def _to_postgres(records: Iterator[OfficeRecords]) -> None:
    """Write the tables, and say what changed."""
    from agents.warehouse.postgres import PostgresError, write_offices

    try:
        changes = write_offices(records)
    except PostgresError as error:
        failed(error)
    words = text("PostgreSQL: nothing has changed; rows: {unchanged}", unchanged=changes.unchanged)
    if changes.written or changes.deleted:
        words = text(
            "PostgreSQL: rows written: {written}; deleted: {deleted}; unchanged: {unchanged}", **changes._asdict()
        )
    say(words, err=True)


def _records(offices: Offices, sites: list[Settings], period: Period) -> Iterator[OfficeRecords]:
    """Read the history, and yield the records of each office."""
    from agents.audit.stated import read_compared
    from agents.history.today import now
    from agents.warehouse.rows import OfficeRecords

    with progress():
        known = read_compared(offices.shared if offices.nation is not None else sites[0])
    for each in sites:
        yield OfficeRecords(each, known, period, now(each, known.days.dates(each.site)))


def _sites(offices: Offices, site: str | None, named: UnitNamed | None) -> list[Settings]:
    """Return the office that is named or alone, otherwise the offices of a region, a department or the nation."""
    if site is not None or offices.nation is None:
        refuse_unit(named)
        return [chosen(offices, site)]
    if named is None:
        return [*offices.sites.values()]
    by_unit: dict[str, list[Settings]] = {}
    for each in offices.sites.values():
        unit = each.place.region if named.option == "--region" else each.place.department
        if unit is not None:
            by_unit.setdefault(unit, []).append(each)
    if named.name not in by_unit:
        raise unknown_unit(named, sorted(by_unit))
    return by_unit[named.name]
