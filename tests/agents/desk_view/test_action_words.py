"""The effect of an action in words: in points, minutes or days, with a conclusion."""

from __future__ import annotations

from datetime import date

import pytest

from agents.desk_view.action_words import ActionWords
from agents.desk_view.actions import ActionEffect
from agents.desk_view.reading import DeskKind
from agents.language import THIN, Language
from agents.translation import Words
from config.settings import Action
from streams.figures.mean import CorrectedMean

ACTION = Action(date=date(2013, 9, 1), label="Un agent de plus")


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
