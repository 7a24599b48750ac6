"""The report draws two quarters of an hour before each closing time and two after, and says both sums."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from agents.language import Language
from agents.report.shown import closings
from agents.totals.telling import Telling
from streams.indicators.closing import ClosingTime
from tests.agents.totals.year import PARIS


def test_each_closing_time_is_a_picture_with_its_figure() -> None:
    found = [ClosingTime("12:00", 20, [30, 25, 12, 4]), ClosingTime("17:00", 20, [9, 9, 0, 1])]
    noon, evening = closings(found, Telling(Language.FR, PARIS), tickets=False)
    assert noon.says == "16 appels dans la demi-heure après la fermeture, 55 dans la demi-heure avant. Jours : 20."
    assert noon.says in noon.title
    drawn = ET.fromstring(noon.svg)
    assert len([each for each in drawn.iter() if each.tag == "rect"]) == 4
    assert "fermeture" in "".join(drawn.itertext())
    assert evening.says.startswith("1 appel dans")
