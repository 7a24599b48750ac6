"""A picture is complete by itself: none of its colours come from an outer style sheet."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from agents.report.drawing import standing_alone
from tests.agents.report.made import SVG


def test_a_picture_brings_its_style_its_hatching_and_its_name_space() -> None:
    alone = standing_alone(SVG)
    assert ET.fromstring(alone).tag == "{http://www.w3.org/2000/svg}svg"
    assert "var(" not in alone
    assert re.search(r"\.bar \{ fill: #1f4e79 \}", alone)
    assert '<pattern id="hatch"' in alone


def test_a_label_that_no_xml_can_hold_breaks_no_picture() -> None:
    assert ET.fromstring(standing_alone(SVG.replace("Étrangers", "a\ab\0c")))[-1].text == "a\ufffdb\ufffdc <12 %"


def test_what_is_drawn_stays_as_it_is() -> None:
    assert standing_alone(SVG).endswith(SVG[SVG.index("<rect") :])
