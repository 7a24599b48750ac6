"""The effect of an action: the figure before it and since, without counting faults, up to the next action."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from agents.desk_view.actions import ActionEffect, effects_of, office_effects
from agents.desk_view.reading import DeskReader
from config.settings import Action, Settings
from streams.indicators.period import Period
from streams.ledger.day import CallSlot, LedgerDay
from streams.watch.incident import Incident
from tests.agents.board.known import SETTINGS, history
from tests.streams.indicators.telling import incident, line_days, slot_at

CHANGED, LATER = date(2013, 6, 3), date(2013, 7, 1)
MORE = Action(date=CHANGED, label="Un agent de plus")
YEAR, TODAY = Period.of_year(2013), date(2013, 10, 1)


def slot(slot_no: int) -> CallSlot:
    """Return ten calls; two are lost before the change, none or one since."""
    lost = 2 if slot_no < slot_at(CHANGED, 0) else slot_no % 2
    return CallSlot(offered=10, answered=10 - lost, lost=lost)


def days() -> list[LedgerDay]:
    return [*line_days(date(2013, 1, 7), date(2013, 9, 27), slot)]


def office(*actions: Action) -> Settings:
    lines = {"circulation": SETTINGS.lines["circulation"].model_copy(update={"actions": actions})}
    lines["circulation"] = lines["circulation"].model_copy(update={"expected_lost_rate": 0.15})
    return SETTINGS.model_copy(update={"lines": lines, "opening_hours": "Mo-Fr 10:00-13:00"})


def effects(settings: Settings, *incidents: Incident, today: date = TODAY) -> Sequence[ActionEffect]:
    found = history(*incidents, days=days())
    return effects_of(DeskReader(settings), found, settings, "lines", "circulation", YEAR, today)


def values(found: ActionEffect) -> list[float | None]:
    return [
        None if each is None or each.value is None else round(each.value, 6) for each in (found.before, found.since)
    ]


def test_the_lost_rate_is_compared_before_and_since() -> None:
    (found,) = effects(office(MORE))
    assert values(found) == [0.2, 0.05]
    assert found.change is not None
    assert found.change.told
    assert found.change.value == pytest.approx(-0.15)


def test_what_a_fault_counted_is_taken_out_first() -> None:
    wrong = incident(date(2013, 6, 10), date(2013, 6, 14))
    (found,) = effects(office(MORE), wrong)
    assert found.since is not None
    assert found.since.coverage < 1
    assert found.since.method == "exclude"


def test_another_action_ends_the_weeks_since_and_begins_those_before() -> None:
    first, second = effects(office(Action(date=LATER, label="Ouvert jusqu'à 12 h 30"), MORE))
    assert [each.action.date for each in (first, second)] == [CHANGED, LATER]
    assert values(second) == [0.05, 0.05]
    assert second.change is not None
    assert not second.change.told


def test_an_action_of_today_has_no_effect_yet_and_a_later_one_is_announced() -> None:
    (found,) = effects(office(MORE), today=CHANGED)
    assert values(found) == [0.2, None]
    assert found.change is None


def test_an_action_outside_the_period_is_left_out() -> None:
    settings = office(MORE)
    assert office_effects(settings, history(days=days()), Period.of_year(2012), TODAY) == []
    (found,) = office_effects(settings, history(days=days()), YEAR, TODAY)
    assert found.action == MORE
