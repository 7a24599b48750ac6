"""Every form of a year says when the definition changed, in French first, with both definitions."""

from __future__ import annotations

import csv
import zipfile
from datetime import date
from io import BytesIO, StringIO

import msgspec
from rich.console import Console

from agents.language import Language
from agents.metrics.indicators import exposition
from agents.totals.document import document
from agents.totals.rows import rows
from agents.totals.table import show
from agents.totals.workbook import workbook
from agents.translation import speaking
from streams.calls.definition import LineDefinition
from streams.indicators.annual import Annual, annual
from streams.indicators.period import Period
from streams.ledger.day import CallSlot
from tests.agents.report.writing import written
from tests.agents.totals.year import PARIS
from tests.streams.indicators.telling import held, line_days, opened, plan

A = LineDefinition(lost_reasons=("abandoned", "timeout"), short_call=5_000, within=20_000)
B = LineDefinition(lost_reasons=("timeout",), short_call=5_000, within=10_000)
FRENCH = "rupture de série le 3 juin 2013 : avant, perdus pour : abandon, attente trop longue"
ENGLISH = "break in the series on 3 June 2013: before, lost by: abandoned, timeout"


def broken() -> Annual:
    days = line_days(date(2013, 1, 1), date(2013, 12, 31), lambda _: CallSlot(offered=50, answered=49, lost=1))
    for day in days:
        day.definitions = [A if day.day < "2013-06-03" else B]
    days[0].definitions = []
    return annual(held(days, []), plan(), Period.of_year(2013), date(2014, 2, 1))


def test_the_table_and_the_page_say_it() -> None:
    text = StringIO()
    with speaking(Language.FR):
        show(broken(), PARIS, None, Console(file=text, width=1_000))
    for said in (text.getvalue(), written(broken(), Language.FR).replace("&#39;", "'")):
        assert FRENCH in said
        assert "définition inconnue de 1 j" in said
    assert ENGLISH in written(broken(), Language.EN)


def test_programs_get_the_day_and_both_definitions_and_no_service_level_over_two_limits() -> None:
    told = msgspec.json.decode(msgspec.json.encode(document(broken(), PARIS)))
    (change,) = told["indicators"][0]["breaks"]
    assert (change["day"], change["mixed"]) == ("2013-06-03", False)
    assert (change["before"]["within"], change["after"]["lost_reasons"]) == (20_000, ["timeout"])
    assert change["says"].startswith(FRENCH)
    line = told["lines"]["circulation"]
    assert [each["within"] for each in line["counted_by"]] == [20_000, 10_000]
    assert line["service_level"]["rate"] is None
    (row,) = [row for row in csv.DictReader(StringIO(rows(broken(), PARIS))) if row["id"] == "lost_rate:circulation"]
    assert row["breaks"].startswith(ENGLISH)
    shown = exposition(broken(), opened).decode()
    assert 'tocsin_indicator_breaks{indicator="lost_rate:circulation",site="lozere",year="2013"} 1.0' in shown


def test_the_workbook_says_it_in_the_summary_and_on_the_sheet() -> None:
    with zipfile.ZipFile(BytesIO(workbook(broken(), PARIS, Language.FR))) as file:
        texts = file.read("xl/sharedStrings.xml").decode()
    assert "Rupture de série" in texts
    assert texts.count(FRENCH) == 2
