"""Sentences contain their figures, in French and in English."""

from __future__ import annotations

import pytest

from streams.watch.counting import EVERY_LAW
from streams.watch.french import THIN
from streams.watch.sentences import BREAKS, of_law, of_rate, of_silence
from streams.watch.slot import Slot
from streams.watch.usual import Usual
from tests.streams.telling import event
from tests.streams.watch.telling import FIRST, RULES, closed, folded, incidents, opening


def test_there_are_words_for_every_law() -> None:
    assert set(BREAKS) == set(EVERY_LAW)


@pytest.mark.parametrize("name", BREAKS)
def test_a_law_says_how_many_of_how_many(name: str) -> None:
    said = of_law(name, EVERY_LAW[name], 6, 24, 12.345)
    assert (said.check, said.observed, said.expected, said.score) == (name, 0.25, EVERY_LAW[name].usual, 12.35)
    assert said.says.startswith("6 sur 24 ")
    assert said.says_en.startswith("6 of 24 ")
    assert said.says[9:] != said.says_en[8:]


def test_a_law_of_no_calls_has_no_share() -> None:
    assert of_law("on time", EVERY_LAW["on time"], 0, 0, 1.0).observed is None


def test_the_rate_says_what_was_expected() -> None:
    usual = Usual(2.0, None, None, 0.0, 1, None, None, 0.25)
    said = of_rate(Slot(offered=80, lost=20), usual, 9.0)
    assert (said.observed, said.expected) == (0.25, 0.025)
    assert said.says.replace(THIN, " ") == "25,00 % d'appels perdus (20 sur 80) ; d'ordinaire 2,50 %"
    assert said.says_en == "25.00% of calls lost (20 of 80), 2.50% expected"
    assert of_rate(Slot(), usual, 9.0).observed == 0


def test_silence_says_what_should_have_come() -> None:
    said = of_silence(23.6)
    assert (said.says, said.says_en) == ("aucun appel alors que 24 étaient attendus", "no call, where 24 were expected")


def test_late_events_are_told_with_their_figures() -> None:
    told = [event("offered", opening(0) + number, f"{number}") for number in range(50)]
    told += [event("answered", opening(0) - 900, f"{number}") for number in range(20)]
    told.append(event("offered", FIRST + 20 * 3600, "last"))
    (found,) = [each for each in incidents(closed(folded(told, RULES))) if each.cause == "on time"]
    assert found.evidence[0].says_en == "20 of 71 are dated before what had been said already"
