"""A block of readings copied from other days is detected; readings that are alike by chance are not."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest

from streams.checks.readings import CallTotals
from streams.checks.repeats import RepeatedBlock, repeated


def found(readings: list[CallTotals]) -> list[RepeatedBlock]:
    places: defaultdict[CallTotals, list[int]] = defaultdict(list)
    blocks = []
    for at, reading in enumerate(readings):
        places[reading].append(at)
        block = repeated(readings[: at + 1], places)
        blocks += [block] if block else []
    return blocks


def days(seed: int, calls: float, share: float, number: int) -> list[CallTotals]:
    chance = random.Random(seed)
    told = []
    for _ in range(number):
        offered = max(0, round(chance.gauss(calls, calls**0.5)))
        lost = sum(chance.random() < share for _ in range(offered))
        told.append(CallTotals(offered, offered - lost, lost))
    return told


def test_a_week_that_was_copied_is_told_by_its_fourth_day_at_the_latest() -> None:
    honest = days(1, 300, 0.05, 60)
    block = found([*honest, *honest[20:27]])[0]
    assert (block.back, block.length <= 4) == (40, True)


@pytest.mark.parametrize("calls", [0.3, 2, 10, 40, 300, 3000])
@pytest.mark.parametrize("seed", range(3))
def test_honest_readings_repeat_nothing(calls: float, seed: int) -> None:
    assert not found(days(seed, calls, 0.04, 700))


def test_readings_of_nothing_repeat_nothing() -> None:
    assert not found([CallTotals(0, 0, 0)] * 500)
