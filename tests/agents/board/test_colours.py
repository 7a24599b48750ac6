"""Colour-blind people can distinguish the states' colours on light and dark screens, and read each of them."""

from __future__ import annotations

import re
from importlib.resources import files
from itertools import combinations
from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt
from typing import Final, TypeAlias

import pytest

from config.quantities import contrast
from tests.deploy.test_colours import SEEN, seen

Triple: TypeAlias = tuple[float, float, float]

STYLE = files("agents.board").joinpath("templates/board.css").read_text(encoding="utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+);", each)) for each in re.findall(r":root {(.*?)\n}", STYLE, re.DOTALL)
)
STATES: Final = ("calm", "busy", "overload", "miscount", "silent", "closed")  # no data looks like closed
APART: Final = 15.0  # CIEDE2000: a difference of 1 is barely visible side by side
READ: Final = 4.5  # WCAG 2.2, 1.4.3


def difference(one: Triple, other: Triple) -> float:
    """Return the CIEDE2000 difference (Sharma, Wu and Dalal, 2005)."""
    mean = (hypot(*one[1:]) + hypot(*other[1:])) / 2
    stretch = 1.5 - sqrt(mean**7 / (mean**7 + 25**7)) / 2
    (l1, c1, h1), (l2, c2, h2) = (
        (each[0], hypot(each[1] * stretch, each[2]), degrees(atan2(each[2], each[1] * stretch)) % 360)
        for each in (one, other)
    )
    light, chroma, turn = (l1 + l2) / 2, (c1 + c2) / 2, (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    hue = (h1 + turn / 2) % 360
    wave = 1 - 0.17 * cos(radians(hue - 30)) + 0.24 * cos(radians(2 * hue))
    wave += 0.32 * cos(radians(3 * hue + 6)) - 0.20 * cos(radians(4 * hue - 63))
    by_light = (l2 - l1) / (1 + 0.015 * (light - 50) ** 2 / sqrt(20 + (light - 50) ** 2))
    by_chroma = (c2 - c1) / (1 + 0.045 * chroma)
    by_hue = 2 * sqrt(c1 * c2) * sin(radians(turn / 2)) / (1 + 0.015 * chroma * wave)
    blue = -sin(radians(60 * exp(-(((hue - 275) / 25) ** 2)))) * 2 * sqrt(chroma**7 / (chroma**7 + 25**7))
    return sqrt(by_light**2 + by_chroma**2 + by_hue**2 + blue * by_chroma * by_hue)


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.5, 0.0), (61.0, -5.0, 29.0), 22.8977),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ],
)
def test_the_difference_is_that_of_the_paper(one: Triple, other: Triple, told: float) -> None:
    assert difference(one, other) == pytest.approx(told, abs=1e-4)


@pytest.mark.parametrize("by", SEEN)
@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_each_two_states_are_far_apart_whoever_looks(colours: dict[str, str], by: str) -> None:
    shown = {state: seen(colours[state], by) for state in STATES}
    near = {
        (one, other): round(found, 1)
        for one, other in combinations(STATES, 2)
        if (found := difference(shown[one], shown[other])) < APART
    }
    assert near == {}


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_each_state_can_be_read_on_its_ground_and_on_those_of_the_page(colours: dict[str, str]) -> None:
    for state in (*STATES, "nodata"):
        for ground in (f"{state}-wash", "paper", "card"):
            assert contrast(colours[state], colours[ground]) >= READ, (state, ground)
    assert contrast(colours["accent"], colours["on-accent"]) >= READ
    assert colours["accent"] == colours["calm"], "a bar of a curve and a calm line have one colour"
