"""The curve of a day: to scale, over the usual values, with disbelieved calls marked, and a text alternative."""

from __future__ import annotations

import re
from datetime import time

from agents.board.curve import QuarterBar, curve
from tests.agents.html import Page

BARS = [
    QuarterBar(time(9, 30), 8, lost=2),
    QuarterBar(time(9, 45), 4, doubted=4),
    QuarterBar(time(10), 0),
    QuarterBar(time(10, 15), None),
]


def heights(picture: str, cls: str) -> list[float]:
    found = re.findall(rf'<rect class="{cls}"[^>]* height="([\d.]+)"', picture)
    return [float(each) for each in found]


def test_bars_are_to_scale_and_the_lost_are_a_part_of_them() -> None:
    picture = curve(BARS, {}, "calls", "{hour} h")
    (lost,), (rest,), (doubted,) = (heights(picture, each) for each in ("lost", "rest", "doubted"))
    assert abs(rest - 3 * lost) < 0.2
    assert abs(doubted - 2 * lost) < 0.2
    assert "usual" not in picture


def test_what_is_usual_may_be_higher_than_what_came() -> None:
    picture = curve(BARS, {9: 16.0, 10: 2.0}, "calls", "{hour} h")
    assert ">16</span>" in picture
    assert heights(picture, "lost")[0] < heights(curve(BARS, {}, "calls", "{hour} h"), "lost")[0]
    assert picture.count('class="usual"') == 1


def quarters(first: time, last: time) -> list[QuarterBar]:
    minutes = range(60 * first.hour + first.minute, 60 * last.hour + last.minute, 15)
    return [QuarterBar(time(each // 60, each % 60), 1) for each in minutes]


def labels(bars: list[QuarterBar]) -> dict[str, float]:
    """Return the place of each hour's label, in bars from the left."""
    found = re.findall(r'style="left:([\d.]+)%">(\d+) h<', curve(bars, {}, "calls", "{hour} h"))
    return {hour: round(float(share) / 100 * len(bars), 1) for share, hour in found}


def test_an_hour_is_named_where_it_begins_and_nowhere_else() -> None:
    day = [*quarters(time(8, 30), time(12)), *quarters(time(13, 30), time(17))]
    assert labels(day) == {"9": 2, "10": 6, "11": 10, "14": 16, "15": 20, "16": 24}
    assert curve(day, {}, "calls", "{hour} h").count('class="pause"') == 1, "the lunch"
    assert labels([*quarters(time(8), time(12, 15)), *quarters(time(13), time(14))]) == {
        "8": 0, "9": 4, "10": 8, "11": 12, "12": 16,
    }, "13 h would lie on 12 h"  # fmt: skip
    assert list(labels(quarters(time(0), time(23, 45)))) == [str(each) for each in range(0, 24, 2)]


def test_its_label_is_text_alone_and_a_day_without_hours_is_drawn_too() -> None:
    picture = curve([], {}, '<b> "calls"', "{hour} h")
    assert ("aria-label", '<b> "calls"') in Page(picture).attributes
