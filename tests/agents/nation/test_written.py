"""Every format tells the same figures of a nation, and the same bytes each time."""

from __future__ import annotations

import csv
import json
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path

import jsonschema
import openpyxl
import pytest
from pypdf import PdfReader

from agents.language import Language
from agents.nation.rows import UNIT_COLUMNS
from agents.nation.scope import scope_of
from agents.nation.written import units_written
from agents.report.format import Format
from tests.agents.nation.made import HOSTILE, figures, nation

WRITTEN = (Format.TABLE, Format.JSON, Format.CSV, Format.XLSX, Format.HTML, Format.PDF, Format.OPEN_DATA)


@pytest.mark.parametrize("written_as", WRITTEN)
@pytest.mark.parametrize("language", list(Language))
def test_the_same_figures_are_the_same_file(written_as: Format, language: Language) -> None:
    first, again = (units_written(written_as, nation(), language) for _ in range(2))
    assert first == again
    assert first


@pytest.mark.parametrize("written_as", [Format.NOTICE, Format.PROMETHEUS])
def test_what_is_of_one_office_is_refused(written_as: Format) -> None:
    with pytest.raises(ValueError, match=written_as.value):
        units_written(written_as, nation(), Language.FR)


def test_the_document_has_every_unit_and_its_sums() -> None:
    told = json.loads(units_written(Format.JSON, nation(), Language.FR))
    assert (told["from"], told["to"], told["period"]) == (
        "2013-01-01T00:00:00+01:00",
        "2013-02-01T00:00:00+01:00",
        "2013-01",
    )
    assert [each["kind"] for each in told["units"]].count("site") == 9
    whole = told["units"][0]
    assert (whole["kind"], whole["label"], whole["silent"]) == ("nation", "Nation", ["mute"])
    offices = [each for each in told["units"] if each["kind"] == "site"]
    line = whole["lines"]["circulation"]
    assert line["raw"]["offered"] == sum(each["lines"]["circulation"]["raw"]["offered"] for each in offices)
    (withheld,) = line["lost_rate"]["withheld"]
    assert (withheld["site"], withheld["line"]) == ("doubt", "circulation")
    assert line["lost_rate"]["could_be"]["low"] < line["lost_rate"]["corrected"]["value"]
    assert whole["funnel"]["points"][0]["site"] == "bad"
    assert whole["funnel"]["points"][0]["verdict"] == "above"
    assert line["methods"]["unavailable"] == 1
    assert told["provisional"] is False


def test_a_row_is_a_figure_of_a_unit() -> None:
    rows = list(csv.DictReader(StringIO(units_written(Format.CSV, nation(), Language.EN).decode())))
    assert tuple(rows[0]) == UNIT_COLUMNS
    (lost,) = (
        row
        for row in rows
        if (row["kind"], row["name"], row["indicator"], row["subject"]) == ("site", "bad", "lost_rate", "circulation")
    )
    assert float(lost["raw"]) == 0.2
    assert (lost["verdict"], lost["edition"]) == ("above", "")
    assert lost["label"] == f"'{HOSTILE}", "no spreadsheet takes it for a formula"


def test_a_french_spreadsheet_has_french_words_and_percents() -> None:
    text = units_written(Format.CSV, nation(), Language.FR, Language.FR).decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text), delimiter=";"))
    (lost,) = (
        row for row in rows if row["Nom"] == "bad" and row["Objet"] == "circulation" and "perdus" in row["Indicateur"]
    )
    assert (lost["Valeur brute"], lost["Parmi les autres"]) == ("20,0", "au-dessus des autres")


def test_the_workbook_has_a_sheet_for_each_kind_of_unit() -> None:
    book = openpyxl.load_workbook(BytesIO(units_written(Format.XLSX, nation(), Language.EN)))
    assert book.sheetnames == ["Summary", "Regions", "Departments", "Offices", "Withheld"]
    assert book["Offices"]["A5"].value == HOSTILE
    assert book["Offices"]["A5"].data_type == "s"


def test_the_page_says_what_is_missing_and_escapes_what_offices_are_called() -> None:
    page = units_written(Format.HTML, nation(), Language.EN).decode()
    assert "<script>" not in page
    assert "1 office surely loses more than the others" in page
    assert "Prefecture mute" in page
    assert "Withheld, and what it could change" in page
    assert 'id="funnel"' in page


def test_a_period_that_goes_on_is_provisional() -> None:
    page = units_written(Format.HTML, nation(date(2013, 1, 20)), Language.EN).decode()
    assert "provisional: the period is not over" in page


def test_the_paper_has_the_same_sections() -> None:
    pages = PdfReader(BytesIO(units_written(Format.PDF, nation(), Language.FR))).pages
    text = "\n".join(each.extract_text() for each in pages)
    for title in ("L'essentiel", "Un site différent", "Ce qui manque", "Prefecture mute"):
        assert title in text.replace("\u2019", "'")


def test_a_region_is_told_alone() -> None:
    page = units_written(Format.HTML, scope_of(figures(), region="South"), Language.EN).decode()
    assert "South" in page
    assert "Department bad" not in page
    assert "compared with all of the nation" in page, "only three of its five have a rate"


def test_the_document_is_what_its_schema_says() -> None:
    schema = json.loads((Path(__file__).parents[3] / "docs/schemas/nation-totals.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(units_written(Format.JSON, nation(), Language.EN)), schema)
