"""`--help` of every command is complete and in the chosen language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
import typer
from typer.testing import CliRunner

from agents.cli import PANELS, app
from agents.commands import usage
from agents.language import Language
from tests.agents.vocabulary import foreign, words


def commands(found: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command and every group of commands by name."""
    yield path, found
    for name, command in getattr(found, "commands", {}).items():
        yield from commands(command, *path, name)


TREE: Final = dict(commands(typer.main.get_command(app)))
LANGUAGES: Final = pytest.mark.parametrize("language", Language)
EACH: Final = pytest.mark.parametrize("path", TREE, ids=lambda path: " ".join(path) or "tocsin")


def test_help_shows_every_command_under_one_title() -> None:
    untitled = [name for name, command in TREE[()].commands.items() if usage.panel(command) not in PANELS]
    assert untitled == []
    shown = told("--help").splitlines()
    assert [title for title in PANELS if sum(f"─ {title} ─" in row for row in shown) != 1] == []
    assert not any("─ Commands ─" in row for row in shown)


def told(*arguments: str, columns: int = 100, **environment: str) -> str:
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": str(columns), "LC_ALL": "", "LANG": "", **environment})
    assert result.exit_code == 0, result.output
    return result.stdout


def typed(path: tuple[str, ...], command: Any) -> set[str]:
    """Return the words that users type in every language: names of commands and values of options."""
    found = {*path, *getattr(command, "commands", {})}
    for each in command.params:
        if each.type_descriptor.is_choice:
            found |= set(map(str, each.type_descriptor.choices))
    return words(" ".join(found).replace("-", " "))


@EACH
@LANGUAGES
def test_help_is_in_one_language(path: tuple[str, ...], language: Language) -> None:
    said = told(*path, "--lang", language, "--help")
    assert len(said.split()) > 10
    assert not foreign(said, language) - typed(path, TREE[path])


@EACH
def test_help_tells_every_option_and_argument_of_a_command(path: tuple[str, ...]) -> None:
    said = told(*path, "--help")
    for each in TREE[path].params:
        assert (each.opts[0] if each.param_type_name == "option" else each.metavar) in said
    assert all(name in said for name in getattr(TREE[path], "commands", {}))


@EACH
@LANGUAGES
def test_help_is_whole_on_a_narrow_terminal(path: tuple[str, ...], language: Language) -> None:
    said = told(*path, "--lang", language, "--help", columns=40)
    assert "…" not in said
    assert max(map(len, said.splitlines())) <= 40


def test_help_is_in_the_environments_language_where_none_is_chosen() -> None:
    assert told("totals", "--help", LANG="fr_FR.UTF-8") == told("totals", "--lang", "fr", "--help")
    assert told("--lang", "en", "totals", "--help", LANG="fr_FR.UTF-8") == told("totals", "--help")


def test_help_names_what_a_value_is_and_what_stands_for_none() -> None:
    said = " ".join(told("totals", "--help", columns=260).split())
    assert "--year NUMBER The year. [1970 - 2100]" in said
    assert "--vintages List the vintages of the period." in said
    assert "[one of table, json, csv, xlsx, html, pdf," in said
    assert "notice, open-data, prometheus, parquet, postgres; default: table]" in said
    assert "[or by TOCSIN_CONFIG]" in said


def test_a_group_without_a_command_tells_its_commands() -> None:
    result = CliRunner().invoke(app, ["review"], env={"LANG": "fr_FR.UTF-8", "LC_ALL": ""})
    assert result.exit_code == 2
    assert "Utilisation : " in result.stdout
    assert not result.stderr
