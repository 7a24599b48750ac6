"""Held-out runs as files, for detectors of any kind: events, configuration, truth and answers (docs/benchmark.md)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec
import yaml
from msgspec import Struct
from rich.progress import track

from benchmarks.detection.held_out.families.catalogue import SITUATIONS
from benchmarks.detection.held_out.measure import RunId
from benchmarks.detection.held_out.questions import answers_of
from benchmarks.detection.held_out.situation import Kind, Played, play
from benchmarks.detection.office import LINE

RUNS: Final = "runs.jsonl"
EVENTS: Final = "events.jsonl"
TRUTH: Final = "truth.jsonl"
ANSWERS: Final = "answers.jsonl"
CONFIG: Final = "office.yaml"


class RunFile(Struct, kw_only=True, rename={"from_": "from"}):
    """A line of `runs.jsonl`. Moments are epoch seconds; a run without a fault has none."""

    run: str  # the name of its folder
    situation: str
    world: str
    seed: int
    kind: Kind
    years: float
    from_: float | None = None  # the first call whose record is wrong or missing
    until: float | None = None  # an alarm about the fault is raised until then


class TruthLine(Struct, kw_only=True):
    """A line of `truth.jsonl`: a record of a call, or a call without a record."""

    call: str | None  # its id in the events; None without a record
    at: float  # epoch s: its start
    recorded: str | None  # the recorded outcome
    true: str | None  # the true outcome; None if there was no such call
    right: bool


class AnswerLine(Struct, kw_only=True):
    """A line of `answers.jsonl`, as `tocsin analyze` reads it."""

    line: str
    call: str
    answer: str
    after: float  # s


def export(asked: Sequence[RunId], folder: Path) -> None:
    """Write these runs below a folder."""
    described = []
    for each in track(asked, f"{len(asked)} runs", transient=True):
        situation = SITUATIONS[each.situation]
        played = play(situation, each.world, each.seed, each.data)
        found = RunFile(
            run=re.sub(r"[^a-z0-9]+", "-", f"{each.situation} {each.world} {each.seed}".lower()),
            situation=each.situation,
            world=each.world,
            seed=each.seed,
            kind=situation.kind,
            years=played.years,
        )
        if played.first is not None:
            found.from_, found.until = played.first / 1000, played.until / 1000
        write(played, folder / found.run)
        described.append(found)
    _write(folder / RUNS, described)


def write(played: Played, folder: Path) -> None:
    """Write the files of one run."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / EVENTS, played.events)
    _write(folder / TRUTH, truth(played))
    answers = answers_of(played.recorded, "true")
    assert answers is not None
    given = ((call, answers(LINE, call)) for call in played.recorded)
    _write(
        folder / ANSWERS,
        (AnswerLine(line=LINE, call=call, answer=each.answer, after=each.after) for call, each in given if each),
    )
    settings = played.settings
    office = settings.model_dump(mode="json", include={"site", "timezone", "holidays", "opening_hours", "clock"})
    line = settings.lines[LINE].model_dump(mode="json", include={"label", "expected_lost_rate"})
    text = yaml.safe_dump({**office, "lines": {LINE: line}}, sort_keys=False)
    (folder / CONFIG).write_text(text, encoding="utf-8")


def truth(played: Played) -> list[TruthLine]:
    """Return the records of a run and the calls without one, in the order of their starts."""
    lines = [
        TruthLine(call=call, at=each.start / 1000, recorded=each.outcome, true=each.true, right=each.right)
        for call, each in played.recorded.items()
    ]
    lines += [
        TruthLine(call=None, at=each.start / 1000, recorded=None, true=each.outcome, right=False)
        for each in played.calls
        if each.call not in played.recorded
    ]
    return sorted(lines, key=lambda each: each.at)


def _write(file: Path, lines: Iterable[Struct]) -> None:
    file.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in lines))
