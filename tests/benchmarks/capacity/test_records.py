"""The bytes that a line writes are measured on a real partition."""

from __future__ import annotations

import pytest

from benchmarks.capacity.records import measure


@pytest.mark.slow
def test_a_busier_line_writes_more_and_the_changelog_most() -> None:
    found = {each.desk: each for each in measure(days=1)}
    small, large = found["calls-10"], found["calls-40"]
    assert small.cases < large.cases
    assert small.changelog < large.changelog
    assert large.changelog > large.cases * large.events * large.packed
    assert 100 < large.event < 400
    assert 0 < small.day < small.drafts + small.day
