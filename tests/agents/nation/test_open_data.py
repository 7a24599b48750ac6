"""A nation's open data is a valid Data Package with a row for each level, unit, indicator and subject."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from agents.nation.open_data import MESHES, units_observations, units_package
from agents.nation.scope import Scope, scope_of
from streams.indicators.period import Period
from tests.agents.nation.made import figures, nation
from tests.agents.open_data.test_package import errors


def files(scope: Scope) -> dict[str, str]:
    with ZipFile(BytesIO(units_package(scope))) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


@pytest.mark.parametrize(
    "scope",
    [
        pytest.param(nation, id="the nation"),
        pytest.param(lambda: nation(date(2013, 1, 20)), id="a month that goes on"),
        pytest.param(lambda: scope_of(figures(), region="North"), id="a region"),
        pytest.param(lambda: scope_of(figures(), department="Department doubt"), id="a department that is withheld"),
        pytest.param(lambda: scope_of(figures(period=Period(date(2013, 2, 1), date(2013, 2, 28)))), id="nothing"),
    ],
)
def test_it_is_a_valid_data_package(scope: object, tmp_path: Path) -> None:
    assert errors(tmp_path, files(scope())) == []  # type: ignore[operator]


def test_meshes_are_sums_of_each_other() -> None:
    rows = [
        row for row in units_observations(nation()) if (row["indicateur"], row["objet"]) == ("lost_rate", "circulation")
    ]
    of = {mesh: [row for row in rows if row["maille"] == mesh] for mesh in MESHES.values()}
    assert {mesh: len(found) for mesh, found in of.items()} == {
        "nationale": 1,
        "regionale": 2,
        "departementale": 9,
        "site": 9,
    }
    offered = {mesh: sum(row["denominateur_brut"] or 0 for row in found) for mesh, found in of.items()}
    assert len(set(offered.values())) == 1
    (silent,) = (row for row in of["site"] if row["unite_nom"] == "mute")
    assert (silent["statut"], silent["valeur"], silent["numerateur"]) == ("O", None, None)


def test_the_statement_says_what_is_missing() -> None:
    found = files(nation())
    assert "Prefecture doubt, Circulation" in found["README.md"]
    assert "Prefecture mute" in found["LISEZMOI.md"]
    assert "<script>" not in found["README.md"]
