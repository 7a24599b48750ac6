"""The option `--lang` of every command: one language at a time, for all that a command says to people."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from inspect import Parameter, signature
from typing import Annotated, Any, ParamSpec, TypeVar

import typer
from typer.core import TyperGroup

from agents.language import Language, language_of
from agents.translation import speak, speaking, spoken_language

P = ParamSpec("P")
T = TypeVar("T")


class CommandsThatSpeak(TyperGroup):
    """Run a command; the language that it chose ends with it, also where it is refused before it begins."""

    def main(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 -- as Typer's own
        """Run the command that the arguments name."""
        with speaking(spoken_language()):
            return super().main(*arguments, **options)


def _speak(language: Language | None) -> None:
    speak(language or language_of(os.environ))


Lang = Annotated[
    Language | None,
    typer.Option(
        "--lang",
        callback=_speak,
        is_eager=True,  # so that what is said of another option's value is in it
        help="Language of what is written for people.",
        show_default="the environment's LANG",
    ),
]


def speaks(command: Callable[P, T]) -> Callable[P, T]:
    """Return a command that has `--lang` too, and speaks that language from its first option on."""

    @wraps(command)
    def run(*arguments: P.args, **options: P.kwargs) -> T:
        options.pop("lang", None)
        return command(*arguments, **options)

    told = signature(command, eval_str=True)
    lang = Parameter("lang", Parameter.KEYWORD_ONLY, default=None, annotation=Lang)
    run.__signature__ = told.replace(parameters=[*told.parameters.values(), lang])  # type: ignore[attr-defined] # Typer's source of options
    return run
