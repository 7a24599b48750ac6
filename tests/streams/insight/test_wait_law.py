"""The law of waits and losses, on hours that obey it and on hours that do not."""

from __future__ import annotations

import pytest

from streams.calls.hours import Hour
from streams.insight.wait_law import wait_law


def hour(calls: int, lost: int, wait: float, unqueued: int = 0) -> Hour:
    """Return an hour of calls with a mean wait of `wait` seconds, and of calls lost without a wait."""
    return Hour(
        answered=calls - lost,
        lost=lost + unqueued,
        waits=calls + unqueued,
        queued_lost=lost,
        unqueued_lost=unqueued,
        waited=round(wait * calls * 1000),
    )


def test_hours_on_the_law_lie_on_a_line_through_the_origin_whatever_did_not_wait() -> None:
    found = wait_law([hour(100, 10, 33, unqueued=40), hour(200, 40, 66), hour(50, 0, 0, unqueued=3)])
    assert found is not None
    assert (found.hours, found.calls) == (3, 350)
    assert (found.theta, found.slope) == pytest.approx((0.1 / 33, 0.1 / 33))
    assert found.intercept == pytest.approx(0, abs=1e-12)
    assert (found.correlation, found.plain_correlation) == pytest.approx((1, 1))


def test_weights_are_calls_by_hand() -> None:
    """Shares 0, .5, .5 at waits 0, 10, 20 with weights 2, 2, 4."""
    found = wait_law([hour(2, 0, 0), hour(2, 1, 10), hour(4, 2, 20)])
    assert found is not None
    assert found.theta == pytest.approx((2 * 10 * 0.5 + 4 * 20 * 0.5) / (2 * 100 + 4 * 400))
    mean_wait, mean_lost = 12.5, 0.375
    sxy = 2 * 12.5 * 0.375 + 2 * -2.5 * 0.125 + 4 * 7.5 * 0.125
    sxx, syy = 2 * 12.5**2 + 2 * 2.5**2 + 4 * 7.5**2, 2 * 0.375**2 + 6 * 0.125**2
    assert found.slope == pytest.approx(sxy / sxx)
    assert found.intercept == pytest.approx(mean_lost - mean_wait * sxy / sxx)
    assert found.correlation == pytest.approx(sxy / (sxx * syy) ** 0.5)
    assert found.plain_correlation == pytest.approx(0.75**0.5)


def test_what_cannot_be_told_is_none() -> None:
    assert wait_law([]) is None
    assert wait_law([Hour(lost=3, waits=3, unqueued_lost=3)]) is None
    one = wait_law([hour(10, 1, 30)])
    assert one is not None
    assert one.theta == pytest.approx(0.1 / 30)
    assert (one.slope, one.correlation) == (None, None)
    same = wait_law([hour(10, 0, 30), hour(10, 0, 60)])
    assert same is not None
    assert (same.slope, same.correlation) == (0, None)
    dry = wait_law([hour(10, 0, 0)])
    assert dry is not None
    assert dry.theta is None
