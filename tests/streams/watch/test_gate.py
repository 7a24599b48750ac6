"""The gate admits the usual figures of sound slots, odd days included, and nothing else."""

from __future__ import annotations

from random import Random

import pytest

from streams.calls.counts import Counts
from streams.watch.gate import Sound, Stretch, conserves

SLOTS_A_DAY = 28.0


def stretch(lost: int, offered: int, days: float, log_wait: float | None = None) -> Stretch:
    return Stretch(Counts(offered, offered - lost, lost), round(days * SLOTS_A_DAY), log_wait, offered - lost)


SOUND = Sound(stretch(200, 10_000, 100, 2.0), expected=0.02, rho=0.03, slots_a_day=SLOTS_A_DAY)


@pytest.mark.parametrize(
    ("lost", "offered", "days", "has"),
    [
        (2, 100, 1, True),
        (4, 1_000, 10, True),
        (12, 100, 1, True),  # an odd day
        (30, 100, 1, False),
        (45, 1_000, 10, True),
        (110, 1_000, 10, False),
        (0, 10_000, 100, False),  # of a hundred days, some lose a call
    ],
)
def test_a_rate_may_be_as_far_off_as_odd_days_are(lost: int, offered: int, days: float, *, has: bool) -> None:
    assert SOUND.has(stretch(lost, offered, days)) == has


@pytest.mark.parametrize(
    ("offered", "days", "has"),
    [(210, 1, True), (350, 1, False), (1_500, 10, True), (2_000, 10, False), (300, 10, False)],
)
def test_as_many_calls_come_as_on_other_days(offered: int, days: float, *, has: bool) -> None:
    assert SOUND.has(stretch(round(offered * 0.02), offered, days)) == has


@pytest.mark.parametrize(("log_wait", "has"), [(2.1, True), (2.5, True), (3.2, False), (1.0, False), (None, True)])
def test_the_answered_wait_as_long_as_on_other_days(log_wait: float | None, *, has: bool) -> None:
    assert SOUND.has(stretch(20, 1_000, 10, log_wait)) == has


def test_where_hardly_any_slot_is_sound_the_configured_rate_is_what_the_line_has() -> None:
    few = Sound(stretch(90, 300, 3), expected=0.02, rho=0.03, slots_a_day=SLOTS_A_DAY)
    assert (few.rate, SOUND.rate) == (0.02, 0.02)
    assert few.has(stretch(60, 1_000, 10)), "the configured rate may be off threefold"
    assert not few.has(stretch(200, 1_000, 10))
    assert not Sound(stretch(9, 300, 3), None, 0.03, SLOTS_A_DAY).has(stretch(20, 1_000, 10)), "nothing is known"


def test_it_hardly_ever_refuses_what_the_line_truly_has() -> None:
    """Days drawn from the beta-binomial and log-normal laws that it assumes."""
    chance, refused = Random(1), 0
    a, b = 0.02 * (1 - 0.03) / 0.03, 0.98 * (1 - 0.03) / 0.03
    for _ in range(300):
        days = chance.choice((1, 2, 5, 20))
        calls = [round(100 * chance.lognormvariate(0, 0.3)) for _ in range(days)]
        rates = [chance.betavariate(a, b) for _ in calls]
        lost = sum(sum(chance.random() < rate for _ in range(count)) for rate, count in zip(rates, calls, strict=True))
        refused += not SOUND.has(stretch(lost, sum(calls), days))
    assert refused <= 6


def test_counts_that_add_up_are_told_from_others() -> None:
    assert conserves(Counts(10, 6, 2, 1, 1))
    assert not conserves(Counts(10, 6, 2, 1, 0))
    assert not conserves(Counts(10, 12, 2, 1, -5))
