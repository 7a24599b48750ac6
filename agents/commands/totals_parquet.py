"""The command `tocsin totals --format parquet`: the records of offices as a folder of Parquet files."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

from agents.commands.options import chosen, failed, refusals
from agents.commands.totals_nation import UnitNamed, refuse_unit, unknown_unit
from agents.progress import progress
from agents.translation import text

if TYPE_CHECKING:
    from config.offices import Offices
    from config.settings import Settings
    from streams.indicators.period import Period


def refuse_beside_parquet(given: Mapping[str, bool]) -> None:
    """Refuse the options that choose or publish an edition: the folder has all editions."""
    for option, is_given in given.items():
        if is_given:
            words = text("parquet writes the current figures and every edition; leave this out")
            raise typer.BadParameter(words, param_hint=option)


def write_parquet(
    offices: Offices, site: str | None, named: UnitNamed | None, period: Period, out: Path | None
) -> None:
    """Write the records of an office over whole months below a folder, or of all offices in a unit."""
    from agents.history.ledger import read_history
    from agents.parquet.folder import ParquetError, require, write_office
    from agents.parquet.rows import OfficeRecords

    if out is None:
        raise typer.BadParameter(text("parquet needs the name of a folder"), param_hint="--out")
    if period.first.day != 1 or (period.last + timedelta(1)).day != 1:
        raise typer.BadParameter(text("parquet needs whole months"), param_hint="--from")
    try:
        require()
    except ParquetError as error:
        failed(error)
    sites = _sites(offices, site, named)
    with refusals():
        with progress():
            known = read_history(offices.shared if offices.nation is not None else sites[0])
        for each in sites:
            now = datetime.fromtimestamp(time.time(), ZoneInfo(each.timezone))
            write_office(out, OfficeRecords(each, known, period, now))


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
