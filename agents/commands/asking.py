"""What a command asks a person at a terminal, in the spoken language: questions go to standard error, as notices do."""

from __future__ import annotations

import sys
from typing import Final

import typer

from agents.terminal import plain, say
from agents.translation import Words, spoken_language, text

_YES: Final = {"o", "oui", "y", "yes"}  # in either language: fingers do not ask which one is spoken
_NO: Final = {"n", "no", "non"}


def attended() -> bool:
    """Tell whether somebody is there to answer."""
    return sys.stdin.isatty()


def ask(question: str, usual: str | None = None, *, hidden: bool = False) -> str:
    """Return what a person answers; where that is nothing, the usual, and without one the question is put again.

    Raises `typer.Abort` where no answer can come any more.
    """
    colon = Words(spoken_language()).colon
    question = plain(question)
    answer = typer.prompt(
        question, default=usual, show_default=bool(usual), hide_input=hidden, prompt_suffix=colon, err=True
    )
    return str(answer)


def agreed(question: str) -> bool:
    """Tell whether a person says yes; no answer is a no."""
    choices = text("y/N")
    while True:
        answer = ask(f"{question} [{choices}]", "").strip().casefold()
        if answer in _YES:
            return True
        if not answer or answer in _NO:
            return False
        say(text("answer y or n"), err=True)


def require(question: str) -> None:
    """End the command with status 1 unless a person says yes."""
    if not agreed(question):
        raise typer.Abort
