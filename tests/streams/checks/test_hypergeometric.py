"""The hypergeometric tail agrees with drawing at random without replacement."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from streams.checks.hypergeometric import chance


@given(st.integers(1, 7), st.integers(0, 7), st.integers(0, 7))
def test_it_is_the_share_of_all_draws_that_have_as_many(all_of_them: int, marked: int, drawn: int) -> None:
    marked, drawn = min(marked, all_of_them), min(drawn, all_of_them)
    draws = [sum(each < marked for each in draw) for draw in combinations(range(all_of_them), drawn)]
    for hits in range(drawn + 1):
        share = sum(each >= hits for each in draws) / len(draws)
        assert abs(chance(hits, drawn, marked, all_of_them) - share) < 1e-12
