"""Evidence for a miscount is above zero, for a rush below; unknown values are no evidence."""

from __future__ import annotations

from math import log

import pytest

from streams.watch.corroboration import corroborate
from streams.watch.evidence import of_witness
from streams.watch.slot import Slot, log_wait
from streams.watch.thresholds import RATE, WITNESS
from streams.watch.usual import Usual

USUAL = Usual(
    lost=2.0,
    offered=100.0,
    wait=10_000,
    spread=0.0625,
    days=1,
    answered_log_wait=log_wait(3_000),
    lost_log_wait=log_wait(60_000),
    at_once=0.25,
)
NOTHING = Usual(
    lost=2.0, offered=None, wait=None, spread=0.0625, days=1, answered_log_wait=None, lost_log_wait=None, at_once=0.265
)


def scores(seen: Slot, usual: Usual = USUAL) -> dict[str, float]:
    return {each.check: of_witness(each).score for each in corroborate(seen, usual).witnesses}


def seen(**more: int) -> Slot:
    return Slot(**{"offered": 100, "lost": 20, "answered": 80, **more})


def test_usual_waits_deny_an_overload_and_waits_in_step_tell_one() -> None:
    assert scores(seen(waits=1_000_000, waited=100))["wait law"] == WITNESS.most
    assert scores(seen(waits=8_000_000, waited=100))["wait law"] == -WITNESS.most
    assert scores(seen(lost=2, waits=1_000_000, waited=100))["wait law"] == 0, "as many lost as usual: both say so"


def test_the_wait_law_by_hand() -> None:
    # One call of 20 s. After 10 s usually 3 are ringing; 7 times the losses make 3 + 7 x 7 = 52 s of it: moved =
    # log(22/12), in step = log(54/12), variance .0625 + 1.5.
    assert scores(seen(waits=20_000, waited=1))["wait law"] == pytest.approx(0.14, abs=0.005)


def test_where_nobody_waits_for_an_agent_losses_make_waits_of_their_own() -> None:
    # All 3 s are ringing, yet 18 of 100 more callers lost, with a patience of a minute, take 10.8 s more.
    calm = USUAL._replace(wait=3_000)
    assert scores(seen(waits=300_000, waited=100), calm)["wait law"] == WITNESS.most
    assert scores(seen(waits=1_380_000, waited=100), calm)["wait law"] == -WITNESS.most


def test_a_line_whose_days_differ_much_proves_less() -> None:
    usual, wild = (
        scores(seen(waits=2_000_000, waited=100), USUAL._replace(spread=spread))["wait law"] for spread in (0.0625, 0.5)
    )
    assert 0 < wild < usual
    several = USUAL._replace(spread=0.5, days=8)
    assert scores(seen(waits=2_000_000, waited=100), several)["wait law"] == usual


def test_lost_who_waited_as_the_answered_do_were_answered() -> None:
    def lost_after(wait: float) -> float:
        return scores(seen(lost_log_waits=round(20 * log_wait(wait)), lost_waited=20))["waits of the lost"]

    assert lost_after(3_000) == WITNESS.most
    assert lost_after(60_000) == -WITNESS.most
    assert -1 < lost_after(18_500) < 1


def test_lost_who_give_up_as_soon_as_others_are_answered_say_nothing() -> None:
    soon = USUAL._replace(lost_log_wait=USUAL.answered_log_wait)
    assert scores(seen(lost_log_waits=20_000, lost_waited=20), soon)["waits of the lost"] == 0


def test_who_was_lost_calls_again() -> None:
    most = WITNESS.most_claimed  # callers who have heard of a strike do not call back
    assert 0 < scores(seen(named=20, back=1))["call-backs"] <= most
    assert -most <= scores(seen(named=20, back=10))["call-backs"] < 0
    assert scores(seen(named=2000, back=0, lost=2000, offered=2000))["call-backs"] == most
    assert scores(seen(named=2000, back=2000, lost=2000, offered=2000))["call-backs"] == -most


def test_callers_who_never_call_again_deny_nothing() -> None:
    assert abs(scores(seen(named=20, back=0), USUAL._replace(back=0.02))["call-backs"]) < 0.5


def test_call_backs_say_nothing_where_as_many_are_lost_as_usual() -> None:
    assert scores(seen(lost=2, named=2, back=0))["call-backs"] == 0


def test_calls_lost_at_once_are_made_up() -> None:
    assert scores(seen(at_once=20))["lost at once"] == WITNESS.most_moody
    assert scores(seen(at_once=5, lost_waited=15))["lost at once"] < 0, "as on any day"
    assert "lost at once" not in scores(seen()), "no wait is reported"


def test_answered_calls_that_are_told_lost_have_the_waits_of_the_answered() -> None:
    told = seen(at_once=10, lost_waited=10)
    assert corroborate(told, USUAL._replace(no_wait=0.75)).no_odd_day > corroborate(told, USUAL).no_odd_day


def test_an_odd_day_is_a_mild_one_or_an_overload_in_small() -> None:
    lost = {"at_once": 5, "lost_waited": 15, "lost_log_waits": round(15 * log_wait(18_500))}
    usual_waits, in_step = (corroborate(seen(waits=waits, waited=100, **lost), USUAL) for waits in (10**6, 5 * 10**6))
    mild = usual_waits.no_odd_day + log(WITNESS.mild_days)
    assert -1.2 < mild < -1, "busy days are excluded, mild ones are not: only the quarter without a wait is left"
    assert in_step.no_odd_day < usual_waits.no_odd_day - 3


def test_a_rush_is_more_calls_than_usual_without_the_losses_too_many() -> None:
    assert scores(seen())["arrivals"] == 0
    assert scores(seen(offered=300, lost=100))["arrivals"] < 0
    assert scores(seen(offered=200, lost=102))["arrivals"] == 0, "invented losses are no rush"
    assert scores(seen(offered=100_000))["arrivals"] == -WITNESS.most


def test_what_nobody_knows_says_nothing() -> None:
    assert scores(Slot(offered=10, lost=2), NOTHING) == {}
    assert corroborate(Slot(offered=10, lost=2), NOTHING).no_odd_day == pytest.approx(0)
    assert set(scores(seen(named=5, at_once=5), NOTHING)) == {"call-backs", "lost at once"}


def test_where_no_wait_is_known_a_line_is_held_against_any_other() -> None:
    # Of 20 lost of 100, at .00288 a second, 69 s of wait; of the usual 2, 7 s.
    assert 2 < scores(seen(waits=700_000, waited=100), NOTHING)["wait law"] <= WITNESS.most_unlearnt
    assert scores(seen(waits=7_000_000, waited=100), NOTHING)["wait law"] == -WITNESS.most_unlearnt


def test_callers_who_are_refused_do_not_wait() -> None:
    refused = corroborate(seen(refused=12, waits=1_000_000, waited=100), USUAL)
    assert refused.no_refusal == -WITNESS.most, "the switch says so itself"
    unattended = corroborate(seen(refused=12, unattended=12, waits=1_000_000, waited=100), USUAL)
    assert unattended.no_refusal == -WITNESS.most_claimed, "legs of agents say so too"
    back = corroborate(seen(named=20, back=10, waits=1_000_000, waited=100), USUAL)
    assert back.no_refusal < -2 < 2 < back.no_overload, "the waits exclude an overload, the call-backs show a refusal"


def test_lost_calls_alone_do_not_say_that_losses_are_real_but_the_waits_of_others_do() -> None:
    waits = {"waits": 8_000_000, "waited": 100}
    back = {"named": 20, "back": 14}
    waited = {"lost_log_waits": round(20 * log_wait(60_000)), "lost_waited": 20}
    assert corroborate(seen(**waits), USUAL).no_overload <= -RATE.decided
    assert corroborate(seen(**waits), USUAL).real, "answered calls wait too: these are other calls than the lost"
    assert not corroborate(seen(at_once=0, **waited), USUAL).real, "the waits of the lost are one kind"
    assert not corroborate(seen(**back), USUAL).real
    assert corroborate(seen(**waits, **waited), USUAL).real
    assert corroborate(seen(**back, **waits), USUAL).real
    assert corroborate(seen(refused=20, **back), USUAL).real, "a refusal without waits"


def test_a_crowd_that_talks_less_is_no_fault_of_the_counting() -> None:
    usual = USUAL._replace(talk=95_000)
    short = {"talks": 250 * 23_000, "talked_on": 250}
    crowd = corroborate(seen(offered=366, lost=60, answered=250, **short), usual)
    assert max(crowd.no_overload, crowd.no_refusal, crowd.no_odd_day) < -WITNESS.most_moody
    assert "talk" not in {each.check for each in corroborate(seen(**short), usual).witnesses}, "no crowd"


def test_losses_in_bursts_speak_for_refusals() -> None:
    def no_refusal(*lost: int) -> float:
        return corroborate(seen(), USUAL, [(each, 15) for each in lost]).no_refusal

    assert no_refusal(3, 3, 2, 3, 3) == 0, "even losses deny nothing"
    assert no_refusal(0, 14, 0, 0, 0) == -WITNESS.most_clusters
