"""A finding describes the miscount in plain words, and states nothing unconfirmed as certain."""

from __future__ import annotations

from agents.language import Language
from agents.report.finding import finding, wrong
from agents.report.material import Material
from agents.totals.telling import Telling
from streams.indicators.annual import Annual
from tests.agents.report.writing import OFFICE
from tests.agents.totals.year import PARIS, year
from tests.agents.totals.year import wrong as incident


def found(annual: Annual, language: Language = Language.FR) -> str:
    told = finding(annual.indicators[0], Material(annual, OFFICE, Telling(language, PARIS)))
    return told.replace("\u202f", " ")


def test_a_finding_says_when_too_little_is_left() -> None:
    annual = year(incident(start=1_356_998_400_000))
    assert "La valeur n'est pas publiée (non publié : couverture de 16" in found(annual)
    assert "The value is not published (withheld: coverage of 16" in found(annual, Language.EN)


def test_what_nobody_confirmed_is_suspected_no_more() -> None:
    annual = year(incident(status="open", decisions=[]))
    assert "le comptage est douteux" in found(annual)
    assert "the counting is suspect" in found(annual, Language.EN)
    annual = year(incident(verdict="undecided", status="open", decisions=[]))
    assert "indécis depuis le 2 septembre 2013" in found(annual)
    annual = year(incident(verdict="undecided", over=True, status="closed", decisions=[]))
    assert "indécis" in found(annual)


def test_it_is_told_what_it_was_and_when() -> None:
    annual = year(incident(kind="answered-as-lost"))
    (told,) = wrong(annual.indicators[0], Material(annual, OFFICE, Telling(Language.FR, PARIS)))
    assert told.startswith("Le logiciel a compté comme perdus des appels auxquels un agent avait répondu, du 2 sept")
    assert "Le site l'a confirmé." in told
    assert "m.durand" not in told


def test_a_doubt_is_no_accusation_of_the_counter() -> None:
    annual = year(incident(verdict="undecided", status="open", decisions=[]))
    (told,) = wrong(annual.indicators[0], Material(annual, OFFICE, Telling(Language.FR, PARIS)))
    assert told.startswith("C'est un soupçon, qui reste à examiner. La ligne a peut-être vraiment perdu ces appels, ou")
