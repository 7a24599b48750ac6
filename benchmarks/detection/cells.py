"""What the tables of a report show of some scores: one figure a cell, under the name of its column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from statistics import fmean
from typing import Final, TypeAlias

from benchmarks.detection.figure import Figure
from benchmarks.detection.hours import Hours
from benchmarks.detection.score import Score
from benchmarks.detection.words import a_year, median_of, share

Cell: TypeAlias = Callable[[Sequence[Score]], str]

FALSE_A_YEAR: Final = "false a year"
FARTHER: Final = 0.1  # points: by less, a figure without some sound hours may be farther off than raw by chance


def faults(scores: Iterable[Score]) -> list[Score]:
    """Return the scores of faults that changed anything."""
    return [each for each in scores if each.fault and each.works]


def real(scores: Iterable[Score]) -> list[Score]:
    """Return the scores of what truly befell callers."""
    return [each for each in scores if each.works and not each.fault]


def figures(scores: Iterable[Score]) -> list[Figure]:
    """Return what was published, or withheld."""
    return [each.figure for each in scores if each.figure]


def published(scores: Iterable[Score]) -> list[Figure]:
    """Return what was published."""
    return [each for each in figures(scores) if each.error is not None]


def hourly(scores: Iterable[Score]) -> list[Hours]:
    """Return how overloads were told by the hour, where nothing was counted wrong."""
    return [each.hours for each in scores if each.hours]


def false_a_year(scores: Sequence[Score]) -> str:
    """Return the false miscounts of a line-year."""
    return a_year(sum(each.false for each in scores), sum(each.years for each in scores))


def _kinds(scores: Sequence[Score]) -> str:
    kinds = Counter(each.kind for each in scores if each.found)
    kinds.update(f"!{kind}" for each in scores for kind in each.false_kinds)
    return ", ".join(f"{kind} {number}" for kind, number in kinds.most_common(4))


def _methods(scores: Sequence[Score]) -> str:
    methods = Counter(each.method for each in figures(scores))
    return ", ".join(f"{method} {number}" for method, number in methods.most_common())


def _mean(numbers: Sequence[float], form: str = "+.2f") -> str:
    return format(fmean(numbers), form) if numbers else "-"


def _worst(numbers: Sequence[float]) -> str:
    return f"{max(numbers, key=abs):+.2f}" if numbers else "-"


def _ratio(some: int, of: int) -> str:
    return f"{some / of:.0%}" if of else "-"


def _errors(scores: Sequence[Score]) -> list[float]:
    return [each.error for each in published(scores) if each.error is not None]


FOUND: Final[dict[str, Cell]] = {
    "found": lambda scores: share(each.found for each in faults(scores)),
    "right kind": lambda scores: share(each.found and each.named for each in faults(scores)),
    "calls": lambda scores: median_of(each.calls for each in faults(scores)),
    "opening days": lambda scores: median_of((each.opening_days for each in faults(scores)), 1),
    "doubted after": lambda scores: median_of((each.doubted_days for each in faults(scores)), 1),
}
TAKEN: Final[dict[str, Cell]] = {
    "strong": lambda scores: str(sum(each.strong for each in real(scores))),
    "called miscount": lambda scores: str(sum(each.found for each in real(scores))),
    "called overload": lambda scores: share(each.overload for each in real(scores)),
}
FALSE: Final[dict[str, Cell]] = {
    FALSE_A_YEAR: false_a_year,
    "undecided a year": lambda scores: a_year(
        sum(each.undecided for each in scores), sum(each.years for each in scores)
    ),
    "kinds (! false)": _kinds,
}
CORRECTED: Final[dict[str, Cell]] = {
    "method": _methods,
    "coverage": lambda scores: _mean([each.coverage for each in figures(scores)], ".2f"),
    "raw error": lambda scores: _mean([each.raw_error for each in figures(scores)]),
    "error": lambda scores: _mean(_errors(scores)),
    "worst": lambda scores: _worst(_errors(scores)),
    "outside 95 %": lambda scores: str(sum(not each.covers for each in published(scores))),
    "farther off": lambda scores: str(sum(each.farther > FARTHER for each in figures(scores))),
}
HOURLY: Final[dict[str, Cell]] = {
    "bad hours": lambda scores: str(sum(each.bad for each in hourly(scores))),
    "recall": lambda scores: _ratio(
        sum(each.told for each in hourly(scores)), sum(each.bad for each in hourly(scores))
    ),
    "incidents": lambda scores: str(sum(each.alerts for each in hourly(scores))),
    "a line-year": lambda scores: a_year(
        sum(each.alerts for each in hourly(scores)), sum(each.years for each in hourly(scores))
    ),
    "precision": lambda scores: _ratio(
        sum(each.right for each in hourly(scores)), sum(each.alerts for each in hourly(scores))
    ),
    "min to detection": lambda scores: median_of(delay for each in hourly(scores) for delay in each.delays),
    "hours open after": lambda scores: median_of((stay for each in hourly(scores) for stay in each.stays), 1),
    "most a day": lambda scores: str(max((each.most for each in hourly(scores)), default=0)),
}
