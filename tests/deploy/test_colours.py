"""The colour of a miscount: as on the board's pages, legible on any ground, and distinct for the colour-blind too.

Simulated colour blindness: Machado, Oliveira, Fernandes, *A Physiologically-based Model for Simulation of Color Vision
Deficiency*, 2009, severity 1. Distance between colours: CIE 1976 (L*a*b*), in which 2.3 is just noticeable.
"""

from __future__ import annotations

import colorsys
import json
import re
from importlib.resources import files
from math import dist
from typing import Any, Final

import numpy as np
import pytest

from agents.language import Language
from config.quantities import contrast
from deploy.grafana.__main__ import texts
from deploy.grafana.colours import DOUBT, MISSED, REFERENCE

DARK: Final = "#181b1f"  # the ground of Grafana's panels on a dark screen
APART: Final = 20.0
SEEN: Final = {
    "normal": np.identity(3),
    "no red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "no blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
TO_XYZ: Final = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
WHITE: Final = (0.95047, 1.0, 1.08883)


def shares(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def seen(colour: str, by: str) -> tuple[float, float, float]:
    """Return a colour as L*a*b*, as somebody with this vision sees it."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in shares(colour)]
    xyz = np.asarray(TO_XYZ) @ np.clip(np.asarray(SEEN[by]) @ linear, 0, 1)
    x, y, z = (
        part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (xyz / np.asarray(WHITE)).tolist()
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def apart(one: str, other: str) -> float:
    """Return the smallest distance between two colours, over all kinds of vision."""
    return min(dist(seen(one, by), seen(other, by)) for by in SEEN)


def test_it_is_of_the_hue_that_the_boards_pages_have() -> None:
    css = files("agents.board").joinpath("templates/board.css").read_text(encoding="utf-8")
    (light, dark) = re.findall(r"--miscount: (#[0-9a-f]{6})", css)
    hues = [colorsys.rgb_to_hls(*shares(each))[0] * 360 for each in (light, DOUBT, dark)]
    assert max(hues) - min(hues) < 5


def test_white_is_read_on_it_and_it_on_white_and_on_dark() -> None:
    assert contrast(DOUBT, "#ffffff") >= 4.5
    assert contrast(DOUBT, DARK) >= 3


def panels() -> list[dict[str, Any]]:
    return [
        panel
        for text in texts(Language.FR).values()
        for panel in json.loads(text)["panels"]
        if panel["type"] == "timeseries"
    ]


def test_it_is_never_mistaken_for_a_bad_line_nor_for_a_curve_beside_it() -> None:
    assert apart(DOUBT, MISSED) > 2 * APART
    beside = {
        colour
        for panel in panels()
        if DOUBT in (painted := re.findall(r"#[0-9A-F]{6}", json.dumps(panel["fieldConfig"]["overrides"])))
        for colour in painted
    }
    assert len(beside) > 3
    assert all(apart(DOUBT, colour) >= APART for colour in beside - {DOUBT, REFERENCE}), beside  # an area, dots


@pytest.mark.parametrize(("one", "other", "far"), [("#D55E00", "#D55E00", False), ("#D55E00", "#0072B2", True)])
def test_the_measure_tells_colours_apart(one: str, other: str, *, far: bool) -> None:
    assert (apart(one, other) >= APART) is far
