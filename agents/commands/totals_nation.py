"""The command `tocsin totals` for several offices: the sums of a nation, a region or a department."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from agents.commands.options import refusals
from agents.draft import write_whole
from agents.language import Language
from agents.progress import progress
from agents.report.format import Format
from agents.terminal import Screen, say
from agents.translation import spoken_language, text

if TYPE_CHECKING:
    from agents.nation.figures import NationFigures
    from agents.nation.scope import Scope
    from config.offices import Offices
    from streams.indicators.period import Period


def of_one_office(given: Mapping[str, bool]) -> None:
    """Refuse the options that apply to one office only."""
    for option, is_given in given.items():
        if is_given:
            words = text("this needs a single office: name it with --site")
            raise typer.BadParameter(words, param_hint=option)


class UnitNamed(NamedTuple):
    """The option that names a region or a department, and its value."""

    option: str
    name: str


def unit_named(region: str | None, department: str | None) -> UnitNamed | None:
    """Return the requested region or department; None for all offices."""
    if region is not None and department is not None:
        raise typer.BadParameter(text("expected a region or a department, not both"), param_hint="--department")
    if region is not None:
        return UnitNamed("--region", region)
    return None if department is None else UnitNamed("--department", department)


def refuse_unit(named: UnitNamed | None) -> None:
    """Refuse a region and a department if one office is chosen."""
    if named is not None:
        words = text("this needs several offices: list them under `sites` in the configuration, and leave out --site")
        raise typer.BadParameter(words, param_hint=named.option)


def unknown_unit(named: UnitNamed, known: Sequence[str]) -> typer.BadParameter:
    """Return the refusal of a region or a department that no office is in."""
    names = ", ".join(known) or text("none, because no office has one")
    words = text("{found}; expected one of {known}", found=named.name, known=names)
    return typer.BadParameter(words, param_hint=named.option)


def totals_of_nation(
    offices: Offices,
    period: Period,
    written_as: Format,
    out: Path | None,
    csv: Language | None,
    named: UnitNamed | None,
) -> None:
    """Print the sums of several offices over a period, or write them to a file."""
    from agents.nation.figures import read_nation
    from agents.nation.table import show_nation
    from agents.nation.written import units_written

    with refusals():
        with progress(quiet=written_as is Format.JSON):
            figures = read_nation(offices, period, processes=len(os.sched_getaffinity(0)))
        scope = _scope(figures, named)
        if scope.unit.silent == scope.unit.sites:
            say(text("no office has counts in this period"), err=True)
        if written_as is Format.TABLE and out is None:
            show_nation(scope, Screen())
            return
        hand_out(units_written(written_as, scope, spoken_language(), csv), out)


def hand_out(content: bytes, out: Path | None) -> None:
    """Write figures to a file, or to standard output without one."""
    if out is None:
        sys.stdout.buffer.write(content)
    else:
        write_whole(out, content)


def _scope(figures: NationFigures, named: UnitNamed | None) -> Scope:
    from agents.nation.scope import UnknownUnitError, scope_of

    if named is None:
        return scope_of(figures)
    try:
        if named.option == "--region":
            return scope_of(figures, region=named.name)
        return scope_of(figures, department=named.name)
    except UnknownUnitError as error:
        raise unknown_unit(named, error.known) from None
