"""The targets that Tocsin sets itself, beside what it reaches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, isfinite
from statistics import median
from typing import Final, NamedTuple, TypeAlias

from benchmarks.detection.bound import findable
from benchmarks.detection.cells import FARTHER, faults, figures, hourly, published, real
from benchmarks.detection.families.faults import SILENTLY
from benchmarks.detection.score import Score
from benchmarks.detection.share import Share, Yearly

Found: TypeAlias = float | Share | Yearly | None  # None, or without trials, if nothing was played
Figure: TypeAlias = Callable[[Sequence[Score]], Found]


class Target(NamedTuple):
    """Describe a target."""

    says: str
    figure: Figure
    limit: float
    form: str  # how the figure is shown
    least: bool = False  # the limit is the least that is asked, not the most
    bound: str = ""  # what is possible at all

    def reached(self, seen: float | None) -> bool:
        """Tell whether a figure reaches the target."""
        return seen is not None and (seen >= self.limit if self.least else seen <= self.limit)


def rows(own: Sequence[Score], asked: Sequence[Target]) -> list[tuple[str, ...]]:
    """Return a row for each target: its words, its figure in all and by half of the seeds, and if it is reached.

    The figure in all has an exact 95 % interval if it is a share or a yearly rate.
    """
    found = []
    for each in asked:
        whole = each.figure(own)
        seen = _value(whole)
        halves = [_value(each.figure([score for score in own if score.half == half])) for half in (0, 1)]
        reached = "-" if seen is None else "yes" if each.reached(seen) else f"**no** {each.bound}".strip()
        shown = _shown(each, seen) + ("" if seen is None else _interval(each, whole))
        found.append((each.says, shown, *(_shown(each, half) for half in halves), reached))
    return found


def _value(found: Found) -> float | None:
    return found.value if isinstance(found, Share | Yearly) else found


def _shown(target: Target, figure: float | None) -> str:
    if figure is None:
        return "-"
    return "never" if not isfinite(figure) else format(figure, target.form)


def _interval(target: Target, found: Found) -> str:
    if not isinstance(found, Share | Yearly):
        return ""
    low, high = found.bounds()
    return f" [{low:{target.form}}, {high:{target.form}}]"


def _false(*families: str, sound: bool = False) -> Figure:
    def figure(scores: Sequence[Score]) -> Yearly:
        these = [each for each in scores if each.family in families and not (sound and each.fault)]
        return Yearly(sum(each.false for each in these), sum(each.years for each in these))

    return figure


def _delay(family: str) -> Figure:
    def figure(scores: Sequence[Score]) -> float | None:
        these = [each for each in scores if each.family == family and each.what == SILENTLY and each.works]
        return median(inf if each.calls is None else each.calls for each in these) if these else None

    return figure


def _early(scores: Sequence[Score]) -> float | None:
    these = [each for each in scores if each.family == "early" and each.volume == 100]  # noqa: PLR2004 -- calls a day
    return median(inf if each.opening_days is None else each.opening_days for each in these) if these else None


def _named(scores: Sequence[Score]) -> Share:
    these = [each for each in faults(scores) if each.family in {"faults", "bank-faults"} and findable(each)]
    return Share.of(each.found and each.named for each in these)


def _taken(scores: Sequence[Score]) -> float | None:
    these = [each for each in scores if real([each]) or each.family == "changes"]
    return sum(each.found or (each.family == "changes" and each.false > 0) for each in these) if these else None


def _corrected(scores: Sequence[Score]) -> list[Score]:
    """Return the runs in which something was counted wrong, or corrected: elsewhere corrected is raw, and right."""
    return [each for each in scores if each.figure and (each.fault or each.figure.method != "none")]


def _missed(scores: Sequence[Score]) -> Share:
    return Share.of(not each.covers for each in published(_corrected(scores)))


def _grossly(scores: Sequence[Score]) -> float | None:
    these = published(scores)
    return sum(not each.covers and abs(each.error or 0.0) > GROSS for each in these) if these else None


def _negative(scores: Sequence[Score]) -> float | None:
    return sum(each.negative for each in figures(scores)) if figures(scores) else None


def _farther(scores: Sequence[Score]) -> float | None:
    return sum(each.farther > FARTHER for each in published(scores)) if published(scores) else None


def _precision(scores: Sequence[Score]) -> Share:
    these = hourly(each for each in scores if each.family in HOURLY)
    return Share(sum(each.right for each in these), sum(each.alerts for each in these))


def _recall(scores: Sequence[Score]) -> Share:
    these = hourly(each for each in scores if each.family in HOURLY)
    return Share(sum(each.told for each in these), sum(each.bad for each in these))


GROSS: Final = 0.5  # points
BY_RATE_ALONE: Final = "(by the rate alone: 43 at 30 calls a day, 109 at 100)"
HOURLY: Final = {"sound", "hanging", "overloads", "real-losses", "bank-sound"}
CORRECTED: Final = (
    Target("published corrected figures whose 95 % interval misses the truth: at most 7 %", _missed, 0.07, ".1%"),
    Target("of them, by more than 0.5 points: none", _grossly, 0, ".0f"),
    Target("with a negative count: none", _negative, 0, ".0f"),
    Target("farther from the truth than raw, by more than 0.1 points: none", _farther, 0, ".0f"),
)
BY_HOURS: Final = (
    Target("overload incidents that contain a bad hour or day: at least 80 %", _precision, 0.8, ".0%", least=True),
    Target("bad hours reported as overload: at least 95 %", _recall, 0.95, ".0%", least=True),
)
TARGETS: Final = (
    Target("false miscounts per sound line-year: at most 0.1", _false("sound"), 0.1, ".2f"),
    Target("the same, with correlated days", _false("hanging"), 0.1, ".2f"),
    Target("the same, with fewer fields", _false("no-waits", "no-callers", "bare", sound=True), 0.1, ".2f"),
    Target("the same, with a wrong prior", _false("priors"), 0.1, ".2f"),
    Target("the same, with a wrong calendar", _false("calendar"), 0.1, ".2f"),
    Target(
        "the same, before and after faults and losses",
        _false("faults", "early", "real-losses", "overloads"),
        0.1,
        ".2f",
    ),
    *CORRECTED,
    Target("faults from the first day reported within 5 opening days at 100 calls a day (median)", _early, 5, ".1f"),
    Target(
        "a rise from 1.87 % to 19.56 % reported within 43 calls (median)",
        _delay("faults"),
        43,
        ".0f",
        bound=BY_RATE_ALONE,
    ),
    Target("the same with outcomes only: within 56", _delay("bare"), 56, ".0f", bound=BY_RATE_ALONE),
    Target("detectable faults found with the right kind: at least 95 %", _named, 0.95, ".0%", least=True),
    Target("real losses, overloads and changes called miscount: none", _taken, 0, ".0f"),
    *BY_HOURS,
)
OF_REAL_CALLERS: Final = (
    Target("false miscounts per line-year of real callers: at most 0.1", _false("bank-sound"), 0.1, ".2f"),
    *CORRECTED,
    Target("a rise from 1.87 % to 19.56 % reported within 43 calls (median)", _delay("bank-faults"), 43, ".0f"),
    Target("detectable faults found with the right kind: at least 95 %", _named, 0.95, ".0%", least=True),
    *BY_HOURS,
)
