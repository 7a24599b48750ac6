"""The aims on held-out situations, each with its figure, an exact 95 % interval and the number of aims looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, isfinite
from statistics import median
from typing import Final, NamedTuple

from benchmarks.detection.held_out.families.catalogue import SITUATIONS
from benchmarks.detection.held_out.published import Figure
from benchmarks.detection.held_out.questions import Mode
from benchmarks.detection.held_out.run import MOVES, Run
from benchmarks.detection.held_out.situation import Kind
from benchmarks.detection.share import TAIL, Share, Yearly

Measured = Share | Yearly


class Aim(NamedTuple):
    """A figure, and its limit with answers and without."""

    says: str
    figure: Callable[[Sequence[Run]], Measured]
    answered: float
    unanswered: float
    least: bool = False  # the limits are lower bounds

    def limit(self, mode: Mode) -> float:
        return self.unanswered if mode == "none" else self.answered

    def reached(self, found: Measured, mode: Mode) -> tuple[str, str]:
        """Return whether the figure is within the limit, and whether its interval is when all aims are allowed for."""
        low, high = found.bounds(TAIL / len(AIMS))
        limit, value = self.limit(mode), found.value or 0.0
        within = (value >= limit, low >= limit) if self.least else (value <= limit, high <= limit)
        return "yes" if within[0] else "**no**", "yes" if within[1] else "no"


def of_kind(runs: Sequence[Run], *kinds: Kind) -> list[Run]:
    return [each for each in runs if each.kind in kinds]


def moving(runs: Sequence[Run]) -> list[Run]:
    """Return the faults that move the lost rate."""
    return [each for each in of_kind(runs, "fault") if abs(each.moves) >= MOVES]


def later(runs: Sequence[Run]) -> list[Run]:
    """Return the faults that begin on a line that was sound for weeks."""
    return [each for each in of_kind(runs, "fault") if SITUATIONS[each.situation].learnt]


def wrong_months(runs: Sequence[Run]) -> list[Figure]:
    """Return the months in which calls were recorded wrong."""
    return [month for each in of_kind(runs, "fault") for month in each.figures if month.wrong]


def unmarked(months: Sequence[Figure]) -> Share:
    """Return the share of published figures that are off by more than half a point and have no mark."""
    return Share.of(each.off and not each.marked for each in months if not each.withheld)


def delay(runs: Sequence[Run]) -> float | None:
    """Return the median delay in calls; a fault that is never found counts as infinite."""
    return median([inf if each.told is None else each.told for each in runs]) if runs else None


def shown(calls: float | None) -> str:
    return "-" if calls is None else f"{calls:.0f}" if isfinite(calls) else "never"


def _false(*kinds: Kind) -> Callable[[Sequence[Run]], Yearly]:
    def figure(runs: Sequence[Run]) -> Yearly:
        these = of_kind(runs, *kinds)
        return Yearly(sum(len(each.false) for each in these), sum(each.years for each in these))

    return figure


def _questions(runs: Sequence[Run]) -> Yearly:
    these = of_kind(runs, "sound")
    return Yearly(sum(each.questions for each in these), sum(each.years for each in these))


def _soon(runs: Sequence[Run]) -> Share:
    return Share.of(each.told is not None and each.told <= SOON for each in moving(runs))


SOON: Final = 250  # calls
AIMS: Final = (
    Aim(
        "months counted wrong and published: off by more than half a point, unmarked",
        lambda runs: unmarked(wrong_months(runs)),
        0.01,
        0.1,
    ),
    Aim("the same, after sound weeks", lambda runs: unmarked(wrong_months(later(runs))), 0.01, 0.1),
    Aim(
        "faults that move the rate by half a point or more: reported",
        lambda runs: Share.of(each.told is not None for each in moving(runs)),
        0.95,
        0.8,
        least=True,
    ),
    Aim(
        "the same, after sound weeks",
        lambda runs: Share.of(each.told is not None for each in moving(later(runs))),
        0.95,
        0.8,
        least=True,
    ),
    Aim(f"faults that move the rate: reported within {SOON} calls (the median is)", _soon, 0.5, 0.5, least=True),
    Aim("real changes: miscounts a line-year", _false("real"), 0.0, 6 / 53),
    Aim("sound lines: miscounts a line-year", _false("sound"), 0.05, 0.05),
    Aim("sound lines: questions a line-year", _questions, 12.0, 12.0),
    Aim(
        "months of sound lines: withheld",
        lambda runs: Share.of(month.withheld for each in of_kind(runs, "sound") for month in each.figures),
        0.03,
        0.03,
    ),
    Aim(
        "months of real changes, and sound months beside faults: withheld",
        lambda runs: Share.of(
            month.withheld
            for each in of_kind(runs, "real", "fault")
            for month in each.figures
            if each.kind == "real" or not month.wrong
        ),
        0.03,
        0.03,
    ),
    Aim(
        "all published months: the 95 % interval contains the true rate",
        lambda runs: Share.of(month.holds for each in runs for month in each.figures if not month.withheld),
        0.95,
        0.95,
        least=True,
    ),
)
