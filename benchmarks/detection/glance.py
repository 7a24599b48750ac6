"""One family at a glance: a row for each kind of scenario, for whoever tunes the watch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from rich.table import Table

from benchmarks.detection.cells import CORRECTED, FALSE, FOUND, HOURLY, TAKEN, Cell, faults, hourly, real
from benchmarks.detection.score import Score
from benchmarks.detection.tocsin import TOCSIN

COMPARED: Final = ("found", "calls", "opening days", "called miscount", "false a year")


def glance(measured: Sequence[Score]) -> list[Table]:
    """Return the tables of a family: what was told, what was corrected, overload by hours, and other methods."""
    own = [each for each in measured if each.method == TOCSIN]
    told = {**(FOUND if faults(own) else {}), **(TAKEN if real(own) else {}), **FALSE}
    tables = [_table("told", own, told), _table("corrected", own, CORRECTED)]
    if hourly(own):
        tables.append(_table("overload by hours", [each for each in own if each.hours], HOURLY))
    methods = list(dict.fromkeys(each.method for each in measured))
    if len(methods) > 1:
        every = FOUND | TAKEN | FALSE
        columns = {name: every[name] for name in COMPARED}
        table = Table("method", *columns, box=None, title_justify="left", padding=(0, 1, 0, 0))
        for method in methods:
            these = [each for each in measured if each.method == method]
            table.add_row(method, *(cell(these) for cell in columns.values()))
        tables.append(table)
    return tables


def _table(title: str, own: Sequence[Score], cells: Mapping[str, Cell]) -> Table:
    table = Table(title, "calls/day", "runs", *cells, box=None, padding=(0, 1, 0, 0))
    for what, volume in dict.fromkeys((each.what, each.volume) for each in own):
        these = [each for each in own if (each.what, each.volume) == (what, volume)]
        table.add_row(what, str(volume), str(len(these)), *(cell(these) for cell in cells.values()))
    table.add_row("all", "", str(len(own)), *(cell(own) for cell in cells.values()), style="bold")
    return table
