"""The figures of each record for every line, beside the truth from callers and telephones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from typer.testing import CliRunner

from agents.cli import app
from tests.exchange.case import Case, Counts
from tests.exchange.lab import Lab
from tests.exchange.office import FIRST


class Difference(NamedTuple):
    record: str
    line: str
    truth: Counts
    told: Counts


def counts(kind: str, file: Path, config: Path) -> Mapping[str, Counts]:
    """Return the raw figures of every line that `tocsin analyze` reads in a file. Raises `RuntimeError`."""
    done = CliRunner().invoke(app, ["analyze", kind, str(file), "--json", "--config", str(config)])
    if done.exit_code != 0:
        raise RuntimeError(f"tocsin analyze {kind}: {done.stderr.strip()}")
    lines = json.loads(done.stdout)["lines"]
    return {name: Counts(*(line["raw"][each] for each in Counts._fields)) for name, line in lines.items()}


def differences(record: str, kind: str, told: Mapping[str, Counts], cases: Sequence[Case]) -> Iterator[Difference]:
    """Yield the lines for which a record differs from the figures that it can know."""
    for case in cases:
        truths = case.knows.get(kind, case.first), case.second
        for line, truth in zip((case.name, f"{case.name}-2"), truths, strict=True):
            found = told.get(line, Counts(0, 0, 0, 0))
            if found != truth:
                yield Difference(record, line, truth, found)


def misplayed(lab: Lab) -> Iterator[str]:
    """Yield the cases in which the number of lifted telephones is wrong."""
    for index, case in enumerate(lab.cases, FIRST):
        meant = case.picked if case.picked is not None else case.first.answered + case.second.answered
        if lab.picked[index] != meant:
            yield f"{case.name}: {lab.picked[index]} telephones were lifted, {meant} were meant to be"


def played(cases: Sequence[Case]) -> Counts:
    """Return the sum of the played calls of all lines."""
    every = [counts for case in cases for counts in (case.first, case.second)]
    return Counts(*(sum(column) for column in zip(*every, strict=True)))
