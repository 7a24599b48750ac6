"""The evidence of a day's count is the logarithm of the likelihood ratio of two negative binomials."""

from __future__ import annotations

from math import log

import pytest
from scipy.stats import nbinom, poisson

from benchmarks.detection.rivals.cusum import TIMES, evidence


@pytest.mark.parametrize("count", [0, 1, 5, 20])
def test_it_is_the_likelihood_ratio(count: int) -> None:
    mean, size = 3.0, 2.5
    ratio = nbinom.pmf(count, size, size / (size + TIMES * mean)) / nbinom.pmf(count, size, size / (size + mean))
    assert evidence(count, mean, size) == pytest.approx(log(ratio))
    ratio = poisson.pmf(count, TIMES * mean) / poisson.pmf(count, mean)
    assert evidence(count, mean, None) == pytest.approx(log(ratio))
