"""A funnel plot: shapes mark outliers, names are escaped, and there is a text alternative."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from agents.language import Language
from agents.report.drawing import standing_alone
from agents.report.funnel import funnel_picture
from agents.totals.telling import Telling
from streams.rollup.funnel import ComparedOffice, funnel
from tests.agents.totals.year import PARIS

EVERY = [
    *(ComparedOffice(f"alike-{number}", {"a": (5 * 2**number, 100 * 2**number)}) for number in range(12)),
    ComparedOffice("worse", {"a": (6_000, 60_000)}),
    ComparedOffice("better", {"a": (600, 60_000)}),
]
LABELS = {each.site: f"<b>{each.site}</b>" for each in EVERY}


def test_who_stands_apart_has_a_shape_and_a_name() -> None:
    found = funnel_picture(funnel(EVERY), LABELS, Telling(Language.EN, PARIS))
    assert found is not None
    tree = ET.fromstring(standing_alone(found.svg))
    classes = [each.get("class") for each in tree.iter()]
    assert [classes.count(each) for each in ("outside", "under", "point")] == [1, 1, 12]
    texts = [each.text for each in tree.iter() if each.tag.endswith("text")]
    assert "<b>worse</b>" in texts
    assert "14 offices around" in found.says


def test_too_few_offices_give_no_picture() -> None:
    assert funnel_picture(funnel(EVERY[:3]), LABELS, Telling(Language.FR, PARIS)) is None


def test_every_point_lies_in_the_picture() -> None:
    found = funnel_picture(funnel(EVERY), LABELS, Telling(Language.FR, PARIS))
    assert found is not None
    tree = ET.fromstring(standing_alone(found.svg))
    for each in tree.iter():
        if each.tag.endswith("circle"):
            assert 0 <= float(each.get("cx", "-1")) <= 720
            assert 0 <= float(each.get("cy", "-1")) <= 340
