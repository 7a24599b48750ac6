"""Prompts at a terminal: shown in the language of the command, with answers accepted in both languages."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest
import typer

import agents
from agents.commands.asking import agreed, ask, require
from agents.language import Language
from agents.translation import speaking


def answering(monkeypatch: pytest.MonkeyPatch, answers: str) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(f"{answers}\n"))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("answers", "means"),
    [
        *((each, True) for each in ("o", "oui", "y", "yes", " OUI ", "Y")),
        *((each, False) for each in ("n", "no", "non", "NON", "")),
        ("perhaps\no", True),
        ("1\n\n", False),
    ],
)
def test_yes_and_no_are_understood_in_both_languages(
    monkeypatch: pytest.MonkeyPatch, language: Language, answers: str, *, means: bool
) -> None:
    answering(monkeypatch, answers)
    with speaking(language):
        assert agreed("?") is means


@pytest.mark.parametrize(
    ("language", "said", "again"),
    [(Language.EN, "Sure? [y/N]: ", "answer y or n"), (Language.FR, "Sure? [o/N] : ", "répondez o ou n")],
)
def test_a_question_stands_in_the_language_of_the_command_and_apart_from_what_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], language: Language, said: str, again: str
) -> None:
    answering(monkeypatch, "?\nn")
    with speaking(language), pytest.raises(typer.Abort):
        require("Sure?")
    shown = capsys.readouterr()
    assert shown.out.strip() == "", "the last space is the terminal's own"
    assert shown.err.count(said.rstrip()) == 2
    assert again in shown.err


def test_without_a_usual_answer_a_question_is_put_again(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, "\n\nbecause")
    assert ask("Why") == "because"
    answering(monkeypatch, "\n")
    assert ask("Zone", "UTC") == "UTC"


def test_nothing_else_asks() -> None:
    """Otherwise a new command could ask in English alone."""
    for path in Path(agents.__file__).parent.rglob("*.py"):
        if path.name != "asking.py":
            assert not re.search(r"typer\.(prompt|confirm)\(|(?<![.\w])(input|getpass)\(", path.read_text()), path
