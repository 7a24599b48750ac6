"""Play the runs of held-out situations on several processes; runs that a file already has are not played again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import msgspec

from benchmarks.detection.held_out.families.catalogue import SITUATIONS
from benchmarks.detection.held_out.questions import Mode
from benchmarks.detection.held_out.run import Run, run
from benchmarks.detection.held_out.situation import name_of, worlds


class RunId(NamedTuple):
    """A run to be played."""

    situation: str
    world: str
    seed: int
    data: str = ""  # the file of the bank

    def name(self, mode: Mode) -> str:
        return f"{name_of(SITUATIONS[self.situation], self.world, self.seed)}/{mode}"


def runs(only: str, seeds: int, data: str = "") -> list[RunId]:
    """Return the runs of all situations whose name contains `only`, seed by seed: any first part is a sample."""
    return [
        RunId(name, world, seed, data)
        for seed in range(seeds)
        for name, situation in SITUATIONS.items()
        if only in name
        for world in worlds(situation, data)
    ]


def measure(asked: Sequence[RunId], modes: Sequence[Mode], processes: int, kept: Path | None = None) -> list[Run]:
    """Return the result of every run by every mode of answering, in this order."""
    known = {each.name: each for each in _read(kept)}
    for mode in modes:
        missing = [each for each in asked if each.name(mode) not in known]
        for each in _played(missing, mode, processes):
            known[each.name] = each
            if kept is not None:
                with kept.open("ab") as file:
                    file.write(msgspec.json.encode(each) + b"\n")
    return [known[each.name(mode)] for mode in modes for each in asked]


def _played(asked: Sequence[RunId], mode: Mode, processes: int) -> Iterator[Run]:
    play = partial(_run, mode=mode)
    if processes == 1 or len(asked) == 1:
        yield from map(play, asked)
        return
    with get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(play, asked)


def _run(asked: RunId, mode: Mode) -> Run:
    return run(asked.situation, asked.world, asked.seed, mode, asked.data)


def _read(kept: Path | None) -> Iterable[Run]:
    if kept is None or not kept.exists():
        return []
    return [msgspec.json.decode(each, type=Run) for each in kept.read_bytes().splitlines()]
