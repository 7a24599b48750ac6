"""The survey command prints shares with their intervals, and the rows it could not read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.agents.invoking import invoke, refused, written

ROWS = [
    *(f"{number};Accueil;{'très satisfait' if number % 50 else 'peu satisfait'}" for number in range(1, 151)),
    *(f"{number};Délai;{'oui' if number % 3 else ''}" for number in range(1, 151)),
    "151;Accueil;bof",
]


@pytest.fixture
def file(tmp_path: Path) -> str:
    return written(tmp_path / "survey.csv", "\n".join(["respondent;question;answer", *ROWS]).encode())


def test_a_panel_is_told_to_programs(file: str) -> None:
    ran = invoke("analyze", "survey", file, "--json")
    assert ran.exit_code == 0, ran.output
    document = json.loads(ran.stdout)
    reception, delay = document["questions"]
    assert (reception["question"], reception["satisfied"], reception["answers"]) == ("Accueil", 147, 150)
    assert (reception["share"], reception["blank"]) == (0.98, 0)
    # (0.98 + z²/300 -+ z sqrt(0.98 * 0.02 / 150 + z²/90000)) / (1 + z²/150), z = 1.959964
    assert (reception["low"], reception["high"]) == pytest.approx((0.942853, 0.993175), abs=1e-6)
    assert (delay["satisfied"], delay["answers"], delay["share"], delay["high"], delay["blank"]) == (100, 100, 1, 1, 50)
    assert document["rows"] == {"read": 301, "ok": 250, "blank": 50, "invalid": 1}
    (unknown,) = document["refused"]
    assert (unknown["row"], unknown["reason"]) == (302, "unknown-answer")


def test_a_panel_is_told_to_people(file: str) -> None:
    said = " ".join(invoke("analyze", "survey", file).stdout.split())
    assert "Accueil 147 150 98.00% 94.29% 99.32% 0" in said
    assert "unknown-answer: 1 line, the first is 302: 'bof'; expected one of très satisfait" in said


def grouped(tmp_path: Path) -> str:
    def kind(number: int) -> str:
        return "particulier" if number < 30 else "association" if number < 36 else "M. Martin"

    suggested = dict.fromkeys(range(1, 5), "ouvrir à midi;horaires")
    rows = [
        f"{number};Accueil;{'oui' if number % 2 else 'non'};{kind(number)};guichet;{suggested.get(number, ';')}"
        for number in range(1, 37)
    ]
    head = "respondent;question;answer;subgroup;channel;suggestion;theme"
    return written(tmp_path / "groups.csv", "\n".join([head, *rows]).encode())


def test_groups_with_enough_answers_have_a_share_and_the_others_are_named(tmp_path: Path) -> None:
    file = grouped(tmp_path)
    (question,) = json.loads(invoke("analyze", "survey", file, "--json").stdout)["questions"]
    assert [(each["by"], each["name"], each["answers"], each["satisfied"]) for each in question["groups"]] == [
        ("subgroup", "particulier", None, None),  # else the 7 others would be 36 less 29
        ("subgroup", "association", None, None),
        ("subgroup", "", None, None),
        ("channel", "guichet", 36, 18),
    ]
    assert (question["suggestions"], question["themes"]) == (4, [{"name": "horaires", "count": 4}])
    said = " ".join(invoke("analyze", "survey", file).stdout.split())
    assert "Accueil subgroup association too few answers" in said
    assert "Accueil horaires 4" in said
    assert "Martin" not in said
    assert "midi" not in said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"respondent,question,answer\n", "as survey: it has nothing to count"),
        (b"respondent,question,answer\n1,Accueil,bof\n", "unknown-answer: 1 line, the first is 2: 'bof'"),
        (b"[\n" + b" 7,\n" * 9_000 + b" 7]\n", "its 9001 lines were all refused"),
    ],
)
def test_a_survey_without_an_answer_is_a_failure_of_a_few_lines(tmp_path: Path, content: bytes, said: str) -> None:
    file = written(tmp_path / "survey.csv", content)
    for command in (["analyze", "survey", file], ["totals", "--year", "2013", "--survey", file]):
        ended = invoke(*command)
        assert ended.exit_code == 1
        assert said in " ".join(ended.stderr.split())
        assert ended.stderr.count("\n") < 10
        assert ended.stdout == ""


def test_another_file_and_another_command_are_refused(tmp_path: Path, file: str) -> None:
    said = refused("analyze", "survey", written(tmp_path / "calls.csv", b"call,line\n1,standard\n"))
    assert "calls.csv: found the columns call, line, expected each of answer, question, respondent once" in said
    assert "a survey is not sent to Kafka" in refused("ingest", "survey", file)
