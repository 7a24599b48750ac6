"""The workbook opens, has one sheet per indicator, and keeps numbers as numbers and texts as texts."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import openpyxl
import pytest

from agents.language import Language
from agents.totals.workbook import workbook
from streams.watch.guard import Guard
from tests.agents.totals.year import HOSTILE, NO_SUM, PARIS, edition, wrong, year


@pytest.fixture(scope="module")
def book() -> Any:
    found = edition(wrong())
    return openpyxl.load_workbook(BytesIO(workbook(found.annual, PARIS, Language.FR, found)))


def names(sheet: Any) -> dict[str, Any]:
    return {str(row[0].value).strip(): row[1].value for row in sheet.iter_rows() if row[0].value is not None}


@pytest.mark.slow
def test_there_is_a_summary_and_a_sheet_for_each_indicator(book: Any) -> None:
    annual = year(wrong())
    assert len(book.sheetnames) == 1 + len(annual.indicators)
    assert book.sheetnames[:2] == ["Synthèse", "01 Circulation"]
    rows = list(book["Synthèse"].iter_rows(min_row=5, max_row=4 + len(annual.indicators), values_only=True))
    # A workbook keeps 16 digits of a number.
    assert [row[3] for row in rows] == pytest.approx([each.raw.value for each in annual.indicators])
    assert [row[5] for row in rows] == pytest.approx([each.corrected.value for each in annual.indicators])
    assert rows[0][-1] is not None
    assert "décide de l" in rows[0][-1]


def test_the_summary_ends_with_what_is_no_sum() -> None:
    made = workbook(year(wrong()), PARIS, Language.FR, sums=[NO_SUM])
    *_, last = openpyxl.load_workbook(BytesIO(made))["Synthèse"].iter_rows(values_only=True)
    assert str(last[0]).startswith("circulation : 40 perdus, et 37 pour accueil + permis")


def test_a_sheet_says_what_auditors_ask_for(book: Any) -> None:
    rate = year(wrong()).indicators[0]
    found = names(book["01 Circulation"])
    asked = {"Unité", "Source des données", "Mode de calcul", "Biais et limites", "Couverture", "Correction", "Constat"}
    assert asked <= found.keys()
    assert found["Réalisé, valeur brute"] == pytest.approx(rate.raw.value)
    assert found["Réalisé, valeur corrigée"] == pytest.approx(rate.corrected.value)
    assert found["septembre 2013"] > 0
    assert rate.incidents[0] in found
    assert "80,00 % <b>perdus</b>" in found["Constat"]


def test_the_summary_has_a_head_that_stays_and_filters(book: Any) -> None:
    summary, indicators = book["Synthèse"], year(wrong()).indicators
    assert summary.freeze_panes == "B5"
    assert summary.auto_filter.ref == f"A4:O{4 + len(indicators)}"
    assert summary["A1"].value == "Indicateurs de qualité 2013, lozere"
    assert summary["A2"].value == "Édition 1 du 4 novembre 2014 à 10\u202fh\u202f00"
    assert summary.row_dimensions[1].height > summary["A1"].font.sz
    assert (summary.print_title_rows, summary.page_setup.orientation) == ("$4:$4", "landscape")


def test_every_sheet_with_a_series_draws_it(book: Any) -> None:
    charts = {name: book[name]._charts for name in book.sheetnames[1:]}
    assert all(len(drawn) == 1 for drawn in charts.values()), charts
    kinds = [type(drawn[0]).__name__ for drawn in charts.values()]
    assert kinds == ["LineChart"] * (len(kinds) - 1) + ["BarChart"]
    lines = {name: len(drawn[0].series) for name, drawn in charts.items()}
    assert lines["01 Circulation"] == 3, "raw, corrected and target"
    assert lines["05 Cartes grises"] == 2, "the mean wait and its target"


def test_a_chart_of_shares_ends_at_1(book: Any) -> None:
    ends = [book[name]._charts[0].y_axis.scaling.max for name in book.sheetnames[1:7]]
    assert ends == [None, 1.0, None, 1.0, None, None], "those of two answer rates"


def test_delays_are_drawn_one_by_one_where_each_is_known() -> None:
    annual = year()
    annual.channels["im341"].delays = {0: 5, 2: 90, 45: 13}
    sheet = openpyxl.load_workbook(BytesIO(workbook(annual, PARIS, Language.EN)))["07 CNI (IM 341)"]
    months, delays = sheet._charts
    assert (type(months).__name__, type(delays).__name__) == ("LineChart", "BarChart")
    assert delays.anchor._from.row > months.anchor._from.row + 15, "one below the other"
    rows = {str(row[0].value): row[1].value for row in sheet.iter_rows() if row[0].value is not None}
    assert (rows["0"], rows["1"], rows["2"], rows["20"], rows["more than 20"]) == (5, 0, 90, 0, 13)


def test_a_chart_draws_the_cells_of_its_table(book: Any) -> None:
    sheet = book["01 Circulation"]
    (raw, corrected, _) = sheet._charts[0].series
    rows = {str(row[0].value): row for row in sheet.iter_rows() if row[0].value}
    for series, head in ((raw, "Taux d'appels perdus, brut"), (corrected, "Taux d'appels perdus, corrigé")):
        column = [cell.value for cell in rows["Mois"]].index(head)
        letter = rows["Mois"][column].column_letter
        first, last = rows["janvier 2013"][0].row, rows["décembre 2013"][0].row
        assert series.val.numRef.f == f"'01 Circulation'!${letter}${first}:${letter}${last}"
    withheld = rows["septembre 2013"]
    assert [cell.value for cell in withheld[4:7]] == [None, None, None]


def test_names_are_written_as_french_writes_them() -> None:
    annual = year()
    annual.indicators[0].label = "Horaires d'ouverture"
    annual.indicators[1].label = "'a/b'"
    names = openpyxl.load_workbook(BytesIO(workbook(annual, PARIS, Language.FR))).sheetnames
    assert names[1:3] == ["01 Horaires d'ouverture", "02 'a b"]


def test_it_says_whose_figures_and_of_which_day_they_are_where_they_are_no_edition() -> None:
    made = workbook(year(), PARIS, Language.FR, office="Préfecture de la Lozère")
    summary = openpyxl.load_workbook(BytesIO(made))["Synthèse"]
    assert summary["A1"].value == "Indicateurs de qualité 2013, Préfecture de la Lozère"
    assert summary["A2"].value == "Hors édition : chiffres arrêtés au 4 novembre 2014."


def test_a_withheld_figure_is_blank_and_says_why() -> None:
    annual = year(wrong(verdict="undecided", status="open", decisions=[]))
    found = openpyxl.load_workbook(BytesIO(workbook(annual, PARIS, Language.FR)))
    row = next(found["Synthèse"].iter_rows(min_row=5, max_row=5, values_only=True))
    assert row[3] == pytest.approx(annual.indicators[0].raw.value)
    assert (row[4], row[5], row[6]) == ("douteuse", None, "non publiée")
    assert row[-1] == "non publié : indécis depuis le 2 septembre 2013"
    assert names(found["01 Circulation"])["Correction"] == row[-1]


def test_a_rate_that_is_not_known_says_why() -> None:
    annual = year()
    annual.indicators[1].guard = Guard("diversions")
    found = openpyxl.load_workbook(BytesIO(workbook(annual, PARIS, Language.FR)))["Synthèse"]
    assert str(found.cell(row=6, column=15).value).startswith("non publié : le motif des appels déviés")


def test_no_text_is_a_formula_or_a_link(book: Any) -> None:
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"n", "s"}
    assert any(HOSTILE in str(cell.value) for cell in cells)
    assert not any(cell.hyperlink for cell in cells)


def test_the_same_vintage_is_the_same_file() -> None:
    found = edition(wrong())
    assert workbook(found.annual, PARIS, Language.FR, found) == workbook(found.annual, PARIS, Language.FR, found)
    assert workbook(found.annual, PARIS, Language.FR) == workbook(found.annual, PARIS, Language.FR)
