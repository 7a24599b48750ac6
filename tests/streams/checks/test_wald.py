"""The sequential test keeps its errors, and stops early."""

from __future__ import annotations

from random import Random

import pytest

from streams.checks.wald import SequentialTest

TEST = SequentialTest(sound=0.06, faulty=0.5, false_alarm=0.01, miss=0.02)
RUNS = 4_000


def share(truth: float, outcome: str, seed: int = 1) -> tuple[float, float]:
    """Return how often cases of this truth end with an outcome, and after how many cases on average."""
    random, found, cases = Random(seed), 0, 0
    for _ in range(RUNS):
        hits = others = 0
        while (decided := TEST.outcome(hits, others)) is None:
            wrong = random.random() < truth
            hits, others = hits + wrong, others + (not wrong)
        found += decided == outcome
        cases += hits + others
    return found / RUNS, cases / RUNS


def test_the_errors_are_no_greater_than_stated() -> None:
    false, _ = share(TEST.sound, "faulty")
    missed, _ = share(TEST.faulty, "sound")
    assert 0 < false <= TEST.false_alarm
    assert 0 < missed <= TEST.miss


def test_a_few_cases_decide() -> None:
    _, cases = share(TEST.faulty, "faulty")
    assert cases < 8, "a fixed sample with these errors needs 16"


@pytest.mark.parametrize(("hits", "others"), [(0, 0), (1, 0), (0, 1), (1, 3)])
def test_what_does_not_decide_asks_for_more(hits: int, others: int) -> None:
    assert TEST.outcome(hits, others) is None
