"""The tables count runs and months by the truth, and an aim is reached only by its figure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.detection.held_out import measure as measuring
from benchmarks.detection.held_out.aims import AIMS, delay, moving, unmarked, wrong_months
from benchmarks.detection.held_out.measure import RunId, measure, runs
from benchmarks.detection.held_out.published import Figure
from benchmarks.detection.held_out.questions import Mode
from benchmarks.detection.held_out.run import Run
from benchmarks.detection.held_out.situation import Kind
from benchmarks.detection.held_out.table import tables


def made(situation: str, kind: Kind, figures: Sequence[Figure] = (), told: int | None = None, **other: object) -> Run:
    given = {"name": situation, "situation": situation, "world": "office", "seed": 0, "answers": "none", "years": 0.5}
    given["whole"] = Figure(name="whole")
    return Run(kind=kind, figures=list(figures), told=told, **given | other)  # type: ignore[arg-type]


def month(rate: float | None, *, wrong: int = 9, method: str = "none") -> Figure:
    return Figure(name="2013-09", true=0.04, wrong=wrong, rate=rate, low=0.03, high=0.05, method=method)


SILENT = made("silent 18 %", "fault", [month(0.06), month(0.06, method="exclude"), month(None)], told=40, moves=8.0)
DAY_ONE = made("day one 2 x, no prior", "fault", [month(0.08), month(0.04, wrong=0)], moves=4.0)
COPIES = made("copies after 3 s", "fault", [month(0.041)], moves=0.0)
STRIKE = made("strike of two days", "real", [month(0.04, wrong=0)], false=["drift"])


def test_months_are_unmarked_if_they_are_published_off_without_a_sign() -> None:
    months = wrong_months([SILENT, DAY_ONE, COPIES, STRIKE])
    assert len(months) == 5
    assert unmarked(months) == (2, 4)


def test_only_faults_that_move_the_rate_have_a_delay_and_a_missed_one_is_never_reported() -> None:
    assert moving([SILENT, DAY_ONE, COPIES, STRIKE]) == [SILENT, DAY_ONE]
    assert delay([SILENT]) == 40
    assert delay([SILENT, DAY_ONE, DAY_ONE]) == float("inf")
    assert delay([]) is None


def test_an_aim_is_reached_by_its_figure_and_shown_by_its_interval() -> None:
    withheld = next(aim for aim in AIMS if aim.says == "months of sound lines: withheld")
    for months, reached in ((1, ("yes", "no")), (400, ("yes", "yes"))):
        line = made("sound, 80 a day, 2.1%", "sound", [month(0.04, wrong=0)] * months)
        assert withheld.reached(withheld.figure([line]), "none") == reached
    line = made("sound, 80 a day, 2.1%", "sound", [month(None, wrong=0)])
    assert withheld.reached(withheld.figure([line]), "none") == ("**no**", "no")


def test_the_tables_have_a_row_for_each_situation_and_a_part_for_each_mode() -> None:
    text = tables([SILENT, DAY_ONE, STRIKE, made("silent 18 %", "fault", answers="true", told=9)])
    assert text.count("## Answers: ") == 2
    assert "| strike of two days |  | - | - | - | drift 1 |" in text
    assert f"{len(AIMS)} aims are looked at" in text


def test_runs_in_the_file_are_not_played_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    played = []

    def run(situation: str, world: str, seed: int, mode: Mode, _: str) -> Run:
        played.append(mode)
        return made(situation, "fault", name=RunId(situation, world, seed).name(mode), answers=mode)

    monkeypatch.setattr(measuring, "run", run)
    asked, file = runs("silent 18 %", 2), tmp_path / "runs.jsonl"
    assert len(asked) == 4
    first = measure(asked, ["none"], 1, file)
    both = measure(asked, ["none", "true"], 1, file)
    assert played == ["none"] * 4 + ["true"] * 4
    assert both[:4] == first
