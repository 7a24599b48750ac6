"""Every text of the code and the templates is translated into French, with the same placeholders."""

from __future__ import annotations

import html
import re
import string
from collections.abc import Iterable
from gettext import GNUTranslations
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from agents.language import Language
from agents.translation import Words

AGENTS = Path(str(files("agents")))
KEYWORDS = parse_keywords(["text", "_text", "said", "counted:1,2"])


def catalogue() -> Catalog:
    with (AGENTS / "locale/fr.po").open("rb") as file:
        return read_po(file)


def texts() -> set[str | tuple[str, ...]]:
    with (AGENTS / "locale/babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # Babel's
    rooms = [AGENTS, *(Path(str(files(package))) for package in ("config", "deploy", "streams"))]
    return {text for room in rooms for _, _, text, _, _ in extract_from_dir(room, methods, options, KEYWORDS)}


def strings(found: Iterable[str] | str | None) -> Iterable[str]:
    return (found,) if isinstance(found, str) else found or ()


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.slow
def test_every_text_has_its_french_and_nothing_else_stands_there() -> None:
    french = {each.id: each.string for each in catalogue() if each.id}
    assert texts() == set(french), "run `make words`, and translate in agents/locale/fr.po"
    untold = [text for text, said in french.items() if not all(strings(said))]
    assert not untold


def test_the_french_has_the_facts_of_the_english() -> None:
    for each in catalogue():
        if each.id:
            told = set().union(*map(fields, strings(each.id)))
            assert set().union(*map(fields, strings(each.string))) <= told | {"count"}, each.id


def test_the_catalogue_has_the_plural_of_french_whatever_its_reader_takes_for_it() -> None:
    """Babel 2.19 takes three forms for French, and Python's own reader of catalogues the English plural."""
    compiled = BytesIO()
    write_mo(compiled, catalogue())
    compiled.seek(0)
    read = GNUTranslations(compiled)
    assert [read.ngettext("{count} call", "{count} calls", count) for count in (0, 1, 2)] == [
        *("{count} appel", "{count} appel", "{count} appels")
    ]
    assert {len([*strings(each.string)]) for each in catalogue() if each.pluralizable} == {2}


def test_a_text_without_french_is_refused() -> None:
    with pytest.raises(KeyError, match="nobody wrote"):
        Words(Language.FR)("a text that nobody wrote")


TEMPLATES = sorted(
    path for room in ("board", "certificate", "totals", "reconcile", "pages") for path in (AGENTS / room).rglob("*.j2")
)
CODES = {
    "Tocsin",
    "SDMX",
    "tocsin",
    "totals",
    "year",
    "vintage",
    "analyze",
    "certify",
    "N",
}  # names and commands, in every language


def outside(template: str) -> set[str]:
    """Return a template's words outside expressions: between its tags and in texts for screen readers."""
    plain = re.sub(
        r"<style>.*?</style>|{% block (?:style|body) %}.*?{% endblock %}|{#.*?#}|{{.*?}}|{%.*?%}",
        " ",
        template,
        flags=re.DOTALL,
    )
    told = re.findall(r'(?:title|alt|aria-label|placeholder)="([^"]*)"', plain)
    return set(re.findall(r"[^\W\d_]+", html.unescape(" ".join([*told, re.sub(r"<[^>]*>", " ", plain)])))) - CODES


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_says_nothing_outside_the_catalogue(template: Path) -> None:
    assert not outside(template.read_text(encoding="utf-8"))


def test_words_between_tags_are_found_outside_the_catalogue() -> None:
    assert outside('<p title="fermé">{{ text("closed") }} ouvert</p>') == {"fermé", "ouvert"}
