"""The rule against small cells: a figure about fewer than five people is published for a whole year alone.

A reader may know the people behind the three requests of a month, and so learn their delays. Hiding that month alone
is not enough, since a reader can subtract the other months from the year. So the months of an indicator are published
if none has 1 to 4 cases, and its quarters by the same rule. Zero is no person, and a rate of many cases may have a
small numerator.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from streams.indicators.indicator import Figure, Indicator
from streams.indicators.period import Period
from streams.periods.series import IndicatorStretch
from streams.said import Said, said

FEWEST: Final = 5  # cases behind a published figure of less than a year
YEAR_DAYS: Final = 365
HIDDEN: Final = Figure(None, None, None, status="Q")
WHY: Final = said("fewer than {count} cases in one of these periods", count=FEWEST)
RULE: Final[Said] = said(
    "Months are published if none has 1 to {most} cases (calls, tickets or requests), and quarters by the same rule; "
    "otherwise only longer periods are, so that no figure is about a few people.",
    most=FEWEST - 1,
)


def too_few(*figures: Figure) -> bool:
    """Return whether any of these figures is about one to four cases.

    >>> [too_few(Figure(0.5, 1, whole)) for whole in (0, 2, 5, None)]
    [False, True, False, False]
    """
    return any(figure.whole is not None and 0 < figure.whole < FEWEST for figure in figures)


def hides_whole(period: Period, each: Indicator) -> bool:
    """Return whether an indicator has too few cases in its whole period, if that is less than a year."""
    return (period.last - period.first).days + 1 < YEAR_DAYS and too_few(each.raw, each.corrected)


def disclosed(stretches: Sequence[IndicatorStretch]) -> list[IndicatorStretch]:
    """Return the months or the quarters of an indicator, without figures if one of them has too few cases."""
    if not any(too_few(each.raw, each.corrected) for each in stretches):
        return list(stretches)
    return [each._replace(raw=HIDDEN, corrected=HIDDEN) if each.counted else each for each in stretches]


def is_hidden(stretch: IndicatorStretch) -> bool:
    """Return whether the rule has taken the figures of a period."""
    return stretch.raw is HIDDEN
