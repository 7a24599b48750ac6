"""The page stands by itself, says what was wrong in words, and shows nothing of a text but its letters."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from msgspec.structs import replace
from rich.console import Console

from agents.language import Language
from agents.totals.document import document
from agents.totals.page import finding, page
from agents.totals.table import show
from agents.totals.telling import Telling
from agents.translation import speaking
from streams.indicators.annual import Annual
from streams.indicators.period import Period
from streams.indicators.vintage import digest_of
from streams.kept.times import QUARTER_MS
from tests.agents.html import Page
from tests.agents.totals.year import LINES, NO_SUM, PARIS, edition, wrong, year
from tests.streams.indicators.telling import slot_at

FRIDAY = [slot_at(date(2013, 11, 1), hour) * QUARTER_MS for hour in (9, 11)]


def found(annual: Annual, language: Language = Language.FR) -> str:
    return finding(annual, annual.indicators[0], PARIS, Telling(language))


@pytest.mark.parametrize("language", Language)
def test_the_page_is_in_one_language(language: Language) -> None:
    published = edition(wrong())
    told = page(published.annual, PARIS, language, published)
    assert f'<html lang="{language}">' in told
    words = {Language.FR: ("Valeur brute", "2,00\u202f%"), Language.EN: ("Raw value", "2.00%")}
    for own in Language:
        assert (words[own][0] in told) == (own is language)
        assert (words[own][-1] in told) == (own is language)
    assert ("Couverture" in told) == (language is Language.FR)
    assert ("Coverage" in told) == (language is Language.EN)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.FR, "circulation : 40 perdus, et 37 pour accueil + permis, sur 2 des 250 jours comparés"),
        (Language.EN, "circulation: 40 lost, and 37 in accueil + permis, on 2 of 250 days compared"),
    ],
)
def test_a_line_that_is_not_the_sum_of_its_parts_is_told(language: Language, said: str) -> None:
    published = edition(wrong())
    assert said in Page(page(published.annual, PARIS, language, sums=[NO_SUM])).text
    assert said not in Page(page(published.annual, PARIS, language)).text


def test_the_page_stands_by_itself_and_runs_nothing() -> None:
    found = edition(wrong())
    told = Page(page(found.annual, PARIS, Language.FR, found))
    assert not {"script", "link", "img", "iframe", "b"} & set(told.tags)
    assert not {"src", "href"} & {name for name, _ in told.attributes}
    assert not any(name.startswith("on") for name, _ in told.attributes)
    assert "<script>alert('é')</script>" in told.text
    assert "panne & ticket <4711>" in told.text


def test_a_picture_can_be_read_aloud() -> None:
    told = Page(page(year(wrong()), PARIS, Language.FR))
    pictures = [value for name, value in told.attributes if name == "role" and value == "img"]
    assert len(pictures) == told.tags.count("title") - 1 == told.tags.count("desc") > 0


def test_raw_stands_beside_corrected_and_why() -> None:
    annual = year(wrong())
    told = " ".join(Page(page(annual, PARIS, Language.FR)).text.replace("\u202f", " ").split())
    rate = annual.indicators[0]
    assert rate.raw.value is not None
    for words in (
        f"{rate.raw.value:.2%}".replace(".", ",").replace("%", " %"),
        "2,00 %",
        "La cible est atteinte, alors que la valeur brute la dit manquée.",
        "Du 2 septembre 2013 à 2 h 00",
        "m.durand : confirme — panne & ticket <4711>",
        "CNI (IM 341)",
        "2012 :",
    ):
        assert words in told


def test_a_sound_year_says_so_and_an_empty_one_too() -> None:
    assert "Aucune erreur de comptage n'est soupçonnée" in Page(page(year(), PARIS, Language.FR)).text
    empty = year(period=Period(date(2010, 1, 1), date(2010, 3, 31)))
    assert "Rien n'a été compté dans cette période" in Page(page(empty, PARIS, Language.FR)).text
    assert "provisoire" in page(year(today=date(2013, 12, 31)), PARIS, Language.FR)


def test_where_all_lines_were_silent_that_is_told_once() -> None:
    silent = {"cause": "silence", "kind": "missing", "status": "open", "decisions": []}
    name = "office-20131101T090000Z-closed"
    found = [wrong(start=FRIDAY[0], end=FRIDAY[1], line=line, id=f"{line}-1", **silent) for line in LINES]
    annual = year(*found, silent=date(2013, 11, 1))
    assert [each.id for each in annual.silences] == [name]
    told = Page(page(annual, PARIS, Language.FR)).text
    assert told.count("tous les services muets : fermé ?") == 1
    assert (told.count(name), told.count("circulation-1")) == (1, 0)
    text = StringIO()
    with speaking(Language.FR):
        show(annual, PARIS, None, Console(file=text, width=400))
    assert text.getvalue().count("circulation, standard : tous les services muets") == 1
    assert [each["office"] for each in document(annual, PARIS).incidents] == [name, name]
    assert digest_of(annual) == digest_of(replace(annual, silences=[]))


def test_a_finding_says_when_too_little_is_left() -> None:
    annual = year(wrong(start=1_356_998_400_000))
    assert "Taux corrigé non publié : couverture de 16" in found(annual).replace("\u202f", " ")
    assert "Corrected rate withheld: coverage of 16" in found(annual, Language.EN)
    assert "non publié : couverture" in page(annual, PARIS, Language.FR)


def test_what_nobody_confirmed_is_suspected_no_more() -> None:
    annual = year(wrong(status="open", decisions=[]))
    assert "le comptage est suspect" in found(annual)
    assert "the counting is suspect" in found(annual, Language.EN)
    annual = year(wrong(verdict="undecided", status="open", decisions=[]))
    assert "le comptage est suspect" in found(annual)
    assert "Taux corrigé non publié : indécis depuis le 2 septembre 2013." in found(annual)
    annual = year(wrong(verdict="undecided", over=True, status="closed", decisions=[]))
    assert "indécis" in found(annual)
