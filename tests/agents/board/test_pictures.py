"""Pictures escape every text and keep every bar within the frame, for any figures."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from agents.board.pictures import HEIGHT, NARROW, WIDE, PictureWords, RateBar, levels, pair, rates, scale

HOSTILE = "<script>\"'&"
RATES = st.floats(0.0, 1.0)
BARS = st.lists(
    st.builds(RateBar, RATES, st.none() | RATES, st.booleans(), st.just(HOSTILE), st.just(HOSTILE)), max_size=60
)


@given(BARS, st.none() | RATES)
def test_a_picture_of_rates_stays_within_its_frame(bars: list[RateBar], target: float | None) -> None:
    words = PictureWords(HOSTILE, HOSTILE, [HOSTILE for _ in levels(scale(bars, target))])
    drawn = ET.fromstring(f"<all>{rates(bars, target, words)}</all>")
    pictures = drawn.findall("svg")
    assert [each.get("viewBox") for each in pictures] == [f"0 0 {width} {HEIGHT}" for width in (WIDE, NARROW)]
    for picture, width in zip(pictures, (WIDE, NARROW), strict=True):
        assert picture.get("aria-label") == HOSTILE
        for rect in picture.iter("rect"):
            x, y, wide, high = (float(rect.get(name, "nan")) for name in ("x", "y", "width", "height"))
            assert 0 <= x <= x + wide <= width
            assert 0 <= y <= y + high <= HEIGHT
    assert 2 <= len(levels(scale(bars, target))) <= 6


@given(st.lists(st.tuples(st.just(HOSTILE), st.floats(0.0, 1e9), st.just(HOSTILE)), min_size=1, max_size=2))
def test_a_pair_of_bars_compares_them(bars: list[tuple[str, float, str]]) -> None:
    picture = ET.fromstring(str(pair(bars, HOSTILE)))
    widths = [float(each.get("width", "nan")) for each in picture.iter("rect")]
    assert len(widths) == len(bars)
    assert all(2.0 <= each <= 130.0 for each in widths)
    assert [each.text for each in picture.iter("text")] == [HOSTILE] * 2 * len(bars)
