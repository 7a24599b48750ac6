"""The CSV has one row for each indicator, and no cell that a spreadsheet would run."""

from __future__ import annotations

import codecs
import csv
from io import StringIO

import pytest

from agents.csv_text import safe
from agents.language import Language
from agents.totals.rows import office_columns, rows
from agents.totals.telling import Telling
from tests.agents.totals.year import HOSTILE, NO_SUM, PARIS, wrong, year


def test_there_is_a_row_for_each_indicator() -> None:
    annual = year(wrong())
    found = list(csv.DictReader(StringIO(rows(annual, PARIS))))
    assert [row["id"] for row in found] == [each.id for each in annual.indicators]
    assert list(found[0]) == [each.name for each in office_columns(Telling(Language.EN, PARIS))]
    rate = found[0]
    assert float(rate["raw"]) == annual.indicators[0].raw.value
    assert float(rate["corrected"]) == annual.indicators[0].corrected.value
    assert (rate["before_period"], rate["flips"], rate["method"]) == ("2012", "True", "exclude")
    assert rate["guard"] == ""
    assert found[2]["label"] == f"Taux d'appels perdus : {HOSTILE}"


def test_a_line_that_is_not_the_sum_of_its_parts_says_so_in_its_own_row() -> None:
    found = list(csv.DictReader(StringIO(rows(year(wrong()), PARIS, sums=[NO_SUM]))))
    said = [row["sums"] for row in found]
    assert said[0].startswith("circulation: 40 lost, and 37 in accueil + permis")
    assert not any(said[1:])


def test_a_withheld_figure_is_an_empty_cell_and_a_reason() -> None:
    annual = year(wrong(verdict="undecided", status="open", decisions=[]))
    rate = next(csv.DictReader(StringIO(rows(annual, PARIS))))
    assert (rate["corrected"], rate["low"], rate["corrected_status"], rate["raw_status"]) == ("", "", "Q", "U")
    assert (rate["method"], rate["guard"]) == ("unavailable", "undecided since 2 September 2013")


def test_a_french_spreadsheet_opens_it() -> None:
    annual = year(wrong())
    text = rows(annual, PARIS, sums=[NO_SUM], reader=Language.FR)
    assert text.encode().startswith(codecs.BOM_UTF8)
    found = list(csv.DictReader(StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert len(found) == len(annual.indicators)
    rate, raw = found[0], annual.indicators[0].raw.value
    assert raw is not None
    assert (rate["Indicateur"], rate["Unité"]) == ("Taux d'appels perdus : Circulation", "%")
    assert float(rate["Valeur brute"].replace(",", ".")) == pytest.approx(raw * 100)
    assert (rate["Valeur corrigée"], rate["Objectif"], rate["Statut brut"]) == ("2,0", "10,0", "douteuse")
    assert (rate["Atteint (brut)"], rate["Atteint (corrigé)"]) == ("non", "oui")
    wait = next(at for at, each in enumerate(annual.indicators) if each.kind == "wait")
    assert found[wait]["Unité"] == "minutes"
    assert float(found[wait]["Valeur corrigée"].replace(",", ".")) == annual.indicators[wait].corrected.value
    assert not {"True", "False", "None"} & {cell for row in found for cell in row.values()}


def test_every_share_of_a_spreadsheet_is_in_percent() -> None:
    annual = year(wrong())
    share = next(csv.DictReader(StringIO(rows(annual, PARIS))))
    text = rows(annual, PARIS, reader=Language.EN).removeprefix("\ufeff")
    percent = next(csv.DictReader(StringIO(text)))
    heads = {each.name: each.head for each in office_columns(Telling(Language.EN, PARIS))}
    for name in ("target", "raw", "corrected", "low", "high", "before_raw", "before_corrected"):
        assert float(percent[heads[name]]) == pytest.approx(100 * float(share[name]), abs=1e-4), name


def test_a_withheld_figure_stays_out_of_a_spreadsheet_too() -> None:
    annual = year(wrong(verdict="undecided", status="open", decisions=[]))
    text = rows(annual, PARIS, reader=Language.FR).removeprefix("\ufeff")
    rate = next(csv.DictReader(StringIO(text), delimiter=";"))
    assert (rate["Valeur corrigée"], rate["Bas (95 %)"], rate["Statut corrigé"]) == ("", "", "non publiée")
    assert rate["Motif de non-publication"] == "indécis depuis le 2 septembre 2013"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "\uff1d1"])
def test_no_text_becomes_a_formula(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("cell", [-0.5, None, True, "Standard", ""])
def test_what_is_none_is_left_as_it_is(cell: object) -> None:
    assert safe(cell) is cell
