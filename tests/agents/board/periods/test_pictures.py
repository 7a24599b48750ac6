"""The charts of a period: bars to scale, labels if there is room, and a week whose shades follow its figures."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from agents.board.periods.pictures import SHADES, HeatCell, PeriodBar, Stretched, levels_of, period_curve, week_map
from tests.agents.html import Page


def bar(every: int, lost: int = 0, doubted: int = 0, usual: float | None = None, tick: str = "") -> PeriodBar:
    return PeriodBar(every, lost, doubted, usual, "says", tick)


def heights(drawn: str, cls: str) -> list[float]:
    return [float(each) for each in re.findall(rf'<rect class="{cls}"[^>]* height="([\d.]+)"', drawn)]


def test_bars_stand_to_scale_and_the_lost_are_a_part_of_them() -> None:
    drawn = period_curve([bar(40, 10), bar(20, 5, 5)], [], "calls").partition("</svg>")[0]
    (first, second), (lost, few), (doubted,) = (heights(drawn, each) for each in ("rest", "lost", "doubted"))
    assert round((first + lost) / (second + few + doubted)) == 2
    assert abs(lost - 2 * few) < 0.2
    assert abs(few - doubted) < 0.2


def test_what_is_said_is_escaped_and_each_picture_has_a_label() -> None:
    drawn = period_curve([bar(1)._replace(says="<b>", tick="<i>")], [Stretched(0, 0, "miscount", "<u>")], '"<s>')
    page = Page(drawn)
    assert page.tags.count("svg") == 2
    assert {"b", "i", "u", "s"}.isdisjoint(page.tags)
    assert [value for name, value in page.attributes if name == "aria-label"] == ['"<s>'] * 2


def test_words_beneath_the_bars_never_overlap() -> None:
    drawn = period_curve([bar(1, tick=f"Monday {number}") for number in range(200)], [], "calls").partition("</svg>")[0]
    places = [float(each) for each in re.findall(r'<text class="tick" x="([\d.]+)" y="233"', drawn)]
    assert len(places) > 5
    assert all(after - before > 9 * len("Monday 1") for before, after in pairwise(places))


@given(st.floats(4, 1e6))
def test_the_counts_beside_a_curve_reach_above_it_and_are_few(most: float) -> None:
    levels = levels_of(most)
    assert levels[-1] >= most
    assert 2 <= len(levels) <= 5
    assert len(set(map(str, levels))) == len(levels)


def test_a_week_is_shaded_by_its_figures_and_says_what_is_not_known() -> None:
    cells = [HeatCell(0.0, "0", "none"), HeatCell(1.0, "9", "most"), HeatCell(None, "—", "not known"), None]
    drawn = week_map([("Monday", cells)], ["9:00", "10:00", "11:00", "12:00"], "a week", "rate")
    assert re.findall(r'rect class="(\w+)"', drawn) == ["heat0", f"heat{SHADES - 1}", "unknown"]


def test_an_action_is_a_line_at_the_left_of_its_bar() -> None:
    drawn = period_curve([bar(1), bar(1)._replace(action="<i>")], [], "calls").partition("</svg>")[0]
    (left,) = re.findall(r'<path class="action" d="M([\d.]+) 2', drawn)
    assert float(left) > 500
    assert "<i>" not in drawn
