"""Users without a log answer a few questions; the configuration's own message rejects a wrong answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.language import Language
from agents.proposal.asked import asked, country_of, machine_zone
from config.document import parse
from config.settings import Settings, checked


def told(*answers: str, language: Language = Language.EN) -> tuple[Settings, list[str], list[tuple[str, str]]]:
    """Return the resulting configuration, the rejections and the questions; an empty answer takes the default."""
    left, refused, questions = list(answers), list[str](), list[tuple[str, str]]()

    def ask(words: str, usual: str) -> str:
        questions.append((words, usual))
        return (left.pop(0) if left else "") or usual

    text = asked(ask, refused.append, "Europe/Paris", language)
    document = parse(text, "office.yaml")
    assert isinstance(document, dict)
    return checked(document, "office.yaml"), refused, questions


def test_every_question_has_a_usual_answer() -> None:
    found, refused, questions = told()
    assert refused == []
    assert [usual for _, usual in questions] == [
        *("", "office", "Europe/Paris", "FR", "Mo-Fr 08:30-12:00,13:30-17:00", "accueil"),
    ]
    assert (found.site, found.holidays.country, list(found.lines)) == ("office", "FR", ["accueil"])


def test_the_answers_are_what_is_configured() -> None:
    found, _, questions = told(
        "Mairie de Saint-Exemple",
        "",
        "Europe/Berlin",
        "",
        "Mo-Th 08:00-12:00",
        "accueil 0400000000, etat-civil 602 603",
    )
    assert (found.site, found.timezone, found.holidays.country) == ("mairie-de-saint-exemple", "Europe/Berlin", "DE")
    assert found.opening_hours == "Mo-Th 08:00-12:00"
    assert {name: line.queues for name, line in found.lines.items()} == {
        "accueil": ("0400000000",),
        "etat-civil": ("602", "603"),
    }
    assert questions[1][1] == "mairie-de-saint-exemple"


def test_a_wrong_answer_is_refused_at_once_and_asked_again() -> None:
    found, refused, questions = told("", "La Mairie", "mairie", "Paris", "", "-", "at nine", "", "a 1, b 1")
    assert [each.partition(": found ")[2].partition(", expected ")[0] for each in refused] == [
        *('"La Mairie"', '"Paris"', '"at nine"', '"1"'),
    ]
    assert "such as Europe/Paris" in refused[1]
    assert (found.site, found.holidays.country) == ("mairie", None)
    assert len(questions) == 10


def test_questions_are_in_one_language() -> None:
    assert told(language=Language.FR)[2][2][0] == "Fuseau horaire"
    assert told()[2][2][0] == "Time zone"


@pytest.mark.parametrize(
    ("variable", "zone"),
    [("Europe/Berlin", "Europe/Berlin"), (":Europe/Berlin", "Europe/Berlin"), ("UTC", None), ("CET-1CEST", None)],
)
def test_the_variable_names_the_zone(variable: str, zone: str | None) -> None:
    assert machine_zone({"TZ": variable}) == zone


def test_else_the_link_of_the_machine_names_it(tmp_path: Path) -> None:
    zones = tmp_path / "zoneinfo" / "Europe"
    zones.mkdir(parents=True)
    (zones / "Paris").touch()
    link = tmp_path / "localtime"
    link.symlink_to(zones / "Paris")
    assert machine_zone({}, link) == "Europe/Paris"
    assert machine_zone({}, tmp_path / "nothing") is None


def test_a_zone_lies_in_a_country() -> None:
    assert [country_of(zone) for zone in ("Europe/Paris", "America/New_York", "UTC")] == ["FR", "US", None]
