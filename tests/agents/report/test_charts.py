"""Each figure of a chart is in its place, within the frame."""

from __future__ import annotations

import re
from datetime import date
from xml.etree import ElementTree as ET

import pytest

from agents.language import Language
from agents.report.blocks import Picture
from agents.report.charts import control_chart
from agents.report.plot import HEIGHT, WIDTH, Plot
from agents.totals.telling import Telling
from streams.indicators.period import Period
from tests.agents.totals.year import PARIS, STRETCH, wrong, year

YEAR = Period.of_year(2013)
FRENCH = Telling(Language.FR, PARIS)


def shapes(drawn: Picture | str, style: str) -> list[ET.Element]:
    svg = drawn.svg if isinstance(drawn, Picture) else drawn
    return [each for each in ET.fromstring(svg).iter() if each.get("class") == style]


def test_weeks_beyond_the_limits_are_marked_by_shape() -> None:
    line = year(wrong()).lines["circulation"]
    picture = control_chart(line, YEAR, [STRETCH], FRENCH)
    assert picture is not None
    weeks = [week for week in line.weeks if week.raw.offered]
    out, (within,) = shapes(picture, "outside"), shapes(picture, "week")
    assert len(out) + within.attrib["d"].count("M") == len(weeks)
    assert len(out) >= sum(week.in_quarantine == week.slots for week in weeks)
    assert control_chart(year().lines["standard"], YEAR, [], FRENCH) is None  # no lost call: no chart


@pytest.mark.parametrize("highest", [0.0, 0.0007, 0.0187, 0.4512, 1.0, 37.5])
def test_an_axis_ends_in_round_steps_above_everything(highest: float) -> None:
    plot = Plot(YEAR, highest, lambda value: FRENCH.number(value, 4), FRENCH)
    assert 0 <= plot.y(highest) <= HEIGHT
    svg = plot.svg("t", "d")
    numbers = [float(each) for each in re.findall(r' [xy][12]?="([\d.]+)"', svg)]
    assert 0 <= min(numbers) <= max(numbers) <= WIDTH
    assert 3 <= len(shapes(svg, "grid")) <= 7


def test_a_period_of_days_or_years_has_an_axis_too() -> None:
    for period in (Period(date(2013, 9, 2), date(2013, 9, 8)), Period(date(2010, 1, 1), date(2013, 12, 31))):
        svg = Plot(period, 1.0, str, FRENCH).svg("t", "d")
        assert "2013-09" in svg or "sept." in svg
