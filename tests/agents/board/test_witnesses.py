"""The description of each check: its direction, in the reader's language, with the usual value beside it."""

from __future__ import annotations

from datetime import date
from typing import Final, get_args

import pytest

from agents.board.witnesses import WitnessView, witness_view
from agents.language import Language
from agents.pages.evidence import CASES, GAPS, GAPS_OF_DAY
from agents.translation import Words
from agents.writing import Writing
from streams.checks.readings import TOTALS
from streams.watch.corroboration import Check
from streams.watch.counting import EVERY_LAW, SILENCE
from streams.watch.evidence import of_counter
from streams.watch.facts import KeptSentences
from streams.watch.few_calls import FEW_CALLS
from streams.watch.incident import ANSWERS, ASKED, Evidence, Verdict
from streams.watch.laws import LAWS
from streams.watch.review import OF_OFFICE

OF_REPORTED: Final = ("readings", "parts of the whole", "same block", "lost rate of days", "calls without outcome")


def shown(check: str, observed: float | None, expected: float | None, score: float, language: Language) -> WitnessView:
    evidence = Evidence(check, observed, expected, score, KeptSentences("vu <b>", "seen <b>"))
    return witness_view(evidence, "miscount", Words(language), Writing(language))


@pytest.mark.parametrize(
    ("score", "leaning"), [(3.0, "miscount"), (-3.0, "overload"), (0.2, "nothing"), (0.0, "nothing")]
)
def test_a_witness_speaks_for_one_of_two_or_says_nothing(score: float, leaning: str) -> None:
    assert shown("wait law", 4.0, 21.0, score, Language.EN).leaning == leaning


def test_the_rate_that_opened_an_incident_points_to_no_cause() -> None:
    assert shown("lost rate", 0.41, 0.05, 9.0, Language.FR).leaning == "alarm"


def test_it_is_said_as_a_person_says_it() -> None:
    told = shown("call-backs", 0.0, 0.38, 2.0, Language.FR)
    assert told.title == "Les appelants perdus rappellent-ils ?"
    assert told.says.replace("\u202f", " ") == (
        "D'ordinaire, 38 % des appelants perdus rappellent dans la demi-heure ; ici, 0 %."
    )
    assert [(each.label, each.value) for each in told.bars] == [("ici", 0.0), ("d'ordinaire", 0.38)]
    wait = shown("wait law", 4.0, 21.0, 2.0, Language.EN)
    assert wait.says == (
        "If these calls had really been lost, the others would have waited 21\u202fs; they waited 4\u202fs."
    )
    assert [each.label for each in wait.bars] == ["here", "if really lost"]


@pytest.mark.parametrize("language", list(Language))
def test_what_has_no_words_of_its_own_says_what_the_check_said(language: Language) -> None:
    said = {"fr": "Vu <b>", "en": "Seen <b>"}[language]
    for check in ("counter of calls lost", "readings", "hours of calls", "declared", "second record"):
        assert shown(check, 5.0, 0.0, 0.0, language).says == said
    nothing = shown("lost rate", None, None, 0.0, language)
    assert (nothing.says, nothing.bars) == (said, [])
    assert shown("a check of tomorrow", 1.0, 2.0, 9.0, language).title == "A check of tomorrow"


@pytest.mark.parametrize("check", CASES)
def test_every_law_of_counters_and_registers_is_a_question(check: str) -> None:
    for language in Language:
        title = shown(check, 5.0, None, 0.0, language).title
        assert title.endswith("?")
        assert title != check.capitalize()
    assert shown("waits reported", 0.0, 12.0, 0.0, Language.EN).title == "Is a mean wait reported?"


def test_every_check_of_a_line_has_a_question_in_french() -> None:
    checks = {*LAWS, *EVERY_LAW, *GAPS, *GAPS_OF_DAY, *get_args(Check), ANSWERS, ASKED, OF_OFFICE, SILENCE, FEW_CALLS}
    checks |= {*OF_REPORTED, *(f"counter of calls {total}" for total in TOTALS)}
    titles = {check: shown(check, 5.0, None, 0.0, Language.FR).title for check in checks}
    assert {check for check, title in titles.items() if not title.endswith(" ?")} == set()


@pytest.mark.parametrize(("verdict", "leaning"), [("miscount", "miscount"), ("undecided", "nothing")])
def test_a_counter_that_gave_the_verdict_by_itself_supports_it(verdict: Verdict, leaning: str) -> None:
    evidence = of_counter("missing", "lost", 685, date(2013, 5, 27).toordinal(), 9)
    view = witness_view(evidence, verdict, Words(Language.FR), Writing(Language.FR))
    assert view.leaning == leaning
    assert view.title == "Le compteur compte-t-il les mêmes appels perdus ?"
    assert "avance de 685 sans aucun événement" in view.says
