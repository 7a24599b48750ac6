"""Evidence has its figures, rounded, and the facts of its sentence, exact."""

from __future__ import annotations

import pytest

from streams.watch.counting import EVERY_LAW
from streams.watch.evidence import of_law, of_rate
from streams.watch.facts import LawBroken, LostRate
from streams.watch.slot import Slot
from streams.watch.usual import Usual
from tests.streams.telling import event
from tests.streams.watch.telling import FIRST, RULES, closed, folded, incidents, opening


@pytest.mark.parametrize("name", EVERY_LAW)
def test_a_law_has_its_breaks_and_the_calls_that_could_break_it(name: str) -> None:
    evidence = of_law(name, EVERY_LAW[name], 6, 24, 12.345)
    assert (evidence.check, evidence.observed, evidence.score) == (name, 0.25, 12.35)
    assert evidence.expected == EVERY_LAW[name].usual
    assert evidence.facts == LawBroken(name, 6, 24)


def test_a_law_of_no_calls_has_no_share() -> None:
    assert of_law("on time", EVERY_LAW["on time"], 0, 0, 1.0).observed is None


def test_the_rate_is_beside_the_usual_one() -> None:
    usual = Usual(2.0, None, None, 0.0, 1, None, None, 0.25)
    evidence = of_rate(Slot(offered=80, lost=20), usual, 9.0)
    assert (evidence.observed, evidence.expected, evidence.facts) == (0.25, 0.025, LostRate(20, 80, 0.025))
    assert of_rate(Slot(), usual, 9.0).observed == 0


def test_late_events_are_reported_with_their_figures() -> None:
    sent = [event("offered", opening(0) + number, f"{number}") for number in range(50)]
    sent += [event("answered", opening(0) - 900, f"{number}") for number in range(20)]
    sent.append(event("offered", FIRST + 20 * 3600, "last"))
    (found,) = [each for each in incidents(closed(folded(sent, RULES))) if each.cause == "on time"]
    assert found.evidence[0].facts == LawBroken("on time", 20, 71)
