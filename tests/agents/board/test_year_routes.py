"""The board's file of a year has the same bytes as the command's, and a name in the reader's language."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from agents.board import office_years, year_routes
from agents.board.follower import Known
from agents.history.ledger import History
from agents.language import Language
from agents.report.format import DOWNLOADS, file_name
from agents.report.written import edition_of, written
from agents.totals.history import figures
from streams.indicators.period import Period
from streams.indicators.vintage import content_of, vintage, vintage_key
from tests.agents.board.known import SETTINGS, Record, history, known, suspected
from tests.agents.board.nation import made
from tests.agents.board.test_server import Answer, answers, ask
from tests.agents.html import Page
from tests.streams.chain.telling import Writer, published

YEAR = Period.of_year(2013)
TODAY = date(2013, 12, 31)  # the ledger's last day


def published_once() -> Known:
    """Return the topics of a year that was published and then had a miscount dismissed."""
    first = history(suspected())
    value = msgspec.json.encode(vintage([], figures(SETTINGS, first, YEAR, TODAY), 1_415_091_600_000))
    content, writer = content_of(msgspec.json.decode(value)), Writer()
    writer.enter(published(content))
    read: History = history(suspected(status="dismissed"))
    read.take(Record("tocsin.ledger", vintage_key("lozere", "2013", content).encode(), value))
    for each in writer.log:
        read.take(Record("tocsin.reviews", each.key, each.value, each.partition, each.offset))
    return known()._replace(history=read)


@pytest.mark.slow
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", DOWNLOADS)
def test_a_file_has_the_bytes_that_the_command_writes(name: str, language: Language) -> None:
    what = known(suspected())
    (answer,) = ask(f"/years/2013?format={name}&lang={language}", what=what)
    edition = edition_of(SETTINGS, what.history, figures(SETTINGS, what.history, YEAR, TODAY))
    download = DOWNLOADS[name]
    csv = language if name == "sheet" else None
    assert answer.body == written(download.written_as, edition, SETTINGS, language, csv)
    assert answer.headers["Content-Type"].partition(";")[0] == download.media
    file = file_name(download, "lozere", YEAR, None, language)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{file}"'
    assert file.isascii()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.slow
def test_the_years_and_each_year_lead_to_their_files() -> None:
    every, year = ask("/years", "/years/2013")
    for each in DOWNLOADS:
        assert f'href="/years/2013?format={each}" download' in every.text
        assert f'href="?format={each}" download' in year.text
    assert "Télécharger :" in every.page
    assert "Télécharger :" in year.page


@pytest.mark.slow
def test_the_page_of_a_year_leads_to_each_of_its_sections_and_to_the_other_language() -> None:
    (year,) = ask("/years/2013?vintage=1", what=published_once())
    ids = re.findall(r' id="([^"]+)"', year.text)
    leads = re.findall(r'href="#([^"]+)"', year.text.split('class="contents"')[1].split("</nav>")[0])
    assert {"essential", "telephone", "telephone-circulation", "annex", "annex-indicators"} <= set(leads)
    assert set(leads) <= set(ids)
    assert len(ids) == len(set(ids))
    assert 'href="/years/2013?vintage=1&amp;lang=en" hreflang="en"' in year.text


@pytest.mark.parametrize("language", Language)
def test_no_two_files_of_a_period_have_the_same_name(language: Language) -> None:
    names = [file_name(each, "lozere", YEAR, 1, language) for each in DOWNLOADS.values()]
    assert len(set(names)) == len(names) == 8


@pytest.mark.slow
def test_no_two_links_of_a_year_s_page_give_files_of_the_same_name() -> None:
    named(lambda *paths: ask(*paths, what=published_once()), "/years/2013?vintage=1", 8)


@pytest.mark.slow
def test_no_two_links_of_a_nation_s_year_give_files_of_the_same_name(tmp_path: Path) -> None:
    path = made.written(tmp_path, 4)
    counted = Known(made.history({}, made.month(made.read(path)[1], ["aude", "gard"])), {}, {})

    def fetch(*paths: str) -> list[Answer]:
        return asyncio.run(answers(made.board(path, counted, time.time() + 600).app, paths))

    named(fetch, "/years/2013-03", 7)


def named(fetch: Callable[..., list[Answer]], path: str, count: int) -> None:
    """Check that each link on a page to a file gives a file of its own name."""
    (page,) = fetch(path)
    files = [each.replace("&amp;", "&") for each in re.findall(r'href="(\?[^"]+)" download', page.text)]
    assert len(files) == count
    names = [each.headers["Content-Disposition"] for each in fetch(*[path.partition("?")[0] + each for each in files])]
    assert len(set(names)) == count, names


@pytest.mark.slow
def test_an_edition_of_before_is_shown_and_downloaded_as_it_was() -> None:
    page, old, now = ask(
        "/years/2013?vintage=1", "/years/2013?vintage=1&format=csv", "/years/2013?format=csv", what=published_once()
    )
    assert "édition 1 du 4 novembre 2014" in page.page
    assert 'href="?vintage=1&amp;format=csv" download' in page.text
    assert 'filename="indicateurs-lozere-2013-edition-1.csv"' in old.headers["Content-Disposition"]
    assert 'filename="indicateurs-lozere-2013.csv"' in now.headers["Content-Disposition"], "its figures are other ones"
    assert "drift" not in now.text
    assert old.text != now.text
    assert "circulation-2013" in old.text, "the incident stood behind the figure when that was published"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "says"),
    [
        (
            "/years/2013?format=exe",
            "Il n'y a pas de format « exe » (pdf, notice, xlsx, sheet, csv, json, open-data",
        ),
        ("/years/2013?format=table", "Il n'y a pas de format « table »"),
        ("/years/2013?vintage=7&format=csv", "Il n'y a pas d'édition « 7 » de 2013 (1)"),
        ("/years/2013?vintage=%3Cb%3E", "Il n'y a pas d'édition « <b> » de 2013 (1)"),
        ("/years/2011?format=csv", "Aucun comptage pour 2011"),
        ("/years/2012?vintage=1&format=csv", "Il n'y a pas d'édition « 1 » de 2012 (aucune"),
    ],
)
def test_what_is_not_there_is_said_in_words(path: str, says: str) -> None:
    (answer,) = ask(path, what=published_once())
    assert answer.status == 404
    assert says in answer.page
    assert "Content-Disposition" not in answer.headers


@pytest.mark.slow
def test_a_client_that_asks_for_the_head_gets_no_body() -> None:
    (answer,), (whole,) = ask("/years/2013?format=xlsx", method="HEAD"), ask("/years/2013?format=xlsx")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(whole.body))


def test_a_file_is_made_once_while_the_figures_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []

    def counting(*arguments: Any) -> bytes:
        made.append(arguments[0])
        return written(*arguments)

    monkeypatch.setattr(office_years, "written", counting)
    monkeypatch.setattr(year_routes, "KEPT", 1)
    first, second, _, third = ask(*[f"/years/2013?format={each}" for each in ("csv", "csv", "json", "csv")])
    assert [str(each) for each in made] == ["csv", "json", "csv"], "one file is kept, the last"
    assert first.body == second.body == third.body


def test_a_file_that_takes_too_long_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: Any) -> bytes:
        time.sleep(0.2)
        return b""

    monkeypatch.setattr(office_years, "written", slow)
    monkeypatch.setattr(year_routes, "PATIENCE_SECONDS", 0.02)
    (answer,) = ask("/years/2013?format=csv")
    assert answer.status == 503
    assert "Ce fichier est long à produire" in Page(answer.text).text
    assert answer.headers["Retry-After"] == "0"


@pytest.mark.slow
def test_a_quarter_and_a_month_have_their_page_their_files_and_their_place_in_the_list() -> None:
    every, quarter, month, csv = ask("/years", "/years/2013-Q3", "/years/2013-09?lang=en", "/years/2013-Q3?format=csv")
    assert '<a href="/years/2013-Q3">3e trimestre 2013</a>' in every.text
    assert "septembre 2013</a>" not in every.text, "a month without an edition"
    assert "3e trimestre 2013" in quarter.page
    assert "September 2013" in month.page
    assert "-lozere-2013-Q3.csv" in csv.headers["Content-Disposition"]
    assert csv.body.decode().splitlines()[1].startswith("lozere,2013-Q3,")
    missing, none = ask("/years/2013-13", "/years/2011-Q3")
    assert missing.status == none.status == 404
    assert "Aucun comptage" in none.page
