"""The page needs no other file, describes faults in words, and escapes every text."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from msgspec.structs import replace
from rich.console import Console

from agents.language import Language
from agents.report.html import page
from agents.totals.document import document
from agents.totals.table import show
from agents.translation import speaking
from streams.indicators.period import Period
from streams.indicators.vintage import digest_of
from streams.kept.times import QUARTER_MS
from tests.agents.html import Page
from tests.agents.report.writing import OFFICE, report_of, written
from tests.agents.totals.year import LINES, NO_SUM, PARIS, edition, wrong, year
from tests.streams.indicators.telling import slot_at

FRIDAY = [slot_at(date(2013, 11, 1), hour) * QUARTER_MS for hour in (9, 11)]


@pytest.mark.parametrize("language", Language)
def test_the_page_is_in_one_language(language: Language) -> None:
    published = edition(wrong())
    told = written(published.annual, language, published)
    assert f'<html lang="{language}">' in told
    words = {
        Language.FR: ("Valeur brute", "Couverture", "2,00\u202f%"),
        Language.EN: ("Raw value", "Coverage", "2.00%"),
    }
    for own in Language:
        for word in words[own]:
            assert (word in told) == (own is language), word


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            Language.FR,
            "circulation : 40 perdus, et 37 pour accueil + permis, sur 2 des 250 jours comparés",
        ),
        (Language.EN, "circulation: 40 lost, and 37 in accueil + permis, on 2 of 250 days compared"),
    ],
)
def test_a_line_that_is_not_the_sum_of_its_parts_is_told(language: Language, said: str) -> None:
    published = edition(wrong())
    assert said in Page(written(published.annual, language, sums=[NO_SUM])).text
    assert said not in Page(written(published.annual, language)).text


def test_the_page_stands_by_itself_and_runs_nothing() -> None:
    found = edition(wrong())
    told = Page(written(found.annual, Language.FR, found))
    assert not {"script", "link", "img", "iframe", "b"} & set(told.tags)
    assert not {"src", "href"} & {name for name, _ in told.attributes}
    assert not any(name.startswith("on") for name, _ in told.attributes)
    assert "<script>alert('é')</script>" in told.text
    assert "panne & ticket <4711>" in told.text


def test_a_picture_can_be_read_aloud() -> None:
    told = Page(written(year(wrong()), Language.FR))
    labels = [value for name, value in told.attributes if name == "aria-label" and value]
    assert told.tags.count("figure") > 5
    assert sum(name == "role" and value == "img" for name, value in told.attributes) == told.tags.count("figure")
    assert any(each.startswith("Taux d'appels perdus : évolution : 2012 : ") for each in labels)


def test_where_all_lines_were_silent_that_is_told_once() -> None:
    silent = {"cause": "silence", "kind": "missing", "status": "open", "decisions": []}
    name = "office-20131101T090000Z-closed"
    found = [wrong(start=FRIDAY[0], end=FRIDAY[1], line=line, id=f"{line}-1", **silent) for line in LINES]
    annual = year(*found, silent=date(2013, 11, 1))
    assert [each.id for each in annual.silences] == [name]
    told = Page(written(annual, Language.FR)).text
    assert told.count("tous les services muets : fermé ?") == 1
    assert (told.count(name), told.count("circulation-1")) == (0, 0), "a committee reads no ids"
    text = StringIO()
    with speaking(Language.FR):
        show(annual, PARIS, None, Console(file=text, width=400))
    assert text.getvalue().count("circulation, standard : tous les services muets") == 1
    assert [each["office"] for each in document(annual, PARIS).incidents] == [name, name]
    assert digest_of(annual) == digest_of(replace(annual, silences=[]))


def test_no_line_ends_before_what_french_puts_a_space_before() -> None:
    french, english = (page(report_of(year(wrong()), OFFICE, language)) for language in (Language.FR, Language.EN))
    assert "perdus\N{NO-BREAK SPACE}: Circulation" in french
    assert "\N{NO-BREAK SPACE}:" not in english


def test_a_period_that_is_not_over_is_provisional() -> None:
    assert "provisoire :" in written(year(today=date(2013, 12, 31)), Language.FR)
    assert "provisoire :" not in written(year(period=Period.of_year(2012)), Language.FR)
