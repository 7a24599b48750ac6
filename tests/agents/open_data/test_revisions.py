"""An edition lists the changes since the one before, with their reasons if known."""

from __future__ import annotations

from datetime import date

from streams.indicators.annual import Annual
from tests.agents.open_data.opened import files, first, second, table
from tests.agents.totals.year import wrong, year


def test_a_decision_is_told_with_old_and_new_values() -> None:
    texts = files(second(), first())
    changed = table(texts["revisions.csv"])
    periods = ["2013", "2013-Q3", "2013-Q4", "2013-09", "2013-10"]
    assert [(row["indicateur"], row["periode"]) for row in changed] == [
        (rate, period) for rate in ("lost_rate", "answer_rate") for period in periods
    ]
    whole = changed[0]
    assert (whole["ancienne_valeur"], whole["nouvelle_valeur"]) == ("0.02", whole["ancienne_valeur_brute"])
    assert (whole["edition_precedente"], whole["edition"]) == ("1", "2")
    assert whole["motif"] == "dérive du comptage, mécanisme inconnu : écarté"
    revised = {row["periode"] for row in table(texts["indicateurs.csv"]) if row["revision"] == "revisee"}
    assert revised == {row["periode"] for row in changed}


def test_what_came_since_is_told() -> None:
    annual = year(wrong())
    annual.channels["im341"].months[4].days += 9
    changed = table(files(second(annual), first())["revisions.csv"])
    assert [(row["objet"], row["periode"]) for row in changed] == [("im341", "2013-Q2"), ("im341", "2013-05")]
    assert {row["motif"] for row in changed} == {"compté depuis l'édition précédente"}


def test_rows_that_came_or_went_are_told() -> None:
    annual: Annual = year(wrong(), today=date(2014, 11, 4))
    annual.indicators = [each for each in annual.indicators if each.kind != "satisfaction"]
    (gone,) = table(files(second(annual), first())["revisions.csv"])
    assert (gone["indicateur"], gone["nouveau_statut"], gone["motif"]) == ("satisfaction", "", "ligne supprimée")
    (come,) = table(files(first(), second(annual))["revisions.csv"])
    assert (come["indicateur"], come["ancien_statut"], come["motif"]) == ("satisfaction", "", "ligne nouvelle")


def test_the_first_edition_has_none() -> None:
    texts = files(first())
    assert table(texts["revisions.csv"]) == []
    assert {row["revision"] for row in table(texts["indicateurs.csv"])} == {"premiere"}
