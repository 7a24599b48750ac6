from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from agents.analysis.fold import Analysis
from agents.commands.files import Head, context_of, opened, read
from agents.sources.kind import FileKind
from agents.sources.pseudonym import Pseudonymizer
from benchmarks.connectors.kinds import KINDS, OFFICE, make
from config.settings import Settings, load


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    path = tmp_path_factory.mktemp("office") / "office.yaml"
    path.write_text(OFFICE, encoding="utf-8")
    return load(path, {})


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_tells_the_calls_of_the_office(kind: FileKind, office: Settings, tmp_path: Path) -> None:
    path = tmp_path / kind.value
    made = make(kind, 800, office, path)
    analysis = Analysis(office, round(time.time() * 1000))
    mapping = "bench" if kind is FileKind.CALLS else None
    context = context_of(kind, [path], office, Pseudonymizer(b"a key of the tests"), None, None, mapping)
    with opened([path]) as rows:
        analysis.take(read(kind, Head([path], rows), context, office))
    counts = {}
    for line in made.counts:
        total = analysis.lines[line].figures
        counts[line] = Counter(offered=analysis.lines[line].state.offered)
        counts[line].update(answered=total.total().answered, lost=total.total().lost, diverted=total.total().diverted)
    assert counts == made.counts
    assert set(analysis.results) == {"ok"}


def test_a_row_more_or_less_is_as_many_as_were_asked_for(office: Settings, tmp_path: Path) -> None:
    made = {kind: make(kind, 2_000, office, tmp_path / "file").rows for kind in KINDS}
    assert all(1_600 < rows < 2_400 for rows in made.values()), made
