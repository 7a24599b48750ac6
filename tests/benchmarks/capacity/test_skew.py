"""A nation's keys are assigned to partitions by Kafka's own rule."""

from __future__ import annotations

import pytest

from benchmarks.capacity.skew import many_keys, nation_keys, skew


def test_the_nation_has_its_six_hundred_desks() -> None:
    assert len(nation_keys()) == len(set(nation_keys())) == 606


def test_more_partitions_are_less_even_and_workers_more() -> None:
    few, many = (skew(nation_keys(), parts, 0.7, draws=20) for parts in (8, 96))
    assert 1 < few.usual < many.usual < many.unlucky
    assert skew(nation_keys(), 96, 0.7, workers=2, draws=20).usual < few.usual


def test_one_desk_is_alone_on_its_partition() -> None:
    found = skew(many_keys(1, 1), 4, 0.0, draws=2)
    assert found.usual == pytest.approx(4.0)
    assert found.empty == 0.75
