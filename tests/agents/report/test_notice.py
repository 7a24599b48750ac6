"""The notice is one page with three figures in plain words, marked as corrected or unknown if they are."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from agents.language import Language
from agents.report.notice import chosen, notice
from config.office import Signatory
from config.settings import Channel, Line, Service, Settings
from streams.chain.breach import Breach
from streams.indicators.annual import Annual
from streams.indicators.indicator import Figure
from streams.indicators.period import Period
from streams.said import said as sentence
from streams.watch.guard import Guard
from tests.agents.report.made import HOSTILE, catalogue, logo, said, tags
from tests.agents.totals.year import edition, wrong, year

OFFICE = Signatory(name="Préfecture de la Lozère", contact="qualite@lozere.example")


def office(*named: str, **more: Any) -> Settings:
    return Settings(
        site="lozere",
        lines={"circulation": Line(), "standard": Line()},
        services={"cartes": Service()},
        requests={"im341": Channel()},
        office=OFFICE.model_copy(update={"notice": named, **more}),
    )


def read(annual: Annual, settings: Settings, language: Language = Language.FR, **more: Any) -> PdfReader:
    found = PdfReader(BytesIO(notice(annual, settings, language, **more)))
    assert len(found.pages) == 1
    return found


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            Language.FR,
            "Nos résultats en 2013 Téléphone : Circulation 2,00 % des appels ont été perdus ✓ objectif atteint "
            "(moins de 10 %) Valeur corrigée : les appels avaient été mal comptés, ce qui donnait 24,50 %. "
            "CNI (IM 341) 3,00 j en moyenne pour traiter une demande "
            "Satisfaction : accueil 98 % des usagers sont satisfaits publié le 4 novembre 2014 "
            "Contact : qualite@lozere.example",
        ),
        (
            Language.EN,
            "Our results in 2013 Telephone: Circulation 2.00% of the calls were lost ✓ target met (below 10%) "
            "Corrected value: the calls were counted wrong, which gave 24.50%. "
            "CNI (IM 341) 3.00 d to process a request, on average Satisfaction: accueil 98% of the users "
            "are satisfied published on 4 November 2014 "
            "Contact: qualite@lozere.example",
        ),
    ],
)
def test_it_says_three_figures_in_plain_words(language: Language, words: str) -> None:
    published = edition(wrong())
    found = read(published.annual, office(), language, vintage=published)
    assert said(found) == f"Préfecture de la Lozère {words}"
    assert catalogue(found)["/Lang"] == language
    assert [name for name, _ in tags(found) if name == "/H1"] == ["/H1"] * 3


def test_an_office_names_its_figures_in_its_order() -> None:
    text = said(read(year(wrong()), office("wait:cartes", "lost_rate:circulation")))
    assert text.index("Guichet : Cartes grises 15,00 min d") < text.index("Téléphone : Circulation")
    assert "Satisfaction" not in text


def test_a_figure_that_is_named_and_withheld_says_why_and_no_other_takes_its_place() -> None:
    annual = year(wrong())
    for rate in annual.indicators[:2]:  # both belong to the line
        rate.guard, rate.method = Guard("undecided"), "unavailable"
        rate.corrected = Figure(None, None, None, status="Q")
    text = said(read(annual, office("lost_rate:circulation")))
    assert "Téléphone : Circulation — des appels ont été perdus non publié" in text
    assert "24,50" not in text
    assert "objectif" not in text
    assert [each.id for each in chosen(annual)] == ["lost_rate:standard", "mean_days:im341", "satisfaction:accueil"]


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ("satisfaction:horaires", "horaires — aucun chiffre pour cette période"),
        ("within_target:im341", "CNI (IM 341) — aucun chiffre pour cette période"),
    ],
)
def test_a_figure_that_is_not_there_says_so(named: str, says: str) -> None:
    assert says in said(read(year(wrong()), office(named)))


def test_a_correction_that_nobody_confirmed_is_a_suspicion() -> None:
    text = said(read(year(wrong(status="open", decisions=[])), office("lost_rate:circulation")))
    assert "le comptage des appels, qui donnait 24,50 %, est douteux" in text
    assert "mal comptés" not in text


def test_what_was_counted_is_no_corrected_value() -> None:
    assert "Valeur corrigée" not in said(read(year(), office("lost_rate:circulation")))


def test_answers_of_a_survey_say_when_they_were_given() -> None:
    annual = year()
    annual.asked = Period(date(2014, 6, 12), date(2014, 6, 12))
    told = said(read(annual, office("satisfaction:accueil")))
    assert "des usagers sont satisfaits (réponses données le 12 juin 2014)" in told


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    [
        (150, 150, "100 %"),
        (147, 150, "98 %"),
        (299, 300, "99,7 %"),  # not all of them
        (2999, 3000, "99,97 %"),
        (1467, 1500, "97,8 %"),
        (11736, 12000, "97,80 %"),
    ],
)
def test_a_share_of_few_has_no_false_decimals(part: int, whole: int, written: str) -> None:
    annual = year()
    asked = next(each for each in annual.indicators if each.of == "survey")
    asked.raw = asked.corrected = Figure(part / whole, part, whole)
    assert f"{written} des usagers" in said(read(annual, office(asked.id)))


def test_a_missed_target_is_said_in_words() -> None:
    assert "✗ objectif non atteint (moins de 10 %)" in said(read(year(), office("lost_rate:circulation")))


def test_a_year_that_goes_on_is_provisional() -> None:
    text = said(read(year(today=date(2013, 12, 30)), office()))
    assert "au 30 décembre 2013 · provisoire" in text


def test_figures_that_were_tampered_with_are_marked() -> None:
    broken = [
        Breach(
            kind="signature",
            subject="vintage 1",
            says=sentence("a closed day, changed since vintage {number} of {period}", number=1, period="2013"),
        )
    ]
    assert "Chiffres à ne pas publier" in said(read(year(), office(), breaches=broken))


def test_a_period_without_figures_says_so() -> None:
    empty = year(period=Period(date(2010, 1, 1), date(2010, 12, 31)))
    assert "Aucun comptage sur cette période" in said(read(empty, office()))


def test_texts_that_are_long_or_would_be_markup_stay_on_the_page(tmp_path: Path) -> None:
    annual = year(wrong())
    annual.indicators[0].label = f"{HOSTILE} " * 12
    settings = office("lost_rate:circulation", "mean_days:im341", name=HOSTILE, contact=HOSTILE, logo=logo(tmp_path))
    found = read(annual, settings)
    assert "".join(said(found).split()).count("".join(HOSTILE.split())) == 14
    assert [tag["/Alt"] for name, tag in tags(found) if name == "/Figure"] == [HOSTILE]


def test_the_same_figures_are_the_same_bytes() -> None:
    published = edition(wrong())
    one, other = (notice(published.annual, office(), Language.FR, published) for _ in range(2))
    assert one == other
