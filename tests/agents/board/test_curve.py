"""The curve of a day: to scale, over the usual values, with disbelieved calls marked, and a text alternative."""

from __future__ import annotations

import re

from agents.board.curve import QuarterBar, curve
from tests.agents.html import Page

BARS = [QuarterBar(9, 8, lost=2), QuarterBar(9, 4, doubted=4), QuarterBar(10, 0), QuarterBar(10, None)]


def heights(picture: str, cls: str) -> list[float]:
    found = re.findall(rf'<rect class="{cls}"[^>]* height="([\d.]+)"', picture)
    return [float(each) for each in found]


def test_bars_are_to_scale_and_the_lost_are_a_part_of_them() -> None:
    picture = curve(BARS, {}, "calls", "{hour} h", wide=True)
    (lost,), (rest,), (doubted,) = (heights(picture, each) for each in ("lost", "rest", "doubted"))
    assert abs(rest - 3 * lost) < 0.2
    assert abs(doubted - 2 * lost) < 0.2
    assert "usual" not in picture


def test_what_is_usual_may_be_higher_than_what_came() -> None:
    picture = curve(BARS, {9: 16.0, 10: 2.0}, "calls", "{hour} h", wide=True)
    assert ">16</text>" in picture
    assert heights(picture, "lost")[0] < heights(curve(BARS, {}, "calls", "{hour} h", wide=True), "lost")[0]
    assert picture.count('class="usual"') == 1


def test_a_small_one_names_every_other_hour() -> None:
    wide, narrow = (curve(BARS, {}, "calls", "{hour} h", wide=each) for each in (True, False))
    assert ("9 h" in wide, "10 h" in wide) == (True, True)
    assert ("9 h" in narrow, "10 h" in narrow) == (False, True)


def test_its_label_is_text_alone_and_a_day_without_hours_is_drawn_too() -> None:
    picture = curve([], {}, '<b> "calls"', "{hour} h", wide=True)
    assert ("aria-label", '<b> "calls"') in Page(picture).attributes
