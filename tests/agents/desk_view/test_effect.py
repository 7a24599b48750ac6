"""The predicted effect of a decision on a year equals the year after the decision."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from agents.desk_view.effect import Weight, decided, decision_of, weigh
from agents.history.incident_json import incident_json, incident_of
from agents.totals.history import figures
from streams.events import Decision
from streams.indicators.indicator import Indicator
from streams.indicators.period import Period
from streams.watch.incident import Incident
from tests.agents.board.known import SETTINGS, history, suspected
from tests.agents.totals.year import PARIS
from tests.streams.indicators.telling import incident

TODAY = date(2014, 11, 4)
TRIED = [decision_of(each, 1_400_000_000.0) for each in ("confirm", "dismiss")]


def weight(*known: Incident, of: Incident) -> Weight:
    return weigh(SETTINGS, history(*known), {"a": [of]}, TODAY, TRIED)["a"]


def published(*known: Incident) -> Indicator:
    found = figures(SETTINGS, history(*known), Period.of_year(2013), TODAY)
    return next(each for each in found.indicators if each.id == "lost_rate:circulation")


@pytest.mark.slow
@pytest.mark.parametrize("status", ["open", "closed", "confirmed", "dismissed"])
@pytest.mark.parametrize("verdict", ["miscount", "undecided"])
def test_the_effect_is_the_years_own_figure_before_and_after(status: str, verdict: str) -> None:
    other = incident(date(2013, 3, 4), date(2013, 3, 8), verdict="undecided")
    found = suspected(status=status, verdict=verdict)
    (effect,) = weight(found, other, of=found).effects
    assert (effect.year, effect.now) == (2013, replace(published(found, other), compared=[]))
    for each in TRIED:
        after = decided(found, each)
        assert effect.after[each.decision].corrected == published(after, other).corrected


@pytest.mark.parametrize(
    "taken", [("confirm",), ("dismiss",), ("dismiss", "reopen"), ("confirm", "dismiss", "confirm")]
)
def test_a_decision_on_what_was_decided_before_is_weighed_as_the_first_was(taken: tuple[Decision, ...]) -> None:
    known = suspected()
    for at, each in enumerate(taken):
        known = decided(known, decision_of(each, 1_390_000_000.0 + at))
    read = incident_of(incident_json(known, PARIS))
    (first,) = weight(suspected(), of=suspected()).effects
    (effect,) = weight(read, of=read).effects
    assert effect.after["confirm"].corrected == first.after["confirm"].corrected
    assert effect.after["dismiss"].corrected == first.after["dismiss"].corrected
    assert first.after["confirm"].corrected != first.after["dismiss"].corrected


def test_other_bounds_move_the_figure_as_they_would_when_taken() -> None:
    end = datetime(2013, 9, 15, tzinfo=UTC)
    tried = decision_of("confirm", 1_400_000_000.0, end=end)
    (effect,) = weigh(SETTINGS, history(suspected()), {"a": [suspected()]}, TODAY, [tried])["a"].effects
    shorter = decided(suspected(), tried)
    assert shorter.bounds()[1] == end.timestamp() * 1000
    assert effect.after["confirm"].corrected == published(shorter).corrected
    assert effect.after["confirm"].corrected != effect.now.corrected


def test_what_no_decision_turns_into_a_miscount_moves_nothing() -> None:
    found = suspected(verdict="overload", kind="overload")
    assert weight(found, of=found).effects == []
    assert weight(found, of=found).size == 0.0


def test_the_calls_are_those_of_its_slots_in_every_year_it_reaches() -> None:
    one = suspected()
    assert weight(one, of=one).offered == 100 * 8 * 44, "of 44 working days"
    assert weight(one, of=one).lost == 80 * 8 * 44
    over = incident(date(2012, 12, 31), date(2013, 1, 1))
    assert [each.year for each in weight(over, of=over).effects] == [2012, 2013]
    assert weight(over, of=over).offered == 2 * 8 * 50


def test_a_figure_that_a_decision_withholds_weighs_more_than_any_that_moves() -> None:
    doubt, certain = suspected(verdict="undecided"), suspected()
    assert weight(certain, of=certain).size < weight(doubt, of=doubt).size == 1.0


def test_a_stretch_of_years_that_nobody_counted_costs_nothing() -> None:
    tried: list[Decision] = ["confirm"]
    decisions = [decision_of(each, 0.0, end=datetime(2999, 1, 1, tzinfo=UTC)) for each in tried]
    found = weigh(SETTINGS, history(suspected()), {"a": [suspected()]}, TODAY, decisions)["a"]
    assert [each.year for each in found.effects] == [2013]
