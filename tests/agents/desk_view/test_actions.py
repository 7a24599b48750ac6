"""The effect of an action: the figure before it and since, without counting faults, up to the next action."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from agents.desk_view.actions import ActionEffect, ActionWords, effects_of, office_effects
from agents.desk_view.reading import DeskKind, DeskReader
from agents.language import THIN, Language
from agents.translation import Words
from config.settings import Action, Settings
from streams.figures.mean import CorrectedMean
from streams.indicators.period import Period
from streams.ledger.day import CallSlot, LedgerDay
from streams.watch.incident import Incident
from tests.agents.board.known import SETTINGS, history
from tests.streams.indicators.telling import incident, line_days, slot_at

CHANGED, LATER = date(2013, 6, 3), date(2013, 7, 1)
MORE = Action(date=CHANGED, label="Un agent de plus")
YEAR, TODAY = Period.of_year(2013), date(2013, 10, 1)
ACTION = Action(date=date(2013, 9, 1), label="Un agent de plus")


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


def mean(value: float, half: float) -> CorrectedMean:
    return CorrectedMean(value, value - half, value + half, 1.0, "none", None, 10_000, 10_000 * min(1.0, value))


def effect(kind: DeskKind, before: CorrectedMean | None, since: CorrectedMean | None, *, share: bool) -> ActionEffect:
    return ActionEffect(kind, "accueil", "Accueil", ACTION, before, since, share)


@pytest.mark.parametrize(
    ("found", "cells"),
    [
        (
            effect("lines", mean(0.1, 0.03), mean(0.05, 0.04), share=True),
            ("10,0 %", "5,0 %", "-10,0 points à +0,0 point", "n'a peut-être pas changé"),
        ),
        (
            effect("services", mean(900, 30), mean(600, 40), share=False),
            ("15 min", "10 min", "-5 min 50 s à -4 min 10 s", "a baissé"),
        ),
        (
            effect("channels", mean(3, 0.3), mean(4.5, 0.4), share=False),
            ("3,0 jours", "4,5 jours", "+1,0 jours à +2,0 jours", "a augmenté"),
        ),
        (effect("lines", mean(0.1, 0.03), None, share=True), ("10,0 %", "—", "—", "n'est pas encore connu")),
        (effect("lines", None, mean(0.1, 0.03), share=True), ("—", "10,0 %", "—", "n'est pas connu")),
    ],
)
def test_an_effect_has_its_interval_and_a_conclusion(found: ActionEffect, cells: tuple[str, ...]) -> None:
    told = [each.replace(THIN, " ") for each in ActionWords(Words(Language.FR)).cells(found)]
    assert told[:3] == list(cells[:3])
    assert told[3].startswith(cells[3])


def test_an_action_has_its_day_and_its_desk_a_figure() -> None:
    words = ActionWords(Words(Language.EN))
    found = effect("channels", None, None, share=True)
    assert words.head(found) == "1 September 2013: Un agent de plus"
    assert words.figure(found) == "Accueil: Replies in time"
    assert words.figure(found._replace(kind="services", share=False)) == "Accueil: Wait at the counter"
