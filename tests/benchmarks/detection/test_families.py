"""Every family plays the fault that it describes, and no two scenarios are the same."""

from __future__ import annotations

import pytest

from benchmarks.detection.bound import findable
from benchmarks.detection.families.catalogue import FAMILIES
from benchmarks.detection.families.plan import Plan
from benchmarks.detection.prose import FAMILIES as SAID
from benchmarks.detection.score import Score


@pytest.mark.parametrize("family", FAMILIES)
def test_scenarios_have_names_and_halves_of_their_own(family: str) -> None:
    played = list(FAMILIES[family](Plan()))
    assert len({each.name for each in played}) == len(played)
    assert {each.family for each in played} == {family}
    assert {each.seed % 2 for each in played} == {0, 1}
    assert family in SAID


@pytest.mark.parametrize("family", FAMILIES)
def test_a_half_has_its_seeds_alone(family: str) -> None:
    even, odd = (list(FAMILIES[family](Plan(seeds=2, half=half, volumes=(100,)))) for half in (0, 1))
    assert len(even) == len(odd)
    assert {each.seed % 2 for each in even} == {0}
    assert {each.seed % 2 for each in odd} == {1}


def test_a_fault_falls_into_the_days_that_are_played() -> None:
    for family in ("faults", "early", "bare"):
        for each in FAMILIES[family](Plan()):
            for fault in each.faults:
                assert each.days[0].start <= fault.start < fault.end <= each.days[-1].end


def test_what_empties_a_cell_takes_time_to_be_found() -> None:
    def hidden(what: str, volume: int, days: float) -> bool:
        return findable(
            Score(method="", family="", what=what, volume=volume, rate=0.0187, half=0, scenario="", lasting=days)
        )

    assert [hidden("lost-missing", 100, days) for days in (4, 5)] == [False, True]
    assert [hidden("diverted-as-lost", 30, days) for days in (20, 25)] == [False, True]
    assert [hidden("short-dropped", 300, days) for days in (4, 5)] == [False, True]
    assert hidden("phantoms", 30, 1)
