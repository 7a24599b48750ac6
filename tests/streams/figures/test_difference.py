"""Changes are reported if the volume suffices, and not by chance."""

from __future__ import annotations

import numpy as np
import pytest

from streams.figures.difference import FigureChange, difference
from streams.figures.mean import CorrectedMean, DayMean, ValueSums, corrected_mean

DAYS = 65  # 13 weeks


def lost_rate(random: np.random.Generator, rate: float, calls: int, days: int = DAYS) -> CorrectedMean:
    """Return the lost rate of days that differ by more than chance."""
    rates = random.beta(rate * 30, (1 - rate) * 30, days)
    lost = random.binomial(calls, rates)
    values = [ValueSums(calls, int(each)) for each in lost]
    return corrected_mean([DayMean(each, each) for each in values])


def told(first: float, second: float, calls: int) -> float:
    """Return the share of 300 offices that report a change."""
    random = np.random.default_rng(5)
    found = [
        difference(lost_rate(random, first, calls), lost_rate(random, second, calls), share=True) for _ in range(300)
    ]
    return sum(each is not None and each.told for each in found) / len(found)


def test_no_change_is_told_about_as_often_as_the_interval_promises() -> None:
    assert told(0.05, 0.05, 60) < 0.09


def test_a_halved_rate_is_told_at_a_hundred_calls_a_day_and_a_tenth_less_is_not() -> None:
    assert told(0.10, 0.05, 100) > 0.95
    assert told(0.10, 0.09, 30) < 0.3


def test_none_lost_is_no_certainty() -> None:
    none, few = (CorrectedMean(each, each, each, 1.0, "none", None, 40, 40 * each) for each in (0.0, 0.05))
    found = difference(none, few, share=True)
    assert found is not None
    assert not found.told


def test_an_interval_that_ends_at_a_bound_counts_by_its_wider_side() -> None:
    before, since = CorrectedMean(2.0, 0.0, 8.0, 1.0, "none"), CorrectedMean(5.0, 5.0, 5.0, 1.0, "none")
    assert difference(before, since, share=False) == FigureChange(3.0, -3.0, 9.0)


@pytest.mark.parametrize("share", [True, False])
def test_an_unknown_figure_has_no_change(*, share: bool) -> None:
    withheld, known = CorrectedMean(None, None, None, 0.5, "unavailable"), CorrectedMean(5.0, 4.0, 6.0, 1.0, "none")
    assert difference(withheld, known, share=share) is difference(known, withheld, share=share) is None
