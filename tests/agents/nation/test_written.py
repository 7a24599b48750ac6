"""Every format has the same figures of a nation, and the same bytes each time."""

from __future__ import annotations

import csv
import json
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import jsonschema
import msgspec
import openpyxl
import pytest
from pypdf import PdfReader

from agents.kafka.client import Topic, topic
from agents.language import Language
from agents.nation.figures import nation_figures
from agents.nation.rows import unit_columns
from agents.nation.scope import Scope, scope_of
from agents.nation.telling import NationTelling
from agents.nation.written import units_written
from agents.report.format import Format
from config.offices import Offices
from streams.kept.waits import Waits
from streams.ledger.day import CallSlot, LineDay, ServiceDay, day_key, write_day
from tests.agents.nation.made import HOSTILE, MONTH, TODAY, MadeRecord, days, figures, history, nation, offices

WRITTEN = (Format.TABLE, Format.JSON, Format.CSV, Format.XLSX, Format.HTML, Format.PDF, Format.OPEN_DATA)


@pytest.mark.parametrize("written_as", WRITTEN)
@pytest.mark.parametrize("language", list(Language))
def test_the_same_figures_are_the_same_file(written_as: Format, language: Language) -> None:
    first, again = (units_written(written_as, nation(), language) for _ in range(2))
    assert first == again
    assert first


@pytest.mark.parametrize("written_as", [Format.NOTICE, Format.PROMETHEUS, Format.PARQUET])
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


def demanding() -> Scope:
    """Return the nation with calls after closing and visits with an appointment in one office."""
    of = offices()
    known = history(of)
    for day in days(of.sites["a"]):
        if isinstance(day, LineDay) and day.slots:
            day.slots[max(day.slots) + 1] = CallSlot(offered=3, answered=3)
        elif isinstance(day, ServiceDay):
            day.slots[1].booked = day.slots[1].booked_served = 1
            day.booked_waits, day.waits = Waits(), Waits()
            day.booked_waits.add(120_000)
            day.waits.add(120_000)
            day.waits.add(600_000)
        known.take(MadeRecord(topic(of.shared, Topic.LEDGER), day_key(day).encode(), write_day(day)))
    return scope_of(nation_figures(of, known, MONTH, TODAY))


def test_the_demand_around_closing_and_visits_with_an_appointment_are_summed_with_their_offices() -> None:
    told = json.loads(units_written(Format.JSON, demanding(), Language.FR))
    whole, (south,) = told["units"][0], (each for each in told["units"] if each["name"] == "South")
    assert whole["all_lines"]["closing"] == {"sites": ["a"], "before": 23 * 2 * 80, "after": 23 * 2 * 3}
    assert whole["lines"]["standard"]["closing"] == {"sites": ["a"], "before": 23 * 80, "after": 23 * 3}
    assert whole["counters"]["booked"] == {
        "sites": ["a"],
        "issued": 31,
        "served": 31,
        "no_show": 0,
        "wait": 120.0,
        "walk_in_wait": 600.0,
    }
    assert whole["services"]["cartes"]["booked"] == whole["counters"]["booked"]
    assert (whole["counters"]["closing"], south["all_lines"]["closing"], south["counters"]["booked"]) == (None,) * 3


@pytest.mark.parametrize("written_as", [Format.HTML, Format.TABLE])
def test_the_demand_around_closing_is_told_with_its_coverage(written_as: Format) -> None:
    said = " ".join(units_written(written_as, demanding(), Language.EN).decode().split())
    said = said.replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert "Calls in the half-hour before closing: 3,680; in the half-hour after: 138 (offices: 1 of 9)." in said
    assert "With an appointment, as counted: tickets 31, served 31, no-shows 0; mean wait 2 min" in said
    assert "Tickets in the half-hour before closing" not in said, "no ticket is known after closing"


def test_what_is_withheld_of_a_sum_stands_in_none_of_its_counts() -> None:
    told = json.loads(units_written(Format.JSON, nation(), Language.FR))
    (line,) = (
        each["lines"]["circulation"] for each in told["units"] if (each["kind"], each["name"]) == ("site", "doubt")
    )
    assert line["lost_rate"]["guard"] is not None
    assert {*line["corrected"].values(), *line["opening_hours"]["corrected"].values()} == {None}
    assert line["raw"]["offered"] > 0


def test_a_row_is_a_figure_of_a_unit() -> None:
    rows = list(csv.DictReader(StringIO(units_written(Format.CSV, nation(), Language.EN).decode())))
    telling = NationTelling(Language.EN, nation().zone)
    assert list(rows[0]) == [each.name for each in unit_columns(nation(), telling)]
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
    assert (lost["Valeur brute"], lost["Position parmi les autres"]) == ("20,0", "au-dessus des autres")


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
    assert "compared with the whole nation" in page, "only three of its five have a rate"


def test_the_document_is_what_its_schema_says() -> None:
    schema = json.loads((Path(__file__).parents[3] / "docs/schemas/nation-totals.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(units_written(Format.JSON, nation(), Language.EN)), schema)


def forged(of: Offices) -> Scope:
    """Return the nation after somebody has overwritten a closed day of one office."""
    known = history(of)
    day = next(each for each in days(of.sites["a"]) if isinstance(each, LineDay) and each.slots)
    slots = {slot_no: CallSlot(offered=40, answered=40) for slot_no in day.slots}
    changed = write_day(msgspec.structs.replace(day, slots=slots))
    known.take(MadeRecord(topic(of.shared, Topic.LEDGER), day_key(day).encode(), changed))
    return scope_of(nation_figures(of, known, MONTH, TODAY))


def test_figures_that_were_tampered_with_in_one_office_are_told_wherever_it_is_summed() -> None:
    scope = forged(offices())
    told = json.loads(units_written(Format.JSON, scope, Language.FR))
    broken = {(each["kind"], each["name"]) for each in told["units"] if not each["integrity"]["holds"]}
    assert broken == {("nation", ""), ("region", "North"), ("department", "Department a"), ("site", "a")}
    (breach,) = told["units"][0]["integrity"]["breaches"]
    assert breach["kind"] == "day-changed"
    says = "Do not publish these figures: they were tampered with (1)"
    rows = csv.DictReader(StringIO(units_written(Format.CSV, scope, Language.EN).decode()))
    assert {(row["kind"], row["name"]) for row in rows if row["integrity"].startswith(says)} == broken
    for written_as in (Format.TABLE, Format.HTML):
        assert says in " ".join(units_written(written_as, scope, Language.EN).decode().split())
    book = openpyxl.load_workbook(BytesIO(units_written(Format.XLSX, scope, Language.EN)))
    assert all(says in sheet["A3"].value for sheet in (book["Summary"], book["Offices"]))
    with ZipFile(BytesIO(units_written(Format.OPEN_DATA, scope, Language.FR))) as package:
        data = list(csv.DictReader(StringIO(package.read("indicateurs.csv").decode())))
        assert {(row["maille"], row["unite_nom"]) for row in data if row["integrite"]} == {
            ("nationale", "national"),
            ("regionale", "North"),
            ("departementale", "Department a"),
            ("site", "a"),
        }
    assert scope_of(figures()).breaches(scope.unit) == []
