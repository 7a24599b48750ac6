"""The flag of a sum follows the weight of doubts: small ones never make a nation suspect, large ones always show."""

from __future__ import annotations

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from streams.indicators.indicator import ObservationStatus
from streams.rollup.quality import MATERIAL, FlaggedPart, status_of_sum

STATUSES = get_args(ObservationStatus)
UNSAID = [each for each in STATUSES if each != "Q"]
parts = st.lists(st.builds(FlaggedPart, st.sampled_from(UNSAID), st.integers(1, 10**6), st.just(0)), min_size=1)


def test_a_small_line_whose_counter_runs_wild_weighs_by_what_it_counts() -> None:
    wild, others = FlaggedPart("U", 20, hits=20), FlaggedPart("A", 980, hits=40)
    assert status_of_sum([wild, others]) == "U"
    assert status_of_sum([wild._replace(hits=1), others]) == "A"


@given(st.sampled_from(["A", "P", "U", "E", "B"]), st.integers(1, 10**6))
def test_one_part_hands_its_own_flag_on(status: ObservationStatus, calls: int) -> None:
    assert status_of_sum([FlaggedPart(status, calls)]) == status


@given(parts)
def test_a_doubt_is_the_sums_where_it_is_material(every: list[FlaggedPart]) -> None:
    doubted = sum(each.calls for each in every if each.status == "U")
    assert (status_of_sum(every) == "U") == (doubted >= MATERIAL * sum(each.calls for each in every) and doubted > 0)


@given(parts, st.randoms())
def test_no_order_changes_it(every: list[FlaggedPart], random: object) -> None:
    before = status_of_sum(every)
    random.shuffle(every)  # type: ignore[attr-defined]
    assert status_of_sum(every) == before


@given(parts)
def test_what_covers_too_little_is_withheld(every: list[FlaggedPart]) -> None:
    assert status_of_sum(every, 0.74) == "Q"
    assert status_of_sum(every, 0.9) not in {"A", "B", "Q"}
