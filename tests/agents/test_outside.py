"""Every text for users is in the catalogue; exceptions are listed with their reasons."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Final

import pytest

ROOMS: Final = [Path(str(files(package))) for package in ("agents", "config", "streams")]
TREE: Final = ROOMS[0].parent
MODULES: Final = sorted(path for room in ROOMS for path in room.rglob("*.py"))
TEMPLATES: Final = sorted(ROOMS[0].rglob("*.j2"))

# These functions print, ask or refuse, so their texts must come from the catalogue.
SAYING: Final = {
    *("say", "print", "prompt", "confirm", "add_column", "add_row"),
    *(
        "BadParameter",
        "ReviewError",
        "KafkaError",
        "RefusalError",
        "AwayError",
        "BrokerError",
        "DemoError",
        "PortError",
    ),
}
FRENCH: Final = re.compile("[àâçéèêëîïôùûœÀÂÇÉÈÊÎÔŒ]")
# The exceptions: French outside the catalogue, and the reason.
READ: Final = "it is read from files, not written"
MADE_UP: Final = "data of the made-up office: answers and names"
NAMED: Final = "a language is named in itself, to those who read no other"
SCHEMA: Final = "the schema of open data is French, whoever reads it"
ALLOWED: Final = {
    "agents/nation/open_data.py": SCHEMA,
    "agents/open_data/labels.py": SCHEMA,
    "agents/open_data/package.py": SCHEMA,
    "agents/open_data/schema.py": SCHEMA,
    "streams/indicators/survey.py": READ,
    "streams/simulation/survey.py": MADE_UP,
    "streams/simulation/lozere.py": MADE_UP,
    "agents/simulation/lozere.py": MADE_UP,
    "agents/writing.py": "the French of moments, which Babel does not have",
    "agents/board/templates/board.html.j2": NAMED,
    "agents/board/templates/accessibility.html.j2": "the name of an authority",
}


def name_of(path: Path) -> str:
    return path.relative_to(TREE).as_posix()


def worded(said: ast.expr) -> bool:
    """Check for literal words: two letters between the fields of an f-string are words, as `2 x` is not."""
    parts = said.values if isinstance(said, ast.JoinedStr) else [said]
    return any(
        isinstance(each, ast.Constant) and isinstance(each.value, str) and re.search(r"[^\W\d_]{2}", each.value)
        for each in parts
    )


def said_outside(tree: ast.Module) -> Iterator[int]:
    """Yield the lines on which a module prints, asks or refuses with words outside the catalogue."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in SAYING and worded(node.args[0]):
            yield node.lineno


def pairs(tree: ast.Module) -> Iterator[int]:
    """Yield the lines on which a module itself chooses between words of two languages."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.IfExp) or not re.search(r"french|Language\.", ast.unparse(node.test)):
            continue
        if worded(node.body) or worded(node.orelse):
            yield node.lineno


def french(tree: ast.Module) -> Iterator[int]:
    """Yield the lines on which a module has French outside its docstrings."""
    docstrings = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    constants = [each for each in ast.walk(tree) if isinstance(each, ast.Constant) and id(each) not in docstrings]
    yield from (each.lineno for each in constants if isinstance(each.value, str) and FRENCH.search(each.value))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_no_module_says_what_the_catalogue_does_not_have() -> None:
    told = [path for path in MODULES if path.is_relative_to(ROOMS[0])]
    assert not [f"{name_of(path)}:{row}" for path in told for row in said_outside(tree_of(path))]


@pytest.mark.slow
def test_no_module_chooses_between_words_of_two_languages() -> None:
    found = [
        f"{name_of(path)}:{row}" for path in MODULES if name_of(path) not in ALLOWED for row in pairs(tree_of(path))
    ]
    assert not found


@pytest.mark.slow
def test_no_module_has_french_outside_the_catalogue_without_a_reason() -> None:
    found = {name_of(path) for path in MODULES if any(french(tree_of(path)))}
    found |= {name_of(path) for path in TEMPLATES if FRENCH.search(path.read_text(encoding="utf-8"))}
    assert found == ALLOWED.keys(), "a file that says French no more needs no reason"


def spoken_in(template: str) -> list[str]:
    """Return the words in a template's expressions outside `text` and `counted`."""
    expressions = " ".join(re.findall(r"{{.*?}}|{%.*?%}", template, re.DOTALL))
    told = re.sub(r'\b(?:text|counted)\(\s*"(?:[^"\\]|\\.)*"(?:,\s*"(?:[^"\\]|\\.)*")?', " ", expressions)
    found = [each for each in re.findall(r'"([^"]*)"', told) if re.search(r"[^\W\d_]{2}\s+[^\W\d_]{2}", each)]
    return [each for each in found if not each.startswith("tocsin ")]  # a command


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_expression_of_a_template_has_a_sentence_of_its_own(template: Path) -> None:
    assert not spoken_in(template.read_text(encoding="utf-8"))


def test_words_outside_the_catalogue_are_found() -> None:
    assert [
        *said_outside(ast.parse('say(f"{count} rows")\nsay(f"{name}: {rest}")\nsay("done")\nsay(text("done"))'))
    ] == [
        1,
        3,
    ]
    assert [*pairs(ast.parse('a = "fermé" if french else "closed"\nb = " : " if french else ": "'))] == [1]
    assert [*french(ast.parse('def f():\n    """Été."""\n    return "été"'))] == [3]
    assert spoken_in('{{ text("it is open", line="x") }}{{ "it is shut" if shut }}') == ["it is shut"]
