"""A finding describes the miscount in plain words, and states nothing unconfirmed as certain."""

from __future__ import annotations

from agents.language import Language
from agents.report.blocks import Paragraph
from agents.report.finding import dismissals, finding, wrong
from agents.report.material import Material
from agents.report.sections import opening, telephone
from agents.totals.telling import Telling
from streams.indicators.annual import Annual
from streams.watch.incident import Decided
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


def test_a_dismissal_is_told_beside_the_figure_with_who_when_and_why() -> None:
    why = Decided("", 1_389_258_180_000, 1, "dismiss", "J. Durand", "jour de grève", None, None)
    annual = year(incident(status="dismissed", decisions=[why]))
    material = Material(annual, OFFICE, Telling(Language.FR, PARIS))
    essential = " ".join(each.text for each in opening.essential(material).blocks if isinstance(each, Paragraph))
    beside = [each for each in telephone.section(material).within[0].blocks if isinstance(each, Paragraph)]  # type: ignore[union-attr]  # it has calls
    for told in (essential, " ".join(each.text for each in beside)):
        assert "écartée par J. Durand le 9 janvier 2014" in told
        assert "Motif : « jour de grève »" in told
    assert "Aucune erreur de comptage n'est soupçonnée" not in essential
    hidden = OFFICE.model_copy(update={"office": OFFICE.office.model_copy(update={"publish_notes": False})})
    (kept,) = dismissals(annual.indicators[:1], material._replace(settings=hidden))
    assert "écartée par une personne du site le 9 janvier" in kept.text
    assert "grève" not in kept.text


def test_an_overload_that_a_person_dismisses_was_never_a_suspicion() -> None:
    why = Decided("", 1_389_258_180_000, 1, "dismiss", "J. Durand", "", None, None)
    annual = year(incident(status="dismissed", verdict="overload", kind="overload", decisions=[why]))
    assert dismissals(annual.indicators, Material(annual, OFFICE, Telling(Language.FR, PARIS))) == []


def test_losses_that_stopped_may_be_left_out_or_counted_as_answered() -> None:
    annual = year(incident(kind="missing", cause="fall"))
    (told,) = wrong(annual.indicators[0], Material(annual, OFFICE, Telling(Language.FR, PARIS)))
    assert told.startswith("Le logiciel a omis des appels perdus, ou les a comptés comme décrochés, du")
