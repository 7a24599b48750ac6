"""Questions to a person at a terminal, in the chosen language; they go to standard error."""

from __future__ import annotations

import sys
from typing import Final

import typer

from agents.terminal import plain, say
from agents.translation import Words, spoken_language, text

_YES: Final = {"o", "oui", "y", "yes"}  # accepted in both languages
_NO: Final = {"n", "no", "non"}


def attended() -> bool:
    """Return whether standard input is a terminal."""
    return sys.stdin.isatty()


def ask(question: str, usual: str | None = None, *, hidden: bool = False) -> str:
    """Return a person's answer, or `usual` if it is empty; without `usual`, ask again.

    Raises `typer.Abort` at the end of the input.
    """
    colon = Words(spoken_language()).colon
    question = plain(question)
    answer = typer.prompt(
        question, default=usual, show_default=bool(usual), hide_input=hidden, prompt_suffix=colon, err=True
    )
    return str(answer)


def agreed(question: str) -> bool:
    """Return whether a person says yes; an empty answer is a no."""
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
