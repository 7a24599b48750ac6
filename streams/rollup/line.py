"""A line over many offices, or all lines of these offices: sums of calls, raw beside corrected.

The same id in several offices is the same line of the nation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TypeAlias, TypeVar

from msgspec import Struct

from streams.calls.counts import Counts
from streams.figures.counted import Counted, sum_of_calls
from streams.indicators.kinds import OF_CALLS, IndicatorKind
from streams.indicators.line import LineTotals
from streams.rollup.office import ClosingSum, OfficeDesk, closing_sum
from streams.rollup.rate import RatePart, RateSum, rate_sum
from streams.watch.correction import Method
from streams.watch.guard import Guard

T = TypeVar("T")
OfficeLine: TypeAlias = OfficeDesk[LineTotals]


class LineSum(Struct, frozen=True, kw_only=True):
    """The calls of several lines, in opening hours unless a field says otherwise."""

    label: str
    sites: list[str]  # offices in service with such a line
    silent: list[str]  # of these: without a counted call on it
    counted: bool  # by at least one of these offices, with or without a call
    calls: Counted[Counts]  # believed ones are of the lines with corrected counts
    all_calls: Counted[Counts]  # at any hour
    rates: dict[IndicatorKind, RateSum]
    methods: dict[Method, int]  # number of lines by method of correction
    closing: ClosingSum | None  # None if no call after closing is known

    @property
    def guard(self) -> Guard | None:
        """The reason why the corrected lost rate is withheld, or None."""
        return self.rates["lost_rate"].guard


def _part(line: OfficeLine, kind: IndicatorKind) -> RatePart:
    """Return one of a line's rates as a part of a sum."""
    slots, calls, office = line.totals.slots, line.totals.raw.offered, line.office
    return RatePart(office.site, line.name, line.rates[kind], calls, max(slots, office.opened), slots)


def summed(lines: Iterable[OfficeLine]) -> list[OfficeLine]:
    """Return the lines that make up a sum. The calls of a partial line are already in the whole line."""
    return [each for each in lines if each.name not in each.office.apart]


def line_sum(lines: Iterable[OfficeLine], label: str | None = None) -> LineSum:
    """Return the sum of lines, by default with the label of the first line."""
    every = list(lines)
    totals = [each.totals for each in every]
    heard = {each.office.site for each in every if each.totals.all_raw.offered}
    sites = dict.fromkeys(each.office.site for each in every)
    return LineSum(
        label=label if label is not None else next((each.plan.label for each in totals), ""),
        sites=list(sites),
        silent=[site for site in sites if site not in heard],
        counted=any(rate.counted for each in every for rate in each.rates.values()),
        calls=sum_of_calls([each.of_opening_hours for each in totals]),
        all_calls=sum_of_calls([each.of_all_hours for each in totals]),
        rates={
            kind: rate_sum(
                kind, (_part(each, kind) for each in every), common(made.target(each.plan) for each in totals)
            )
            for kind, made in OF_CALLS.items()
        },
        methods=dict(sorted(Counter(each.method for each in totals).items())),
        closing=closing_sum(every),
    )


def common(values: Iterable[T]) -> T | None:
    """Return the common value, or None if values differ or there are none.

    >>> common([0.1, 0.1]), common([0.1, 0.2]), common([])
    (0.1, None, None)
    """
    found = set(values)
    return found.pop() if len(found) == 1 else None
