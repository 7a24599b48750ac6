"""The output of `--help` in the chosen language: Typer's own frame is in English only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from shutil import get_terminal_size
from typing import Any, Final

import typer
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from agents.terminal import Screen
from agents.translation import semicolon, text
from streams.said import said

# Placeholders for values, by type; an option with few values lists them in its help.
_VALUES: Final = {
    int: said("NUMBER"),
    float: said("NUMBER"),
    str: said("TEXT"),
    Path: said("PATH"),
    datetime: said("DATE"),
}
_HELP: Final = said("Show this message and exit.")  # Typer's own
_NAME_WIDTH: Final = 26  # maximum width of the names, so that the help texts have room


def show(command: Any, context: typer.Context) -> None:  # noqa: ANN401 -- a command of Typer's, whose class is private
    """Print the help of a command."""
    screen = Screen(width=get_terminal_size().columns)  # in a pipe too, people read it
    parameters = [each for each in command.get_params(context) if not each.hidden]
    arguments = [each for each in parameters if each.param_type_name == "argument"]
    options = [each for each in parameters if each.param_type_name == "option"]
    inner = getattr(command, "commands", {})
    usage = [
        context.command_path,
        text("[OPTIONS]"),
        *map(_in_usage, arguments),
        *([text("COMMAND ...")] if inner else []),
    ]
    screen.print(Padding(Text(text("Usage: {usage}", usage=" ".join(usage)), "bold"), 1))
    for paragraph in paragraphs(command.help):
        screen.print(Padding(text(paragraph), (0, 1, 1, 1)))
    _panel(screen, text("Arguments"), [(_named(each), _told(each)) for each in arguments])
    _panel(screen, text("Options"), [(_named(each), _told(each)) for each in options])
    panels: dict[str, list[tuple[str, str]]] = {}
    for name, each in inner.items():
        panels.setdefault(panel(each) or "Commands", []).append((name, text(paragraphs(each.help)[0])))
    for title, rows in panels.items():
        _panel(screen, text(title), rows)


def texts(command: Any) -> Iterator[str]:  # noqa: ANN401 -- as above
    """Yield the English help texts of a command and its subcommands."""
    yield from paragraphs(command.help)
    for each in command.params:
        yield from paragraphs(each.help)
        yield from (told for told in (each.metavar, each.show_default) if isinstance(told, str) and told)
    for inner in getattr(command, "commands", {}).values():
        yield from filter(None, [panel(inner)])
        yield from texts(inner)


def panel(command: Any) -> str | None:  # noqa: ANN401 -- as above
    """Return the title of the panel that shows a command in the help of its group."""
    title = command.rich_help_panel
    return title if isinstance(title, str) else None  # else Typer's placeholder for no title


def paragraphs(told: str | None) -> list[str]:
    r"""Return the paragraphs of a help text, each on one line.

    >>> paragraphs("One\nline.\n\nAnother.")
    ['One line.', 'Another.']
    """
    return [" ".join(each.split()) for each in (told or "").split("\n\n") if each]


def _in_usage(argument: Any) -> str:  # noqa: ANN401 -- a parameter of Typer's, whose class is private
    name = text(argument.metavar)
    return name if argument.required or name.startswith("[") else f"[{name}]"


def _named(parameter: Any) -> str:  # noqa: ANN401 -- as above
    """Return the name of an argument, or the names of an option with a placeholder for its value."""
    if parameter.param_type_name == "argument":
        return text(parameter.metavar)
    value = parameter.metavar or ("" if parameter.is_flag else _VALUES.get(parameter.type_descriptor.annotation, ""))
    names = ", ".join([*parameter.opts, *parameter.secondary_opts])
    return f"{names} {text(value) if value else ''}".strip()


def _told(parameter: Any) -> str:  # noqa: ANN401 -- as above
    """Return the help of a parameter, with its possible values and its default."""
    kind = parameter.type_descriptor
    facts = []
    if kind.is_choice:
        facts.append(text("one of {choices}", choices=", ".join(map(str, kind.choices))))
    if parameter.min is not None:
        facts.append(f"≥ {parameter.min}" if parameter.max is None else f"{parameter.min} - {parameter.max}")
    if parameter.envvar and parameter.show_envvar:
        facts.append(text("or by {variable}", variable=parameter.envvar))
    if usual := _usual(parameter):
        facts.append(text("default: {usual}", usual=usual))
    if parameter.required:
        facts.append(text("required"))
    told = " ".join(map(text, paragraphs(parameter.help)))
    return f"{told} [{semicolon().join(facts)}]" if facts else told


def _usual(parameter: Any) -> str:  # noqa: ANN401 -- as above
    if isinstance(parameter.show_default, str):
        return text(parameter.show_default)
    usual = parameter.default
    return "" if usual is None or usual is False or not parameter.show_default else str(usual)


def _panel(screen: Screen, title: str, rows: Sequence[tuple[str, str]]) -> None:
    if not rows:
        return
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold cyan", max_width=_NAME_WIDTH, overflow="fold")
    table.add_column(overflow="fold")
    for name, told in rows:
        table.add_row(name, told)
    screen.print(Panel(table, title=title, title_align="left", border_style="dim"))
