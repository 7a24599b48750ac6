"""The statement of quality describes the method, the faults and the withheld figures in both languages."""

from __future__ import annotations

import pytest

from agents.language import Language
from agents.open_data.observations import PublishedEdition
from agents.open_data.statement import statement
from streams.chain.breach import Breach
from streams.said import said
from tests.agents.open_data.opened import OFFICE, files, first, second
from tests.agents.totals.year import NO_SUM, PARIS, wrong, year


def test_it_says_what_was_counted_wrong_and_what_that_did() -> None:
    texts = files(first())
    assert "drift of the counting, mechanism unknown, from 2 September" in texts["README.md"]
    assert "24.50% as counted, 2.00% corrected (stretches concerned left out; coverage 83.1%)" in texts["README.md"]
    french = texts["LISEZMOI.md"]
    assert "Circulation : dérive du comptage, mécanisme inconnu, du 2 septembre" in french
    assert "valeur brute 24,50\u202f%" in french
    assert "Il n'y a pas d'édition précédente." in french


def test_a_withheld_figure_has_its_reason_and_no_value() -> None:
    annual = year(wrong(verdict="undecided", status="open", decisions=[]))
    text = statement(PublishedEdition(annual, None), OFFICE, PARIS, Language.EN, None)
    assert "- Lost-call rate: Circulation: withheld: undecided since 2 September 2013." in text
    assert "as counted," not in text
    assert "Not an edition: the figures as of 4 November 2014." in text


def test_it_counts_what_was_revised() -> None:
    assert "10 values changed since the edition before" in files(second(), first())["README.md"]


def test_it_says_what_does_not_hold() -> None:
    breach = Breach(kind="day-changed", subject=said("nothing"), says=said("nothing"))
    text = statement(first(), OFFICE, PARIS, Language.EN, None, [breach], [NO_SUM])
    assert "## What does not hold" in text
    assert "tampered with" in text
    assert "accueil + permis" in text


@pytest.mark.parametrize("language", Language)
def test_a_label_cannot_mark_up_the_page(language: Language) -> None:
    assert "<script>" not in statement(first(), OFFICE, PARIS, language, None).replace("\\<", "")
