"""Play scenarios on several processes, and judge what every method says of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from multiprocessing import get_context
from typing import Final

from rich.console import Console
from rich.progress import track

from benchmarks.detection.rivals.catalogue import detector
from benchmarks.detection.scenario import Scenario
from benchmarks.detection.score import Score, scores

CHUNK: Final = 6  # scenarios that one process plays in turn: most share a profile, whose fit takes longest


def measure(scenarios: Sequence[Scenario], rivals: Sequence[str], processes: int) -> list[Score]:
    """Return the score of Tocsin and of these rivals in every scenario, in the order of the scenarios."""
    order = {each.name: number for number, each in enumerate(scenarios)}
    if len(order) < len(scenarios):
        raise ValueError("two scenarios have one name; expected another what, volume or seed")

    def weight(each: Scenario) -> tuple[float, float, float]:
        return -each.profile.calls_a_day, each.profile.icc, each.profile.expected_lost_rate

    play = partial(_scores, rivals=tuple(rivals))
    heaviest = sorted(scenarios, key=weight)
    shown, played = Console(stderr=True), []
    with get_context("spawn").Pool(processes) as pool:
        judged = pool.imap_unordered(play, heaviest, chunksize=max(1, min(CHUNK, len(heaviest) // (4 * processes))))
        for some in track(judged, f"{len(heaviest)} scenarios", total=len(heaviest), console=shown, transient=True):
            played += some
    return sorted(played, key=lambda score: order[score.scenario])


def _scores(scenario: Scenario, rivals: tuple[str, ...]) -> list[Score]:
    return scores(scenario, {name: detector(name) for name in rivals})
