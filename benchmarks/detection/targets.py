"""The targets that Tocsin sets itself, beside what it reaches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from statistics import median
from typing import Final, NamedTuple

from benchmarks.detection.scenarios import SILENTLY, SIX
from benchmarks.detection.score import Score
from streams.simulation.overload import CAUSES


class Target(NamedTuple):
    """Describe a target."""

    says: str
    figure: Callable[[Sequence[Score]], float | None]  # None where nothing was played
    limit: float
    form: str  # how the figure is shown
    least: bool = False  # the limit is the least that is asked, not the most


def targets(own: Sequence[Score]) -> list[tuple[str, ...]]:
    """Return a row for each target: its words, its figure in all and by half of the seeds, and if it is reached."""
    rows = []
    for each in TARGETS:
        seen = each.figure(own)
        halves = [each.figure([score for score in own if score.half == half]) for half in (0, 1)]
        reached = seen is not None and (seen >= each.limit if each.least else seen <= each.limit)
        rows.append((each.says, *(_shown(each, figure) for figure in (seen, *halves)), "yes" if reached else "**no**"))
    return rows


def _shown(target: Target, figure: float | None) -> str:
    if figure is None:
        return "-"
    return "never" if figure == inf else format(figure, target.form)


def _false(scores: Sequence[Score]) -> float | None:
    sound = [each for each in scores if each.what == "sound"]
    return sum(each.false for each in sound) / sum(each.years for each in sound) if sound else None


def _false_around(scores: Sequence[Score]) -> float | None:
    around = [each for each in scores if each.what != "sound"]
    return sum(each.false for each in around) / sum(each.years for each in around) if around else None


def _calls(scores: Sequence[Score]) -> float | None:
    delays = [inf if each.calls is None else each.calls for each in scores if each.what == SILENTLY]
    return median(delays) if delays else None


def _days(scores: Sequence[Score]) -> float | None:
    delays = [
        inf if each.opening_days is None else each.opening_days
        for each in scores
        if each.what == SILENTLY and each.volume == 30  # noqa: PLR2004 -- calls a day
    ]
    return median(delays) if delays else None


def _six(scores: Sequence[Score]) -> float | None:
    delays = [inf if each.opening_days is None else each.opening_days for each in scores if each.what == SIX]
    return median(delays) if delays else None


def _named(scores: Sequence[Score]) -> float | None:
    hurt = [each for each in scores if each.works and each.what not in CAUSES]
    return sum(each.found and each.named for each in hurt) / len(hurt) if hurt else None


def _taken(scores: Sequence[Score]) -> float | None:
    return sum(each.found for each in scores if each.what in CAUSES)


def _strong(scores: Sequence[Score]) -> float | None:
    strong = [each for each in scores if each.strong]
    return sum(each.overload for each in strong) / len(strong) if strong else None


TARGETS: Final = (
    Target("at most 0.2 false miscounts per sound line-year", _false, 0.2, ".2f"),
    Target("and before and after faults and overloads", _false_around, 0.2, ".2f"),
    Target("1.87 % to 19.56 % told within 30 calls (median)", _calls, 30, ".0f"),
    Target("and within 2 opening days at 30 calls a day (median)", _days, 2, ".2f"),
    Target("1.87 % to 6 % told within 20 opening days (median)", _six, 20, ".1f"),
    Target("95 % of faults called miscount, of a kind that fits", _named, 0.95, ".0%", least=True),
    Target("no overload called miscount", _taken, 0, ".0f"),
    Target("80 % of strong overloads called so", _strong, 0.8, ".0%", least=True),
)
