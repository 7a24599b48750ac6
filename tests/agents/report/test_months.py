"""A month has a bar for its believed value and a mark for the counted one; miscounts are hatched."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from agents.language import Language
from agents.report.bars import TargetLine
from agents.report.months import means, rates
from agents.totals.telling import Telling
from tests.agents.totals.year import PARIS, wrong, year

FRENCH = Telling(Language.FR, PARIS)


def shapes(svg: str, style: str) -> int:
    return sum(each.get("class") == style for each in ET.fromstring(svg).iter())


def test_a_month_has_its_corrected_bar_and_its_raw_one_where_it_differs() -> None:
    annual = year(wrong())
    drawn = rates(annual.lines["circulation"].months, annual.indicators[0], FRENCH)
    assert drawn is not None
    assert shapes(drawn.svg, "bar") == 10
    assert shapes(drawn.svg, "raw") == 2  # September and October, which keep no calls
    assert shapes(drawn.svg, "hatched") == 2
    assert "objectif : moins de 10" in drawn.svg
    assert "septembre 2013 : — (valeur brute : 80,00\u202f%)" in drawn.says
    assert "août 2013 : 2,00\u202f%" in drawn.says


def test_the_months_of_the_answer_rate_are_drawn_likewise() -> None:
    annual = year(wrong())
    drawn = rates(annual.lines["circulation"].months, annual.indicators[1], FRENCH)
    assert drawn is not None
    assert drawn.title == "Taux de décroché par mois, en %"
    assert (shapes(drawn.svg, "bar"), shapes(drawn.svg, "raw")) == (10, 2)
    assert "septembre 2013 : — (valeur brute : 20,00\u202f%)" in drawn.says
    assert "août 2013 : 98,00\u202f%" in drawn.says


def test_a_month_that_is_not_known_is_left_out() -> None:
    waits = [("2013-01", 10.0), ("2013-02", None), ("2013-03", 20.0)]
    drawn = means("Attente", waits, TargetLine(30.0, "t"), FRENCH)
    assert drawn is not None
    assert (shapes(drawn.svg, "bar"), drawn.says) == (2, "janvier 2013 : 10,0 ; mars 2013 : 20,0.")
    assert means("Attente", waits[:2], None, FRENCH) is None
