"""Typer's usage errors are in French if French was chosen, by any of the ways to choose it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from typer.testing import CliRunner, Result

from agents import commands
from agents.cli import app
from agents.commands.refused import _ARGUMENTS
from agents.language import Language
from agents.translation import spoken_language
from tests.agents.commands.test_spoken import ENGLISH, FRENCH

COMMANDS: Final = Path(commands.__path__[0])


def invoke(*arguments: str, env: dict[str, str] = ENGLISH) -> Result:
    return CliRunner().invoke(app, arguments, env=env)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("totals --year soon", "Valeur refusée pour --year : un nombre entier est attendu"),
        ("totals --year 3", "Valeur refusée pour --year : au moins 1970 est attendu"),
        ("totals --year 3000", "Valeur refusée pour --year : au plus 2100 est attendu"),
        ("totals --format docx", "Valeur refusée pour --format : 'docx' n'est pas l'un de 'table', 'json'"),
        ("totals --from soon", "Valeur refusée pour --from : 'soon' n'est pas au format '%Y-%m-%d'"),
        ("totals --survey /nowhere", "Valeur refusée pour --survey : '/nowhere' n'existe pas"),
        ("totals --survey /", "Valeur refusée pour --survey : '/' est un dossier"),
        ("totals", "Valeur refusée pour --year : attendu : l'un de --year, --quarter et --month, ou --from et --to"),
        ("totals --yeer 2013", "Option inconnue --yeer : --year ?"),
        ("totals --qqq", "Option inconnue --qqq."),
        ("totals 2013", "La commande n'attend pas : 2013"),
        ("analyze", "Valeur refusée pour FICHIER : nommez un fichier"),
        ("ingest", "Il manque l'argument GENRE. Valeurs possibles : queue-log, asterisk-cel"),
        ("review confirm", "Il manque l'argument INCIDENT."),
        ("analyze foo x", "Valeur refusée pour GENRE : 'foo' n'est pas un genre ; attendu : queue-log"),
        ("callbacks --reveal", "Valeur refusée pour FICHIER : --reveal relit le journal"),
        ("ingest queue-log /nowhere", "Valeur refusée pour FICHIER : le fichier « /nowhere » n'existe pas"),
        ("analyze queue-log /nowhere", "Valeur refusée : le fichier « /nowhere » n'existe pas"),
        ("analyze /", "Valeur refusée : '/' est un dossier"),
        ("init queue-log /nowhere", "Valeur refusée : le fichier « /nowhere » n'existe pas"),
    ],
)
def test_a_refusal_is_french_and_says_where_the_help_is(given: str, words: str) -> None:
    found = invoke(*given.split(), "--lang", "fr")
    assert found.exit_code == 2
    assert found.stderr.startswith(words)
    assert found.stderr.splitlines()[-1].startswith("Voir ")


def test_an_unknown_command_and_an_option_without_its_value_are_refused_in_the_language_of_the_environment() -> None:
    assert invoke("totls", env=FRENCH).stderr.startswith("Commande inconnue totls : 'totals' ?")
    assert invoke("qqq", env=FRENCH).stderr.startswith("Commande inconnue qqq.")
    assert invoke("audit", "--key", env=FRENCH).stderr.startswith("L'option --key demande une valeur.")
    assert spoken_language() is Language.EN


def test_english_is_said_in_the_same_words() -> None:
    assert invoke("totals", "--yeer", "1").stderr.startswith("Unknown option --yeer: --year?\nSee ")


def test_a_command_that_is_done_ends_as_before() -> None:
    assert invoke("simulate", "--mechanisms", "--lang", "fr").exit_code == invoke("simulate", "--mechanisms").exit_code
    assert invoke("totals", "--help", "--lang", "fr").exit_code == 0


def test_each_argument_that_is_refused_is_one_that_the_help_names() -> None:
    hints = {hint for file in COMMANDS.glob("*.py") for hint in re.findall(r'param_hint="([A-Z.]+)"', file.read_text())}
    assert len(hints) > 3
    assert hints <= _ARGUMENTS


def test_a_reason_of_several_sentences_keeps_its_lines(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("a,b\n1,2\n")
    lines = invoke("analyze", "calls", str(table)).stderr.splitlines()
    assert any(each.startswith("Its columns are a, b;") for each in lines)
