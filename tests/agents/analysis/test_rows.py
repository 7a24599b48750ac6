from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agents.analysis.rows import UsedRows


@given(st.lists(st.integers(0, 5_000)))
def test_each_row_is_counted_once_in_any_order(rows: list[int]) -> None:
    used = UsedRows()
    for row in rows:
        used.add(row)
    assert len(used) == len(set(rows))
