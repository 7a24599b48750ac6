"""One family at a glance: a row for each kind of scenario, for whoever tunes the watch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from statistics import fmean

from rich.table import Table

from benchmarks.detection.figure import Figure
from benchmarks.detection.score import Score
from benchmarks.detection.tocsin import TOCSIN
from benchmarks.detection.words import a_year, median_of, share

FARTHER = 0.1  # points

Cell = Callable[[Sequence[Score]], str]


def glance(measured: Sequence[Score], *, by_volume: bool = True) -> list[Table]:
    """Return the tables of a family: what was told, what was corrected, and overload by hours."""
    own = [each for each in measured if each.method == TOCSIN]
    tables = [_table("told", own, TOLD, by_volume=by_volume), _table("corrected", own, CORRECTED, by_volume=by_volume)]
    if any(each.hours for each in own):
        hourly = [each for each in own if each.hours]
        tables.append(_table("overload by hours", hourly, HOURLY, by_volume=by_volume))
    others = list(dict.fromkeys(each.method for each in measured if each.method != TOCSIN))
    if others:
        table = Table("method", *RIVAL, box=None, title="methods", title_justify="left")
        for method in (TOCSIN, *others):
            these = [each for each in measured if each.method == method]
            table.add_row(method, *(cell(these) for cell in RIVAL.values()))
        tables.append(table)
    return tables


def _table(title: str, own: Sequence[Score], cells: dict[str, Cell], *, by_volume: bool) -> Table:
    table = Table(title, "calls", "runs", *cells, box=None, title_justify="left", padding=(0, 1, 0, 0))
    kinds = dict.fromkeys((each.what, each.volume if by_volume else 0) for each in own)
    for what, volume in kinds:
        these = [each for each in own if each.what == what and volume in {0, each.volume}]
        table.add_row(what, str(volume or "all"), str(len(these)), *(cell(these) for cell in cells.values()))
    table.add_row("all", "", str(len(own)), *(cell(own) for cell in cells.values()), style="bold")
    return table


def _years(scores: Sequence[Score]) -> float:
    return sum(each.years for each in scores)


def _faults(scores: Sequence[Score]) -> list[Score]:
    return [each for each in scores if each.fault and each.works]


def _real(scores: Sequence[Score]) -> list[Score]:
    return [each for each in scores if each.works and not each.fault]


def _figures(scores: Sequence[Score]) -> list[Figure]:
    return [each.figure for each in scores if each.figure]


def _published(scores: Sequence[Score]) -> list[tuple[Figure, float]]:
    return [(each, each.error) for each in _figures(scores) if each.error is not None]


def _kinds(scores: Sequence[Score]) -> str:
    kinds = Counter(each.kind for each in scores if each.found)
    kinds.update(f"!{kind}" for each in scores for kind in each.false_kinds)
    return ", ".join(f"{kind} {number}" for kind, number in kinds.most_common(5))


TOLD: dict[str, Cell] = {
    "found": lambda scores: share(each.found for each in _faults(scores)),
    "named": lambda scores: share(each.found and each.named for each in _faults(scores)),
    "calls": lambda scores: median_of(each.calls for each in _faults(scores)),
    "days": lambda scores: median_of((each.opening_days for each in _faults(scores)), 1),
    "doubted": lambda scores: median_of((each.doubted_days for each in _faults(scores)), 1),
    "real taken": lambda scores: str(sum(each.found for each in _real(scores))),
    "overload": lambda scores: share(each.overload for each in _real(scores)),
    "false": lambda scores: str(sum(each.false for each in scores)),
    "a year": lambda scores: a_year(sum(each.false for each in scores), _years(scores)),
    "rushes a year": lambda scores: a_year(sum(each.rushes for each in scores), _years(scores)),
    "undecided a year": lambda scores: a_year(sum(each.undecided for each in scores), _years(scores)),
    "kinds (! false)": _kinds,
}
CORRECTED: dict[str, Cell] = {
    "method": lambda scores: ", ".join(
        f"{method} {number}" for method, number in Counter(each.method for each in _figures(scores)).most_common()
    ),
    "coverage": lambda scores: f"{fmean([each.coverage for each in _figures(scores)]):.2f}",
    "raw error": lambda scores: f"{fmean([each.raw_error for each in _figures(scores)]):+.2f}",
    "error": lambda scores: f"{fmean([error for _, error in some]):+.2f}" if (some := _published(scores)) else "-",
    "worst": lambda scores: (
        f"{max((error for _, error in some), key=abs):+.2f}" if (some := _published(scores)) else "-"
    ),
    "missed by 95 %": lambda scores: str(sum(not each.covers for each, _ in _published(scores))),
    "farther by > .1": lambda scores: str(sum(each.farther > FARTHER for each in _figures(scores))),
    "negative": lambda scores: str(sum(each.negative for each in _figures(scores))),
}
HOURLY: dict[str, Cell] = {
    "bad hours": lambda scores: str(sum(each.hours.bad for each in scores if each.hours)),
    "recall": lambda scores: _ratio(
        sum(each.hours.told for each in scores if each.hours), sum(each.hours.bad for each in scores if each.hours)
    ),
    "incidents": lambda scores: str(sum(each.hours.alerts for each in scores if each.hours)),
    "precision": lambda scores: _ratio(
        sum(each.hours.right for each in scores if each.hours), sum(each.hours.alerts for each in scores if each.hours)
    ),
    "min to detection": lambda scores: median_of(d for each in scores if each.hours for d in each.hours.delays),
    "hours on after": lambda scores: median_of((d for each in scores if each.hours for d in each.hours.stays), 1),
    "most a day": lambda scores: str(max((each.hours.most for each in scores if each.hours), default=0)),
}
RIVAL: dict[str, Cell] = {name: TOLD[name] for name in ("found", "calls", "days", "real taken", "false", "a year")}


def _ratio(some: int, of: int) -> str:
    return f"{some / of:.0%}" if of else "-"
