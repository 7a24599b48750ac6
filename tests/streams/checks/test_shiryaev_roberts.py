"""The e-detector: the guarantee of its runs, and the published delay."""

from __future__ import annotations

from math import sqrt
from random import Random

import msgspec
import pytest

from streams.checks.bernoulli_cusum import odds_ratio
from streams.checks.polya import Urn
from streams.checks.shiryaev_roberts import CEILING, MixtureShiryaevRoberts, SumsState

USUAL, FAULTY = 0.0187, 0.1956
GRID = tuple(odds_ratio(USUAL, other) for other in (0.005, 0.05, 0.1, 0.2, 0.4))


def runs(check: MixtureShiryaevRoberts, times: int, chance: float, warm: int = 0) -> list[int]:
    """Return the runs to an alarm at a chance, after `warm` usual calls."""
    random = Random(5)
    lengths: list[int] = []
    while len(lengths) < times:
        state, length = SumsState(), 1
        if any(check.add(state, random.random() < USUAL, USUAL, 1) for _ in range(warm)):
            continue
        while not check.add(state, random.random() < chance, USUAL, 1):
            length += 1
        lengths.append(length)
    return lengths


def mean(lengths: list[int]) -> tuple[float, float]:
    whole = sum(lengths) / len(lengths)
    return whole, sqrt(sum((length - whole) ** 2 for length in lengths)) / len(lengths)


def test_one_alternative_has_the_published_runs() -> None:
    """24,600 is published from a small simulation; ten million calls give 22,055."""
    check = MixtureShiryaevRoberts((odds_ratio(USUAL, FAULTY),), 10_000)
    run, error = mean(runs(check, 60, USUAL))
    assert abs(run - 22_055) < 4 * error
    delays = runs(check, 2_000, FAULTY, warm=200)
    delay, error = mean(delays)
    assert abs(delay - 23.6) < 4 * error + 0.1
    assert sorted(delays)[1_900] == pytest.approx(52, abs=4)


def test_the_mixture_keeps_its_guarantee_and_is_hardly_slower() -> None:
    check = MixtureShiryaevRoberts(GRID, 1_000)
    run, error = mean(runs(check, 150, USUAL))
    assert run - 3 * error > 1_000
    delay, error = mean(runs(MixtureShiryaevRoberts(GRID, 10_000), 800, FAULTY, warm=200))
    assert abs(delay - 24.9) < 4 * error + 0.1


def test_a_fall_raises_the_same_sum() -> None:
    check, state = MixtureShiryaevRoberts((0.05, 5.0), 1_000), SumsState()
    alarms = [check.add(state, 0, 0.07, 1) for _ in range(200)]
    assert 50 < alarms.index(True) < 150
    assert state.sums[0] > 1_000 > state.sums[1]


def test_by_hand() -> None:
    check, state = MixtureShiryaevRoberts((3.0,), 8.0), SumsState()
    assert check.add(state, 1, 0.25, 1) is False
    assert state.sums == pytest.approx([2.0])  # odds 1/3 become 1: .5 / .25
    check.add(state, 0, 0.25, 1)
    assert state.sums == pytest.approx([3.0 * 0.5 / 0.75])
    check.add(state, 1, 0.25, 1)
    assert check.mean(state) == pytest.approx(6.0)


def test_with_correlation_the_evidence_is_that_of_the_urns_and_odd_days_do_not_alarm() -> None:
    robust, plain = MixtureShiryaevRoberts((12.76,), 1e6, rho=0.03), MixtureShiryaevRoberts((12.76,), 1e6)
    one, other, urn = SumsState(), SumsState(), Urn()
    expected = 0.0
    alarms = []
    for at in range(100):
        weight = urn.weigh(12.76, 0.03, at % 5 == 0, USUAL, 1)
        expected = (1 + expected) * 2.718281828459045**weight
        alarms.append((robust.add(one, at % 5 == 0, USUAL, 1), plain.add(other, at % 5 == 0, USUAL, 1)))
    assert one.sums == pytest.approx([expected])
    assert not any(alarm for alarm, _ in alarms)
    assert alarms[-1][1]


def test_a_fault_that_goes_on_stays_finite_and_the_state_can_be_stored() -> None:
    check, state = MixtureShiryaevRoberts((12.76, 0.1), 1_000, rho=0.03), SumsState()
    for at in range(3_000):
        check.add(state, 1, USUAL, at)
    assert state.sums[0] == CEILING
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(state), type=SumsState)
    assert again == state
    assert check.add(again, 0, USUAL, 0)
