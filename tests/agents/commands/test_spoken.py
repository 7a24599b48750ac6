"""Every command has `--lang` and uses one language: the chosen one, or else the environment's."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextvars import Context
from pathlib import Path
from typing import Any, Final

import pytest
import typer
from typer.testing import CliRunner, Result

from agents.cli import app
from agents.language import Language
from agents.translation import spoken_language

FRENCH: Final = {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "fr_FR.UTF-8"}
ENGLISH: Final = {"LC_ALL": "", "LC_MESSAGES": "", "LANG": "en_GB.UTF-8"}
LOG: Final = b"""\
1543600000|1543600000.1|standard|NONE|ENTERQUEUE||0612345678|1
1543600009|1543600000.1|standard|Agent/2|CONNECT|9|1543600001.2|4
1543600040|1543600040.1|standard|NONE|ENTERQUEUE||0612345679|1
1543600052|1543600040.1|standard|NONE|ABANDON|1|1|12
1543600060|1543600060.1|nowhere|NONE|ENTERQUEUE||0612345670|1
"""
NO_SITE: Final = b"lines:\n  standard: {}\n"


def commands(found: Any, name: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not hasattr(found, "commands"):
        yield name, found
        return
    for part, command in found.commands.items():
        yield from commands(command, (*name, part))


TREE: Final = dict(commands(typer.main.get_command(app)))


def invoke(*arguments: str, env: dict[str, str] = ENGLISH) -> Result:
    return CliRunner().invoke(app, arguments, env={**env, "COLUMNS": "200"})


def test_the_tree_has_the_commands_and_those_of_its_groups() -> None:
    assert {("analyze",), ("review", "list"), ("state", "rebuild"), ("pseudonyms", "erase")} <= TREE.keys()


@pytest.mark.parametrize("name", TREE, ids=" ".join)
def test_every_command_takes_lang_in_both_languages_and_no_other(name: tuple[str, ...]) -> None:
    assert "--lang" in {option for each in TREE[name].params for option in each.opts}
    for language in Language:
        assert invoke(*name, "--lang", language, "--help").exit_code == 0
    assert "'de' is not one of 'fr', 'en'" in invoke(*name, "--lang", "de").stderr


@pytest.fixture
def log(tmp_path: Path) -> str:
    (tmp_path / "queue_log").write_bytes(LOG)
    return str(tmp_path / "queue_log")


@pytest.fixture
def office(tmp_path: Path) -> str:
    (tmp_path / "office.yaml").write_text("site: lozere\nlines:\n  standard: {}\n")
    return str(tmp_path / "office.yaml")


def test_a_report_is_in_one_language(log: str, office: str) -> None:
    french, english = (
        invoke("analyze", "queue-log", log, "--config", office, "--full", "--lang", language).stdout
        for language in ("fr", "en")
    )
    assert "taux d'appels perdus" in french
    assert "50,00\u202f%" in french
    assert "événements : 4 lus, 3 bons" in french.replace("5 lus, 4", "4 lus, 3")
    assert "perdus par motif : abandon 1" in french
    assert "unknown-line : 1 ligne, la première est la 5 : la file" in french
    assert "lost rate" in english
    assert "50.00%" in english
    assert "lost by reason: abandoned 1" in english
    told = {line.strip() for line in french.splitlines()} & {line.strip() for line in english.splitlines()}
    assert not told - {""}, "what is the same in both is in one of them only by mistake"


def test_the_environment_chooses_where_nobody_does(log: str, office: str) -> None:
    command = ("analyze", "queue-log", log, "--config", office)
    assert invoke(*command, env=FRENCH).stdout == invoke(*command, "--lang", "fr").stdout
    assert invoke(*command, "--lang", "en", env=FRENCH).stdout == invoke(*command).stdout


def test_programs_read_the_same_in_every_language(log: str, office: str) -> None:
    command = ("analyze", "queue-log", log, "--config", office, "--json")
    assert invoke(*command, "--lang", "fr").stdout == invoke(*command, "--lang", "en").stdout
    explained = (*command, "--explain", "1543600040.1")
    assert invoke(*explained, "--lang", "fr").stdout == invoke(*explained, "--lang", "en").stdout


def test_what_one_command_spoke_another_does_not(log: str) -> None:
    invoke("analyze", "queue-log", log, "--lang", "fr")
    assert spoken_language() is Language.EN


def test_a_refusal_is_in_one_language(tmp_path: Path) -> None:
    gone = str(tmp_path / "gone")
    assert "n'existe pas" in invoke("analyze", "queue-log", gone, "--lang", "fr").stderr
    assert "does not exist" in invoke("analyze", "queue-log", gone, "--lang", "en").stderr


def test_a_wrong_configuration_is_told_with_its_key_and_what_was_expected_in_both(tmp_path: Path) -> None:
    wrong = tmp_path / "office.yaml"
    wrong.write_text("site: lozere\ntaget: 1\nlines:\n  standard: {target: 40 %}\n")
    french, english = (invoke("check", "--config", str(wrong), "--lang", language) for language in ("fr", "en"))
    assert (french.exit_code, english.exit_code) == (2, 2)
    assert "La configuration est refusée :" in french.stderr
    assert f'{wrong}: lines.standard.target : trouvé "40 %", attendu un nombre de 0 à 1' in french.stderr
    assert f'{wrong}: lines.standard.target: found "40 %", expected a number from 0 to 1' in english.stderr
    assert "taget : trouvé une clé inconnue, attendu une valeur parmi" in french.stderr
    assert "expected" not in french.stderr


@pytest.mark.filterwarnings("error")
def test_a_command_that_is_refused_leaves_nothing_to_another_thread() -> None:
    result = CliRunner().invoke(app, ["totals", "--lang", "fr", "--year", "soon"])
    assert result.exit_code == 2
    assert spoken_language() is Language.EN
    del result
    Context().run(gc.collect)  # the collector ends the files that a refused command left open
