"""Kaplan and Meier by hand, and within the error of the bins on many waits."""

from __future__ import annotations

from random import Random

import pytest

from streams.calls.rules import LineRules
from streams.calls.tally import Tally
from streams.desks.line import Line
from streams.insight.patience import Patience, giving_up, patience
from tests.streams.telling import event

RULES = LineRules(site="lozere", line="circulation")


def of(*calls: tuple[str, float, str | None]) -> Patience:
    line = Line(RULES)
    for number, (kind, wait, reason) in enumerate(calls):
        line.fold(event(kind, 1000 + wait, str(number), wait=wait, reason=reason))
    return patience(line.figures.total())


def test_by_hand() -> None:
    """At risk 6, 4, 2: (1 - 1/6), then (1 - 1/4), then (1 - 1/2); calls without a wait carry no information."""
    found = of(
        ("lost", 10, "abandoned"),
        ("answered", 15, None),
        ("lost", 20, "abandoned"),
        ("lost", 30, "timeout"),
        ("lost", 40, "abandoned"),
        ("diverted", 50, "key"),
        ("lost", 0, "abandoned"),
        ("answered", 0, None),
    )
    assert (found.abandoned, found.censored, found.longest) == (3, 3, 50_000)
    assert [share for _, share in found.curve] == pytest.approx([5 / 6, 5 / 8, 5 / 16])
    assert [at for at, _ in found.curve] == pytest.approx([10_000, 20_000, 40_000], rel=0.01)
    expected = {9_000: 1, 11_000: 5 / 6, 19_000: 5 / 6, 39_000: 5 / 8, 50_000: 5 / 16}
    for wait, share in expected.items():
        assert found.survival(wait) == pytest.approx(share)
    assert found.survival(51_000) is None
    assert found.median == pytest.approx(40_000, rel=0.01)
    by_hand = 10_000 + 5 / 6 * 10_000 + 5 / 8 * 20_000 + 5 / 16 * 10_000
    assert found.restricted_mean == pytest.approx(by_hand, rel=0.01)
    assert found.rate == 3 / 165_000


def test_where_all_gave_up_nobody_is_patient_beyond() -> None:
    found = of(("lost", 10, "abandoned"), ("lost", 20, "abandoned"))
    assert (found.survival(10**6), found.survival(1_000)) == (0, 1)


def test_where_nobody_waited_nothing_is_known() -> None:
    for found in (of(), of(("lost", 0, "abandoned"), ("answered", 0, None))):
        assert (found.median, found.restricted_mean, found.rate, found.survival(1)) == (None, None, None, None)


def test_where_nobody_gave_up_patience_is_only_known_to_be_longer() -> None:
    found = of(("answered", 30, None))
    assert (found.median, found.survival(30_000), found.survival(30_001), found.rate) == (None, 1.0, None, 0.0)
    assert found.restricted_mean == 30_000


def test_those_who_give_up_need_no_sum_of_the_tallies() -> None:
    line = Line(RULES)
    for number in range(300):
        wait, kind = number % 40, ("lost", "answered", "lost", "diverted")[number % 4]
        reason = None if kind == "answered" else ("abandoned", "timeout")[number % 3 % 2]
        line.fold(event(kind, 1_000 + 600 * number, str(number), wait=wait, reason=reason))
    assert line.state.live
    assert giving_up(line.figures.tallies()) == patience(line.figures.total()).rate


def test_many_waits_within_the_bins_error() -> None:
    random = Random(3)
    tally, waits = Tally(), []
    for _ in range(5_000):
        patient, until_answer = random.expovariate(1 / 90_000), random.expovariate(1 / 40_000)
        wait = 1 + round(min(patient, until_answer))
        gave_up = patient < until_answer
        (tally.abandoned_waits if gave_up else tally.answered_waits).add(wait)
        waits.append((wait, not gave_up))
    found = patience(tally)
    assert found.rate == pytest.approx(1 / 90_000, rel=0.05)
    share, exact = 1.0, []
    waits.sort()
    for number, (wait, censored) in enumerate(waits):
        if not censored:
            share *= 1 - 1 / (len(waits) - number)
        exact.append((wait, share))
    for after in (5_000, 20_000, 60_000, 150_000):
        low, high = (next(s for at, s in reversed(exact) if at <= after * bend) for bend in (1.021, 0.979))
        measured = found.survival(after)
        assert measured is not None
        assert low - 0.002 <= measured <= high + 0.002
