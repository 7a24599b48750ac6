"""A nation's open data is a valid Data Package with a row for each level, unit, indicator and subject."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest

from agents.kafka.client import Topic, topic
from agents.nation.figures import nation_figures
from agents.nation.open_data import MESHES, units_observations, units_package
from agents.nation.scope import Scope, scope_of
from agents.open_data.observations import PublishedEdition, observations
from agents.totals.history import figures as annual
from streams.indicators.period import Period
from streams.ledger.day import LineDay, day_key, write_day
from tests.agents.nation.made import MONTH, TODAY, MadeRecord, figures, history, nation, offices
from tests.agents.open_data.test_package import errors


def files(scope: Scope) -> dict[str, str]:
    with ZipFile(BytesIO(units_package(scope))) as packed:
        return {name: packed.read(name).decode() for name in packed.namelist()}


@pytest.mark.slow  # the first in a process imports frictionless
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


def test_a_line_that_nobody_called_has_the_words_and_zeros_of_its_office_and_a_silent_office_has_none() -> None:
    of = offices()
    quiet, zone = of.sites["a"], ZoneInfo(of.shared.timezone)
    kept = history(of)
    for passed in range(31):
        day = LineDay(id="a/standard", day=(MONTH.first + timedelta(passed)).isoformat(), offset=99, closed=True)
        kept.take(MadeRecord(topic(of.shared, Topic.LEDGER), day_key(day).encode(), write_day(day)))
    rows = units_observations(scope_of(nation_figures(of, kept, MONTH, TODAY)))
    columns = ("valeur", "numerateur", "denominateur", "statut", "qualite", "statut_brut", "motif")

    def picked(of: list[dict[str, object]], **where: str) -> list[object]:
        (row,) = (row for row in of if row.items() >= where.items())
        return [row[name] for name in columns]

    asked = {"indicateur": "lost_rate", "objet": "standard"}
    found = picked(rows, maille="site", unite_nom="a", **asked)
    assert found == [None, 0, 0, "A", "normale", "A", "personne n'a appelé"]
    own = observations(PublishedEdition(annual(quiet, kept, MONTH, TODAY, whole_only=True), None), "", zone)
    assert found == picked(own, periode_type="mois", **asked)
    silent = picked(rows, maille="site", unite_nom="mute", **asked)
    assert silent == [None, None, None, "O", "rien n'a été compté", "O", "rien n'a été compté"]
