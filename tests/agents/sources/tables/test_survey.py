"""A survey's file becomes answers; an invalid row is refused with its line, and the others are kept."""

from __future__ import annotations

from datetime import date

import pytest

from agents.sources.entry import Refused
from agents.sources.tables.survey import read
from config.refusal import ConfigError
from streams.indicators.survey import Answer
from streams.number import WITHHELD

HEADER = "respondent,question,answer\n"


def answers(text: str) -> list[Answer | Refused]:
    return list(read(text.encode().splitlines(keepends=True), "survey.csv"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_rows_are_answers_by_any_delimiter_and_order(delimiter: str) -> None:
    text = "question,panel,respondent,answer\nAccueil,2014,1,satisfait\nAccueil,2014,2,non\nDélai,2014,1,\n"
    assert answers(text.replace(",", delimiter)) == [
        Answer("Accueil", satisfied=True),
        Answer("Accueil", satisfied=False),
        Answer("Délai", satisfied=None),
    ]


def test_one_without_a_name_may_answer_as_often_as_wanted() -> None:
    assert answers(HEADER + ",Accueil,oui\n,Accueil,non\n") == [Answer("Accueil", True), Answer("Accueil", False)]  # noqa: FBT003


@pytest.mark.parametrize(
    ("row", "reason", "says"),
    [
        ("7,Accueil,bof", "unknown-answer", "'bof'; expected one of très satisfait,"),
        ("7,,oui", "no-question", "no value in question; expected the question"),
        ("7,Accueil", "malformed", "2 fields; expected 3"),
        ("1,Accueil,oui", "repeated", "already answered in line 2; expected one answer per respondent and question"),
    ],
)
def test_what_is_no_answer_is_refused_and_the_rest_goes_on(row: str, reason: str, says: str) -> None:
    first, refused, last = answers(f"{HEADER}1,Accueil,oui\n{row}\n2,Accueil,non\n")
    assert isinstance(refused, Refused)
    assert (refused.row, refused.why.reason, refused.original) == (3, reason, b"")
    assert refused.why.detail.startswith(says)
    assert (first, last) == (Answer("Accueil", satisfied=True), Answer("Accueil", satisfied=False))


def test_a_refused_answer_may_be_mended_by_a_later_one() -> None:
    (_, second) = answers(HEADER + "1,Accueil,bof\n1,Accueil,oui\n")
    assert second == Answer("Accueil", satisfied=True)


def test_a_file_without_its_columns_is_refused_at_once() -> None:
    with pytest.raises(ConfigError, match="expected each of answer, question, respondent once"):
        read([b"a,b\n"], "survey.csv")


def test_the_text_of_a_suggestion_is_not_kept_and_its_theme_is() -> None:
    header = HEADER.replace("\n", ",subgroup,channel,suggestion,theme\n")
    rows = (
        "1,A,oui,18-25 ans,guichet,Mme Martin est charmante,accueil\n2,A,,1960-1969,,Fermer plus tard,\n3,A,non,,,,\n"
    )
    assert answers(header + rows) == [
        Answer("A", True, None, "18-25 ans", "guichet", "accueil"),  # noqa: FBT003
        Answer("A", None, None, "1960-1969", "", ""),
        Answer("A", False, None, "", "", None),  # noqa: FBT003
    ]


def test_a_telephone_number_is_in_no_name_and_in_no_refusal() -> None:
    header = HEADER.replace("\n", ",subgroup,channel,theme\n")
    named, refused = answers(header + "1,A,oui,06 11 22 33 44,0611223344,+33 6 11 22 33 44\n2,A,06.11.22.33.44,,,\n")
    assert named == Answer("A", True, None, WITHHELD, WITHHELD, WITHHELD)  # noqa: FBT003
    assert isinstance(refused, Refused)
    assert refused.why.detail.startswith(repr(WITHHELD))


def test_a_date_says_when_an_answer_was_given() -> None:
    dated = HEADER.replace("\n", ",date\n") + "1,Accueil,oui,2014-06-02\n2,Accueil,non,\n3,Accueil,oui,juin\n"
    first, second, third = answers(dated)
    assert first == Answer("Accueil", satisfied=True, day=date(2014, 6, 2))
    assert second == Answer("Accueil", satisfied=False)
    assert isinstance(third, Refused)
    assert third.why.reason == "not-a-date"
