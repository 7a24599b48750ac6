"""A mean over days, some of them miscounted: recounted if the true values are known, else without these days.

Days follow one another, so weeks are compared and not single values: the interval is of the mean of the whole period,
and as wide as the weeks differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Final, Literal, NamedTuple, TypeAlias

from msgspec import Struct

from streams.watch.guard import Guard
from streams.watch.thresholds import GATE

MeanMethod: TypeAlias = Literal["none", "recount", "exclude", "unavailable"]
WEEK: Final = 5  # days with cases
LONG: Final = 4.0  # weeks: the time over which days resemble one another
BOUNDS: Final = 2.0  # deviations
FAR: Final = 0.05  # of the mean: a doubt that moves it farther withholds it
LEAST: Final = 0.005  # of the mean: half-width of a recount, whose values were rounded


class ValueSums(NamedTuple):
    """A number of values, and their sum."""

    number: int = 0
    total: float = 0.0

    def plus(self, other: ValueSums) -> ValueSums:
        return ValueSums(self.number + other.number, self.total + other.total)


class DayMean(NamedTuple):
    """A day's values as counted, and as believed; None if they are not known."""

    raw: ValueSums
    believed: ValueSums | None
    doubted: bool = False  # in an undecided incident, or with missing rows

    def plus(self, other: DayMean) -> DayMean:
        """Return one day of two desks together; it is believed if both days are."""
        own, others = self.believed, other.believed
        believed = None if own is None or others is None else own.plus(others)
        return DayMean(self.raw.plus(other.raw), believed, self.doubted or other.doubted)


class CorrectedMean(Struct, frozen=True):
    """A mean without wrong values, with its 95 % interval."""

    value: float | None
    low: float | None
    high: float | None
    coverage: float  # share of the days
    method: MeanMethod
    guard: Guard | None = None
    number: int = 0  # of the values behind it
    total: float = 0.0  # their sum
    incidents: list[str] = []  # ids of the miscounts and doubts behind it
    undecided: bool = False  # some are doubts, whose days count as they are


class ServiceMeans(Struct, frozen=True):
    """A service's corrected figures; times in s."""

    wait: CorrectedMean
    time_in_service: CorrectedMean
    no_show: int | None

    @property
    def each(self) -> tuple[CorrectedMean, CorrectedMean]:
        """The means."""
        return self.wait, self.time_in_service


class ChannelMeans(Struct, frozen=True):
    """A channel's corrected figures: the share in time, and the mean delay in days."""

    in_time: CorrectedMean
    delay: CorrectedMean

    @property
    def each(self) -> tuple[CorrectedMean, CorrectedMean]:
        """The means."""
        return self.in_time, self.delay


def corrected_mean(days: Sequence[DayMean], guard: Guard | None = None, doubt: Guard | None = None) -> CorrectedMean:
    """Return the corrected mean of a period; `guard` is a reason to withhold it.

    If its value would differ without the doubted days, by more than chance or by 5 %, it is withheld for the reason
    `doubt`, or without a reason the days are left out.

    >>> sound, wrong = DayMean(ValueSums(10, 100), ValueSums(10, 100)), DayMean(ValueSums(10, 2), None)
    >>> corrected_mean([sound] * 9 + [wrong]).method, corrected_mean([sound] * 9 + [wrong]).value
    ('exclude', 10.0)
    >>> corrected_mean([sound, wrong]).guard
    Guard(reason='coverage', since=None)
    """
    figure = _mean(days, guard)
    if figure.value is None or not any(each.doubted for each in days):
        return figure
    without = _mean([each._replace(believed=None) if each.doubted else each for each in days], None)
    if without.value is not None and not _differ(figure.value, without):
        return figure
    return without if doubt is None else _mean(days, doubt)


def _differ(value: float, other: CorrectedMean) -> bool:
    low, mean, high = other.low or 0.0, other.value or 0.0, other.high or 0.0
    return not low <= value <= high or abs(value - mean) > FAR * mean


def _mean(days: Sequence[DayMean], guard: Guard | None) -> CorrectedMean:
    known = [each.believed for each in days if each.believed is not None]
    coverage = len(known) / len(days) if days else 1.0
    if guard is None and coverage < GATE.coverage:
        guard = Guard("coverage")
    if guard is not None:
        return CorrectedMean(None, None, None, coverage, "unavailable", guard)
    changed = any(each.believed not in {None, each.raw} for each in days)
    method: MeanMethod = "exclude" if len(known) < len(days) else "recount" if changed else "none"
    count, total = sum(each.number for each in known), sum(each.total for each in known)
    if not count:
        return CorrectedMean(None, None, None, coverage, method)
    mean = total / count
    deviation, weeks = _of_weeks(known, mean)
    left_out = (len(days) - len(known)) / WEEK
    unknown = (1 - coverage) * deviation * sqrt(1 / max(1.0, left_out / LONG) + 1 / max(1.0, weeks / LONG))
    half = BOUNDS * sqrt(deviation**2 / max(1.0, weeks) + unknown**2)
    half = max(half, LEAST * mean if method != "none" else 0.0)
    return CorrectedMean(mean, max(0.0, mean - half), mean + half, coverage, method, None, count, total)


def _of_weeks(days: Sequence[ValueSums], mean: float) -> tuple[float, float]:
    """Return the deviation of a week's mean, and the number of weeks."""
    size = WEEK if len(days) >= 4 * WEEK else 1
    whole = [days[first : first + size] for first in range(0, len(days), size)]
    weeks = [ValueSums(sum(each.number for each in week), sum(each.total for each in week)) for week in whole]
    weeks = [each for each in weeks if each.number]
    count = sum(each.number for each in weeks)
    if len(weeks) <= 1:
        return mean, 1.0
    square = sum(each.number * (each.total / each.number - mean) ** 2 for each in weeks) / count
    return sqrt(square * len(weeks) / (len(weeks) - 1)), float(len(weeks))
