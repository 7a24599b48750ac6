"""What speaks for a miscount is above zero, what speaks for a rush below; what is unknown says nothing."""

from __future__ import annotations

import pytest

from streams.watch.corroboration import LITTLE, MOST, Usual, corroborate
from streams.watch.slot import Slot

USUAL = Usual(lost=2.0, offered=100.0, wait=10_000, answered_wait=10_000, lost_wait=60_000, at_once=0.25)
NOTHING = Usual(lost=2.0, offered=None, wait=None, answered_wait=None, lost_wait=None, at_once=None)


def scores(seen: Slot, usual: Usual = USUAL) -> dict[str, float]:
    return {each.check: each.score for each in corroborate(seen, usual)}


def seen(**more: int) -> Slot:
    return Slot(**{"offered": 100, "lost": 20, "answered": 80, **more})


def test_usual_waits_deny_an_overload_and_waits_in_step_tell_one() -> None:
    assert scores(seen(waits=1_000_000, waited=100))["wait law"] == MOST
    assert scores(seen(waits=8_000_000, waited=100))["wait law"] == -MOST
    assert scores(seen(lost=2, waits=1_000_000, waited=100))["wait law"] == 0, "as many lost as usual: both say so"


def test_the_wait_law_by_hand() -> None:
    # One call of 20 s: moved = log(22/12), in step = log(7), variance .0625 + 1.5.
    assert scores(seen(waits=20_000, waited=1))["wait law"] == pytest.approx(0.46, abs=0.005)


def test_lost_who_waited_as_the_answered_do_were_answered() -> None:
    assert scores(seen(lost_waits=20 * 10_000, lost_waited=20))["waits of the lost"] == LITTLE
    assert scores(seen(lost_waits=20 * 90_000, lost_waited=20))["waits of the lost"] == -LITTLE


def test_lost_who_give_up_as_soon_as_others_are_answered_say_nothing() -> None:
    soon = USUAL._replace(lost_wait=23_999)
    assert "waits of the lost" not in scores(seen(lost_waits=200_000, lost_waited=20), soon)
    assert "waits of the lost" in scores(seen(lost_waits=200_000, lost_waited=20), soon._replace(lost_wait=24_000))


def test_who_was_lost_calls_again() -> None:
    assert 0 < scores(seen(named=20, back=1))["call-backs"] <= MOST
    assert -MOST <= scores(seen(named=20, back=10))["call-backs"] < 0
    assert scores(seen(named=2000, back=0, lost=2000, offered=2000))["call-backs"] == MOST
    assert scores(seen(named=2000, back=2000, lost=2000, offered=2000))["call-backs"] == -MOST


def test_call_backs_say_nothing_where_as_many_are_lost_as_usual() -> None:
    assert scores(seen(lost=2, named=2, back=0))["call-backs"] == 0


def test_calls_lost_at_once_are_a_miscount_or_nothing() -> None:
    assert scores(seen(at_once=20))["lost at once"] == LITTLE
    assert scores(seen(at_once=5))["lost at once"] == pytest.approx(-0.69, abs=0.01), "at most half the chance"


def test_a_rush_is_more_calls_than_usual_without_the_losses_too_many() -> None:
    assert scores(seen())["arrivals"] == 0
    assert scores(seen(offered=300, lost=100))["arrivals"] < 0
    assert scores(seen(offered=200, lost=102))["arrivals"] == 0, "invented losses are no rush"
    assert scores(seen(offered=100_000))["arrivals"] == -MOST


def test_what_nobody_knows_says_nothing() -> None:
    assert scores(Slot(offered=10, lost=2), NOTHING) == {}
    assert set(scores(seen(named=5), NOTHING)) == {"call-backs", "lost at once"}
    assert scores(seen(at_once=0), NOTHING) == scores(seen(at_once=0), NOTHING._replace(at_once=0.265))


def test_every_piece_says_its_figures_in_both_languages() -> None:
    full = seen(waits=8_000_000, waited=100, lost_waits=600_000, lost_waited=20, named=20, back=10, at_once=5)
    said = {each.check: (each.says, each.says_en) for each in corroborate(full, USUAL)}
    assert len(said) == 5
    assert said["wait law"] == (
        "attente moyenne 80 s (d'ordinaire 10 s) ; de telles pertes en supposeraient 82 s",
        "mean wait 80 s (usually 10 s); such losses would take 82 s",
    )
    assert said["waits of the lost"][1] == "the lost had waited 30 s; usually 60 s"
    assert said["call-backs"][0] == "50% des appelants perdus rappellent dans la demi-heure ; 39% le feraient"
    assert said["lost at once"][1] == "25% of the lost calls never waited; usually 25%"
    assert said["arrivals"][1].startswith("0.83 times as many calls as expected")
