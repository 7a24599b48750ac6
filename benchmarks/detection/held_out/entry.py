"""The score of anybody's detector, from the files of the runs and the file of its alarms (docs/benchmark.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import inf
from pathlib import Path
from statistics import median
from typing import TypeVar

import msgspec
from msgspec import Struct

from benchmarks.detection.held_out.aims import shown
from benchmarks.detection.held_out.files import RUNS, TRUTH, RunFile, TruthLine
from benchmarks.detection.share import Share, Yearly
from benchmarks.detection.words import table
from streams.kept.times import DAY_MS

S = TypeVar("S", bound=Struct)
DAY_S = DAY_MS / 1000


class AlarmLine(Struct, kw_only=True):
    """A line of a detector's alarms."""

    run: str
    at: float | datetime  # epoch s, or RFC 3339

    @property
    def moment(self) -> float:
        return self.at if isinstance(self.at, int | float) else self.at.timestamp()


class Scored(Struct, kw_only=True):
    """The score of one run."""

    run: RunFile
    calls: int | None = None  # records from the first wrong one until an alarm; None if there is no alarm in time
    false: int = 0  # other alarms, at most one a day


def scored(folder: Path, alarms: Path) -> list[Scored]:
    """Return the score of every run; raise `ValueError` for an alarm of an unknown run."""
    runs = {each.run: each for each in _read(folder / RUNS, RunFile)}
    raised = defaultdict[str, list[float]](list)
    for each in _read(alarms, AlarmLine):
        if each.run not in runs:
            raise ValueError(f"{alarms}: run {each.run!r} is unknown; expected one of {folder / RUNS}")
        raised[each.run].append(each.moment)
    return [score(run, _read(folder / name / TRUTH, TruthLine), raised[name]) for name, run in runs.items()]


def score(run: RunFile, truth: Sequence[TruthLine], alarms: Sequence[float]) -> Scored:
    """Return the score of a run from its alarms (epoch s). Of a day only the first alarm counts."""
    found = Scored(run=run)
    days = set[float]()
    for at in sorted(alarms):
        if at // DAY_S in days:
            continue
        days.add(at // DAY_S)
        start, until = run.from_, run.until
        if start is None or until is None or not start <= at <= until:
            found.false += 1
        elif found.calls is None:
            found.calls = sum(each.call is not None and start <= each.at <= at for each in truth)
    return found


def summary(scores: Sequence[Scored]) -> str:
    """Return a table with a row for each situation, and one for each kind of run."""
    groups: dict[str, list[Scored]] = {}
    for each in scores:
        groups.setdefault(each.run.situation, []).append(each)
    kinds = {f"**all of kind {kind}**": [each for each in scores if each.run.kind == kind] for kind in KINDS}
    head = ("situation", "runs", "found [95 %]", "calls until found (median)", "false a line-year [95 %]")
    return table(head, _rows(groups) + _rows(kinds))


KINDS = ("fault", "real", "sound")


def _rows(groups: Mapping[str, Sequence[Scored]]) -> list[tuple[object, ...]]:
    rows = list[tuple[object, ...]]()
    for name, scores in groups.items():
        if not scores:
            continue
        faults = [each for each in scores if each.run.from_ is not None]
        delay = median([inf if each.calls is None else each.calls for each in faults]) if faults else None
        false = Yearly(sum(each.false for each in scores), sum(each.run.years for each in scores))
        rows.append((name, len(scores), Share.of(each.calls is not None for each in faults), shown(delay), false))
    return rows


def _read(file: Path, kind: type[S]) -> list[S]:
    return [msgspec.json.decode(each, type=kind) for each in file.read_bytes().splitlines() if each.strip()]
