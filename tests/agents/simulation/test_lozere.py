"""`tocsin demo --out` writes the years of Lozère as files, and refuses another office."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from agents.cli import app
from agents.simulation import lozere
from streams.simulation.lozere import PERIODS


def test_the_files_are_named_for_their_years(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lozere, "PERIODS", PERIODS[:1])  # the others are slow, and other tests cover them
    result = CliRunner().invoke(app, ["demo", "--out", str(tmp_path / "years")])
    assert result.exit_code == 0, result.output
    files = {path.name: path for path in (tmp_path / "years").iterdir()}
    assert set(files) == {"2012.jsonl", "survey-2014.csv"}
    for path in files.values():
        rows = len(path.read_text(encoding="utf-8").splitlines()) - (path.suffix == ".csv")
        assert f"{rows} rows to {path}" in result.output


def test_another_office_is_refused_with_what_it_lacks(tmp_path: Path) -> None:
    config = tmp_path / "office.yaml"
    config.write_text("site: mende\nlines:\n  standard: {}\n")
    result = CliRunner().invoke(app, ["demo", "--config", str(config)])
    assert result.exit_code == 2
    for key in ("lines.circulation", "services.cartes-grises", "requests.im344"):
        assert key in result.output
    assert "lines.standard" not in result.output
