"""Open data is a valid, reproducible Data Package and contains nothing beyond the report."""

from __future__ import annotations

import csv
import json
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agents.open_data.observations import PublishedEdition
from agents.open_data.package import package
from agents.totals.document import document
from streams.indicators.period import Period
from tests.agents.open_data.opened import OFFICE, files, first, second, table
from tests.agents.totals.year import PARIS, wrong, year


def errors(folder: Path, texts: dict[str, str]) -> list[str]:
    """Return the errors that the Frictionless Data validator finds in files."""
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    limit = csv.field_size_limit()
    try:
        from frictionless import Package, system  # noqa: PLC0415 -- it changes the whole process

        with system.use_context(trusted=True):
            report = Package(str(folder / "datapackage.json")).validate()
    finally:
        csv.field_size_limit(limit)  # which the import lifts for the whole process
    return [error.type for error in chain(report.errors, *(task.errors for task in report.tasks))]


@pytest.mark.parametrize(
    "found",
    [
        pytest.param((first(), None), id="the first edition"),
        pytest.param((second(), first()), id="a revision"),
        pytest.param((PublishedEdition(year(wrong()), None), first()), id="no edition"),
        pytest.param((PublishedEdition(year(today=date(2013, 5, 20)), None), None), id="a year that goes on"),
        pytest.param((PublishedEdition(year(today=date(2012, 5, 20)), None), None), id="a year to come"),
        pytest.param(
            (PublishedEdition(year(period=Period(date(2013, 4, 1), date(2013, 6, 30))), None), None), id="a quarter"
        ),
        pytest.param(
            (PublishedEdition(year(wrong(verdict="undecided", status="open", decisions=[])), None), None), id="withheld"
        ),
        pytest.param(
            (PublishedEdition(year(period=Period(date(2019, 1, 7), date(2019, 2, 3))), None), None), id="nothing"
        ),
    ],
)
def test_it_is_a_valid_data_package(found: tuple[PublishedEdition, PublishedEdition | None], tmp_path: Path) -> None:
    assert errors(tmp_path, files(*found)) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "wrong"),
    [
        ("indicateurs.csv", "lost_rate,Taux", "lost_rates,Taux", "constraint-error"),
        ("indicateurs.csv", "2013-Q1,trimestre,2013-01-01", "2013-Q1,trimestre,01/01/2013", "type-error"),
        ("indicateurs.csv", ",2013-Q1,", ",2013-Q2,", "primary-key"),
        ("indicateurs.csv", ",0.02,", ',"0,02",', "type-error"),
        ("indicateurs.csv", ",1.0,0.1,", ",1.5,0.1,", "constraint-error"),
        ("indicateurs.csv", "valeur,numerateur", "value,numerateur", "incorrect-label"),
        ("indicateurs.csv", "site,organisme,", "organisme,", "missing-label"),
        ("correspondance.csv", "meme_definition", "presque", "constraint-error"),
        ("revisions.csv", "lost_rate,circulation,2013,1,2", "lost_rate,circulation,2013,,2", "constraint-error"),
        ("schema-revisions.json", '"integer"', '"whole"', "field-error"),
    ],
)
def test_a_broken_file_is_found(file: str, old: str, new: str, wrong: str, tmp_path: Path) -> None:
    texts = files(second(), first())
    if file == "correspondance.csv":
        texts[file] = texts[file].replace(",proche,", f",{old},", 1)
    assert old in texts[file]
    texts[file] = texts[file].replace(old, new)
    try:
        found = errors(tmp_path, texts)
    except Exception as error:  # noqa: BLE001 -- the library raises the schema's errors
        found = [str(error)]
    assert any(wrong in each for each in found), found


def test_the_same_edition_is_the_same_file() -> None:
    assert package(second(), first(), OFFICE, PARIS) == package(second(), first(), OFFICE, PARIS)


def test_counts_are_those_of_the_document() -> None:
    found = first()
    told: dict[str, Any] = json.loads(msgspec.json.encode(document(found.annual, PARIS, found.vintage)))
    rows = table(files(found)["indicateurs.csv"])
    for name, line in told["lines"].items():
        hours = line["opening_hours"]
        for indicator, count in (("lost_rate", "lost"), ("answer_rate", "answered")):
            for kind in ("annee", "trimestre", "mois"):
                of = (indicator, name, kind)
                own = [row for row in rows if (row["indicateur"], row["objet"], row["periode_type"]) == of]
                assert sum(int(row["numerateur_brut"]) for row in own) == hours["raw"][count]
                assert sum(int(row["denominateur_brut"]) for row in own) == hours["raw"]["offered"], "none was diverted"
    for each in told["indicators"]:
        (row,) = (
            row for row in rows if (row["indicateur"], row["objet"], row["periode"]) == (*each["id"].split(":"), "2013")
        )
        for column, figure in (("valeur", "corrected"), ("valeur_brute", "raw")):
            assert float(row[column]) == each[figure]["value"]
        assert (row["statut"], row["statut_brut"]) == (each["corrected"]["status"], each["raw"]["status"])


def test_no_person_is_in_it() -> None:
    every = "".join(files(first()).values()) + "".join(files(second(), first()).values())
    assert "Circulation" in every
    for private in ("m.durand", "panne", "4711", "hmac:"):
        assert private not in every
