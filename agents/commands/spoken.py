"""The option `--lang` of every command: one language at a time, for all that a command says to people."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from inspect import Parameter, signature
from typing import Annotated, Any, ParamSpec, TypeVar

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from agents.commands.refused import chosen, refused
from agents.language import Language, language_of
from agents.terminal import say
from agents.translation import speak, speaking, spoken_language, text

P = ParamSpec("P")
T = TypeVar("T")


class CommandsThatSpeak(TyperGroup):
    """Run a command; the language that it chose ends with it, also where it is refused before it begins."""

    def main(self, args: Sequence[str] | None = None, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 -- as Typer's own
        """Run the command that the arguments name; what it refuses of them is said in their language."""
        given = sys.argv[1:] if args is None else args
        with speaking(chosen(given) or spoken_language()):
            if spoken_language() is Language.EN or not options.get("standalone_mode", True):
                return super().main(args, *arguments, **options)  # which says it in English by itself
            try:
                status = super().main(args, *arguments, **{**options, "standalone_mode": False})
            except TyperException as error:
                say("\n".join(filter(None, (refused(error.format_message()), _help(error)))), err=True)
                status = error.exit_code
            except typer.Abort:
                say(text("Aborted."), err=True)
                status = 1
            sys.exit(status if isinstance(status, int) else 0)


def _help(error: TyperException) -> str:
    """Return where to read how a command is used, of the command whose arguments were refused."""
    context = getattr(error, "ctx", None)
    return "" if context is None else text("See {command} --help", command=context.command_path)


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
