"""Delays are drawn by the day: every answer is in a bar, and late ones look different."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from agents.language import Language
from agents.report.delays import delays
from agents.totals.telling import Telling
from streams.indicators.plan import ChannelPlan
from tests.agents.totals.year import PARIS

FRENCH = Telling(Language.FR, PARIS)
LETTERS = ChannelPlan("Courriers", 15, "working")


def drawn(found: dict[int, int], plan: ChannelPlan = LETTERS) -> tuple[list[str], str]:
    picture = delays(found, plan, FRENCH)
    assert picture is not None
    return [each.get("class", "") for each in ET.fromstring(picture.svg).iter() if each.tag == "rect"], picture.says


def test_answers_after_the_target_look_otherwise() -> None:
    bars, says = drawn({0: 2, 15: 5, 17: 3})
    assert bars == ["bar"] * 16 + ["bar late"] * 2
    assert says == "La moitié des 10 réponses en 15 j au plus, neuf sur dix en 17 j ; 3 après le délai prévu."


def test_very_late_ones_are_one_bar() -> None:
    bars, _ = drawn({1: 9, 400: 1})
    assert len(bars) == 30 + 2
    bars, says = drawn({1: 9, 400: 1}, ChannelPlan("CNI", None, "calendar"))
    assert (len(bars), "après" in says) == (12 + 2, False)


def test_without_an_answer_there_is_no_picture() -> None:
    assert delays({}, LETTERS, FRENCH) is None
