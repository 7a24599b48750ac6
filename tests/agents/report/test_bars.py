"""Bars are as long as their values, their labels are letters, and everything lies within the picture."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from agents.report.bars import HEIGHT, WIDTH, LimitMark, ShareBar, TargetLine, ValueBar, bars, lying

TWO = [ValueBar("2012", 2.0, "2"), ValueBar("2013 <b>", 1.0, "1", raw=4.0, raw_written="4")]


def shapes(svg: str, style: str) -> list[ET.Element]:
    return [each for each in ET.fromstring(svg).iter() if each.get("class") == style]


def test_a_bar_is_as_high_as_its_value_and_raw_stands_around_it() -> None:
    svg = bars(TWO, "l", TargetLine(3.0, "t"), LimitMark(1, "m"))
    high, low = (float(each.attrib["height"]) for each in shapes(svg, "bar"))
    (raw,) = shapes(svg, "raw")
    assert abs(high - 2 * low) < 0.2
    assert abs(float(raw.attrib["height"]) - 2 * high) < 0.3
    assert len(shapes(svg, "target")) == 3  # the level, its sample and the limit
    assert "2013 &lt;b&gt;" in svg
    for each in ET.fromstring(svg).iter("rect"):
        assert 0 <= float(each.attrib["x"]) <= WIDTH - float(each.attrib["width"])
        assert 0 <= float(each.attrib["y"]) <= HEIGHT


def test_a_lying_bar_has_its_interval_within_the_whole() -> None:
    svg = lying([ShareBar("accueil", 0.98, 0.94, 1.0, "98 %")], "l")
    (whole,), (bar,), (between,) = shapes(svg, "rest"), shapes(svg, "bar"), shapes(svg, "between")
    assert abs(float(bar.attrib["width"]) - 0.98 * float(whole.attrib["width"])) < 0.1
    assert float(between.attrib["x1"]) < float(bar.attrib["width"]) < float(between.attrib["x2"])
