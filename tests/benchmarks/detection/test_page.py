"""The page shows every family that was run, and keeps the other sections."""

from __future__ import annotations

from benchmarks.detection.cost import Cost
from benchmarks.detection.families.catalogue import FAMILIES
from benchmarks.detection.figure import Figure
from benchmarks.detection.page import page
from benchmarks.detection.persistence import Persistence
from benchmarks.detection.prose import FAMILIES as SAID
from benchmarks.detection.score import Score
from benchmarks.detection.thresholds import section
from benchmarks.detection.tocsin import TOCSIN


def score(family: str, error: float) -> Score:
    method = "exclude" if error else "none"
    return Score(
        method=TOCSIN,
        family=family,
        what="x",
        volume=30,
        rate=0.02,
        half=0,
        scenario=family,
        years=1.0,
        figure=Figure(method=method, coverage=1.0, raw_error=0.0, error=error, half=0.1, covers=True),
        persistence=Persistence(lag=0.4, far=0.2, runs=2),
    )


def test_every_family_has_its_section_and_the_thresholds_come_last() -> None:
    text = page([score(family, 0.0) for family in FAMILIES], [Cost(300, 1_000, 0.45, 9.0)], "## Kept\n")
    assert all(f"## {title}\n" in text for title, _ in SAID.values())
    assert "| here, 30 calls a day | 0.40 | 20.0% | 2.0 |" in text
    assert "## Kept\n" in text
    assert "at 300 calls a day: at most 40% | 45% | - | - | **no** |" in text
    assert text.endswith(section())


def test_a_corrected_figure_is_shown_where_there_is_one() -> None:
    assert "Nothing was corrected" in page([score("sound", 0.0)], [], "")
    assert "| exclude 1 | 1.00 | +0.00 | +0.20 |" in page([score("sound", 0.2)], [], "")
