"""The picture of a forecast week: intervals to scale, what came as a point, texts escaped."""

from __future__ import annotations

import re

from agents.board.periods.bands import DayBand, week_bands
from tests.agents.html import Page

DAY = DayBand(20, (40, 60), 80, 50, None, "says", ("Monday 4", "Mo 4"))


def heights(drawn: str, cls: str) -> list[float]:
    return [float(each) for each in re.findall(rf'<rect class="{cls}"[^>]* height="([\d.]+)"', drawn)]


def test_intervals_stand_to_scale() -> None:
    drawn = week_bands([DAY], "calls").partition("</svg>")[0]
    assert round(heights(drawn, "interval")[0] / heights(drawn, "likely")[0], 1) == 3


def test_what_came_is_inside_the_picture_even_far_beyond_the_interval() -> None:
    drawn = week_bands([DAY._replace(came=500)], "calls").partition("</svg>")[0]
    (y,) = re.findall(r'<circle class="came"[^>]* cy="([\d.]+)"', drawn)
    assert 0 < float(y) < 120


def test_a_closed_day_is_empty_unless_calls_came() -> None:
    closed = DAY._replace(low=0, likely=(0, 0), high=0, mean=0, came=0)
    drawn = week_bands([closed], "calls")
    assert not {"rect", "circle"} & set(Page(drawn).tags)
    assert "circle" in Page(week_bands([closed._replace(came=3)], "calls")).tags


def test_texts_are_escaped_and_the_narrow_picture_has_short_labels() -> None:
    drawn = week_bands([DAY._replace(says="<b>")], '"<s>')
    assert {"b", "s"}.isdisjoint(Page(drawn).tags)
    wide, narrow, _ = drawn.split("</svg>")
    assert "Monday 4" in wide
    assert "Monday 4" not in narrow
