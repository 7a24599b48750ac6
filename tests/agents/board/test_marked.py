"""Every view marks altered figures before it shows them."""

from __future__ import annotations

import csv
from datetime import date
from io import BytesIO, StringIO

import msgspec
import openpyxl
import pytest
from msgspec.structs import replace
from rich.console import Console

from agents.language import Language
from agents.metrics.indicators import exposition
from agents.shape import breach_shape
from agents.totals.document import document
from agents.totals.history import figures
from agents.totals.rows import rows
from agents.totals.table import show
from agents.totals.workbook import workbook
from agents.translation import speaking
from streams.indicators.period import Period
from streams.indicators.vintage import content_of, vintage, vintage_key
from streams.ledger.day import CallSlot, LineDay, day_key, write_day
from streams.ledger.seal import Seal
from tests.agents.board.known import SETTINGS, Record, history, known, suspected
from tests.agents.board.test_server import ask
from tests.agents.report.writing import written
from tests.agents.totals.year import PARIS, ledger, year
from tests.streams.chain.telling import Writer, published

FRENCH = "Chiffres à ne pas publier : ils ont été altérés (1) : circulation 2013-09-03 : le jour est clos"
TOLD = LineDay(id="lozere/circulation", day="2013-09-03", offset=9, closed=True, slots={1: CallSlot(offered=9, lost=9)})
FORGED = replace(TOLD, slots={1: CallSlot(offered=9, answered=9)})


def forged() -> list[Record]:
    return [Record("tocsin.ledger", day_key(each).encode(), write_day(each)) for each in (TOLD, FORGED)]


def test_the_boards_year_and_its_metric_say_so_and_other_years_do_not() -> None:
    read = known(suspected())
    for each in forged():
        read.history.take(each)
    shown, other, metrics = ask("/years/2013", "/years/2012", "/metrics", what=read)
    assert FRENCH in shown.page
    assert "lost 9 → 0" in shown.page
    assert "Chiffres à ne pas publier" not in other.page
    assert 'tocsin_published_figures_broken{site="lozere",year="2013"} 1.0' in metrics.text
    assert 'tocsin_published_figures_broken{site="lozere",year="2012"} 0.0' in metrics.text


def test_an_impossible_day_stops_no_page_and_is_counted_by_healthz() -> None:
    read = known(suspected())
    far, negative = (
        replace(TOLD, day="9999-12-31", closed=False),
        replace(TOLD, slots={1: CallSlot(answered=5, lost=-5)}),
    )
    for day in (far, negative):
        read.history.take(Record("tocsin.ledger", day_key(day).encode(), write_day(day)))
    wall, shown, metrics, health = ask("/", "/years/2013", "/metrics", "/healthz", what=read)
    assert [each.status for each in (wall, shown, metrics, health)] == 4 * [200]
    assert "9999-12-31" in shown.page
    assert 'tocsin_published_figures_broken{site="lozere",year="2013"} 2.0' in metrics.text
    assert msgspec.json.decode(health.text)["altered"] == 2


def test_every_format_of_the_totals_says_so() -> None:
    read, annual = history(), year()
    assert read.breaches("lozere") == []
    for each in forged():
        read.take(each)
    breaches = read.breaches("lozere", Period.of_year(2013))
    assert [each.kind for each in breaches] == ["day-changed"]
    assert read.breaches("lozere", Period.of_year(2012)) == read.breaches("jura") == []

    text = Console(file=StringIO(), width=400)
    with speaking(Language.FR):
        show(annual, PARIS, None, text, breaches)
    assert FRENCH in text.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
    assert document(annual, PARIS, None, breaches).integrity.breaches == [*map(breach_shape, breaches)]
    assert all(
        "(1): circulation 2013-09-03" in row["integrity"]
        for row in csv.DictReader(StringIO(rows(annual, PARIS, breaches)))
    )
    for sheet in openpyxl.load_workbook(BytesIO(workbook(annual, PARIS, Language.FR, None, breaches))):
        assert FRENCH in sheet.cell(3, 1).value
    assert "ils ont été altérés (1)" in written(annual, Language.FR, breaches=breaches)
    assert b'tocsin_published_figures_broken{site="lozere",year="2013"} 1.0' in exposition(
        annual, lambda _: {}, breaches
    )


def test_what_no_worker_writes_is_told_and_what_crashes_leave_is_not() -> None:
    read = history()
    for each in (
        replace(TOLD, offset=8, closed=False),  # while the day was open
        TOLD,
        replace(TOLD, offset=12),  # again, by a worker that had lost track of its own write
        replace(TOLD, offset=7, closed=False, slots={1: CallSlot(offered=2, lost=2)}),  # by a worker believed dead
        replace(TOLD, part="0.15", offset=15, closed=True, slots={1: CallSlot(answered=1, lost=-1)}),  # a late record
    ):
        read.take(Record("tocsin.ledger", day_key(each).encode(), write_day(each)))
    assert read.breaches("lozere") == []
    for forgery, kind in (
        (replace(TOLD, offset=99, closed=False), "day-changed"),
        (replace(TOLD, day="2013-09-04", slots={1: CallSlot(offered=9)}), "day-impossible"),
        (replace(TOLD, day="2013-09-05", epoch=1), "day-impossible"),
    ):
        read.take(Record("tocsin.ledger", day_key(forgery).encode(), write_day(forgery)))
        assert read.breaches("lozere")[-1].kind == kind
    for key in (b"lozere/nothing", b"lozere", b"lozere/circulation/2013-09-06", b"\xff"):
        with pytest.raises((ValueError, msgspec.MsgspecError)):
            read.take(Record("tocsin.ledger", key, b"{}"))
    assert len(read.breaches("lozere")) == 6


def test_days_that_an_older_version_closed_are_in_a_vintage_too() -> None:
    read = history()
    marks = read.days.marks("lozere", Period.of_year(2013))
    (told,) = (each for each in ledger() if (each.id, each.day) == ("lozere/circulation", "2013-03-04"))
    assert marks["lozere/circulation/2013-03-04"] == Seal(write_day(told), told).whole
    assert marks["lozere/circulation/2013-12-31"] == ""


def test_a_changed_day_is_named_by_its_vintage_once_kafka_keeps_nothing_else_of_it() -> None:
    read, now = history(), 1_415_091_600_000
    read.take(forged()[0])
    annual = figures(SETTINGS, read, Period.of_year(2013), date(2014, 11, 4))
    value = msgspec.json.encode(vintage([], annual, now, days=read.days.marks("lozere", Period.of_year(2013))))
    content = content_of(msgspec.json.decode(value))
    writer = Writer()
    writer.enter(published(content))
    after = history()
    after.take(forged()[1])
    after.take(Record("tocsin.ledger", vintage_key("lozere", "2013", content).encode(), value))
    for each in writer.log:
        after.take(Record("tocsin.reviews", each.key, each.value, each.partition, each.offset))
    assert [each.number for each in after.publications.vintages("lozere", Period.of_year(2013))] == [1]
    (breach,) = after.breaches("lozere")
    assert (breach.kind, breach.subject, breach.year) == ("day-changed", "circulation 2013-09-03", 2013)
    assert "changed since vintage 1 of 2013" in breach.says
