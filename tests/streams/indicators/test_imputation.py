"""Sound slots represent themselves and the slots left out near them, so every slot counts once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calls.counts import Counts
from streams.indicators.imputation import impute, weights

cells = st.tuples(st.sampled_from(["2013-01", "2013-02", "2013-03"]), st.sampled_from([9, 10]))
slots = st.dictionaries(cells, st.integers(0, 40), min_size=1)


@given(slots, slots)
def test_sound_slots_weigh_as_much_as_all(
    sound: dict[tuple[str, int], int], left_out: dict[tuple[str, int], int]
) -> None:
    found = weights(sound, left_out)
    assert all(weight >= 1 for weight in found.values())
    if any(sound.values()):
        every = sum(sound.values()) + sum(left_out.values())
        assert sum(weight * sound[cell] for cell, weight in found.items()) == pytest.approx(every)


def test_a_month_without_a_sound_slot_is_told_by_the_same_hour_of_the_others() -> None:
    sound = {("2013-01", 9): 10, ("2013-01", 10): 10, ("2013-02", 9): 10, ("2013-02", 10): 10}
    assert weights(sound, {("2013-03", 9): 10}) == {
        ("2013-01", 9): 1.5,
        ("2013-01", 10): 1.0,
        ("2013-02", 9): 1.5,
        ("2013-02", 10): 1.0,
    }
    assert weights({("2013-01", 9): 10}, {("2013-03", 11): 5}) == {("2013-01", 9): 1.5}


def test_nothing_left_out_changes_nothing() -> None:
    counts = {("2013-01", 9): Counts(100, 90, 8, 2, 0), ("2013-02", 9): Counts(60, 60, 0, 0, 0)}
    found, calls = impute(dict.fromkeys(counts, 10), {}, counts)
    assert found == Counts(160, 150, 8, 2, 0)
    assert calls == 160


def test_calls_that_stand_for_others_tell_less_than_their_number() -> None:
    counts = {("2013-01", 9): Counts(100, 90, 10, 0, 0), ("2013-02", 9): Counts(100, 90, 10, 0, 0)}
    _, plain = impute(dict.fromkeys(counts, 10), {}, counts)
    found, calls = impute(dict.fromkeys(counts, 10), {("2013-02", 9): 30}, counts)
    assert found == Counts(500, 450, 50, 0, 0)
    assert calls < plain == 200


def test_no_sound_slot_is_no_figure() -> None:
    assert impute({}, {("2013-01", 9): 10}, {}) == (Counts(), 0.0)
