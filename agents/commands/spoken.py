"""The option `--lang` of every command, which chooses the one language of its output."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from inspect import Parameter, signature
from typing import Annotated, Any, ParamSpec, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from agents.commands import usage
from agents.commands.refused import chosen, refused
from agents.language import Language, language_of
from agents.terminal import say
from agents.translation import speaking, text

P = ParamSpec("P")
T = TypeVar("T")


class CommandThatSpeaks(TyperCommand):
    """A command whose help is in the chosen language."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401, ARG002 -- as Typer's own
        usage.show(self, ctx)


class CommandsThatSpeak(TyperGroup):
    """A group of commands whose help and refusals are in the chosen language."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401, ARG002 -- as Typer's own
        usage.show(self, ctx)

    def main(self, args: Sequence[str] | None = None, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 -- as Typer's own
        """Run the command that the arguments name. If they are refused, print why in the language that they choose."""
        given = sys.argv[1:] if args is None else args
        with speaking(chosen(given) or language_of(os.environ)):
            if not options.get("standalone_mode", True):
                return super().main(args, *arguments, **options)
            try:
                status = super().main(args, *arguments, **{**options, "standalone_mode": False})
            except TyperException as error:
                # the message is empty if no command was named; the help has been printed
                if why := refused(error.format_message()):
                    say("\n".join(filter(None, (why, _help(error)))), err=True)
                status = error.exit_code
            except typer.Abort:
                say(text("Aborted."), err=True)
                status = 1
            sys.exit(status if isinstance(status, int) else 0)


def _help(error: TyperException) -> str:
    """Return which `--help` to read, for the command whose arguments were refused."""
    context = getattr(error, "ctx", None)
    return "" if context is None else text("See {command} --help", command=context.command_path)


Lang = Annotated[
    Language | None,
    typer.Option(
        "--lang",
        help="Language of the output for people.",
        show_default="the environment's LANG",
    ),
]


def group(help_text: str) -> typer.Typer:
    """Return a group without commands; `--lang` may also stand before a command's name."""
    app = typer.Typer(
        cls=CommandsThatSpeak,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help=help_text,
    )

    @app.callback()
    def _group(lang: Lang = None) -> None: ...

    return app


def speaks(
    app: typer.Typer, name: str | None = None, *, panel: str | None = None
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Return a decorator that adds a command to a group, with the option `--lang`, which `chosen` reads beforehand.

    The help shows the command in a `panel` with that title.
    """

    def add(command: Callable[P, T]) -> Callable[P, T]:
        @wraps(command)
        def run(*arguments: P.args, **options: P.kwargs) -> T:
            options.pop("lang", None)
            return command(*arguments, **options)

        given = signature(command, eval_str=True)
        lang = Parameter("lang", Parameter.KEYWORD_ONLY, default=None, annotation=Lang)
        run.__signature__ = given.replace(parameters=[*given.parameters.values(), lang])  # type: ignore[attr-defined] # Typer's source of options
        return app.command(name, cls=CommandThatSpeaks, rich_help_panel=panel)(run)

    return add
