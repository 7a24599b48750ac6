"""The share of wrong cases by answers that err, against a numerical integration, and the bounds of its law."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta

from streams.checks.erring import ERRORS, beta_bounds, share_law


@pytest.mark.parametrize(("wrong", "right"), [(0, 0), (1, 0), (1, 1), (3, 2), (0, 7), (18, 2)])
@pytest.mark.parametrize("before", [0.05, 0.5])
def test_the_law_is_that_of_a_numerical_integration_over_share_and_error(wrong: int, right: int, before: float) -> None:
    cells = (np.arange(4_000) + 0.5) / 4_000
    share, error = beta.ppf(cells, before, 1 - before)[:, None], beta.ppf(cells[::10], *ERRORS)
    called = share * (1 - error) + (1 - share) * error
    likely = called**wrong * (1 - called) ** right
    mean = (likely * share).sum() / likely.sum()
    variance = (likely * share**2).sum() / likely.sum() - mean**2
    assert share_law(wrong, right, before) == pytest.approx((mean, variance), rel=0.03, abs=1e-4)


def test_hundreds_of_answers_still_have_a_law() -> None:
    mean, variance = share_law(300, 300, 0.5)
    assert mean == pytest.approx(0.5)
    assert 0 < variance < 0.001


def test_a_share_of_all_or_none_of_the_cases_has_bounds() -> None:
    """The ledger of an earlier version may hold such shares."""
    assert beta_bounds(1.0, 5.0) == pytest.approx((1.0, 1.0), abs=0.05)
    assert beta_bounds(0.0, 5.0) == pytest.approx((0.0, 0.0), abs=0.05)
