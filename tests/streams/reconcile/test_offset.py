"""The offset of two clocks, estimated from calls that are known to be the same, and from unrelated calls."""

from __future__ import annotations

import pytest

from streams.kept.times import DAY_MS
from streams.reconcile.offset import Knot, Offset, of_pairs, of_strangers
from tests.streams.reconcile.seen import MONDAY, elsewhere, office, seen


def test_a_minority_of_wrong_pairs_moves_no_offset() -> None:
    pairs = [(one, elsewhere(one, drift=0)) for one in office(90)]
    wrong = [(one, elsewhere(one, offset=3_600_000)) for one in office(40, seed=2)]
    assert of_pairs(pairs + wrong).offset == pytest.approx(37_000, abs=1_000)


@pytest.mark.parametrize("callers", [True, False])
@pytest.mark.parametrize("offset", [37_000, -3_600_000, 7_237_000])
def test_strangers_tell_the_offset_with_and_without_callers(*, offset: int, callers: bool) -> None:
    first = office(300)
    found = of_strangers(first, [elsewhere(one, offset, caller=callers) for one in first[20:]])
    assert found is not None
    assert found.offset == pytest.approx(offset, abs=2_500)


def test_calls_at_regular_times_are_ambiguous() -> None:
    first = [seen(f"a{number}", MONDAY + number * 60_000) for number in range(100)]
    assert of_strangers(first, [elsewhere(one) for one in first[5:95]]) is None


def test_records_of_other_calls_are_ambiguous() -> None:
    assert of_strangers(office(300), office(300, seed=2, callers=False)) is None


def test_the_drift_is_told_and_carries_the_offset_on() -> None:
    offset = Offset()
    for day in range(10):
        offset.add(Knot(MONDAY + day * DAY_MS, 37_000 + day * 2_000))
    assert offset.drift == pytest.approx(2_000)
    assert offset.now()(MONDAY + 12 * DAY_MS) == pytest.approx(61_000)


def test_one_estimate_says_nothing_of_a_drift() -> None:
    assert Offset([Knot(MONDAY, 5)]).drift is None
    assert Offset().typical is None
    assert Offset().now()(MONDAY) == 0


def test_estimates_of_years_stay_few() -> None:
    offset = Offset()
    for day in range(2_000):
        offset.add(Knot(MONDAY + day * DAY_MS, 2_000 * day))
    assert len(offset.knots) <= 128
    assert offset.drift == pytest.approx(2_000)
