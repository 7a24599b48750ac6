"""The words that only one language of the catalogue uses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Final

from babel.messages.pofile import read_po

from agents.language import Language

# Placeholders, code, options, names of files and settings: the same in every language.
CODE: Final = re.compile(r"{[^}]*}|`[^`]*`|\S*[_./=@:-]\w+\S*")


def words(text: str) -> set[str]:
    """Return a text's words; a letter alone is none, as it may be a month's.

    >>> sorted(words("Set kafka.epoch to {epoch}, or ask `tocsin check` about lines"))
    ['about', 'ask', 'lines', 'or', 'set', 'to']
    """
    return {each.lower() for each in re.findall(r"[^\W\d_]{2,}", CODE.sub(" ", text))}


@cache
def vocabulary() -> dict[Language, frozenset[str]]:
    """Return the words that the catalogue uses in one language and never in the other."""
    with (files("agents") / "locale/fr.po").open("rb") as file:
        told = [each for each in read_po(file) if each.id]
    english = set().union(*(words(text) for each in told for text in _strings(each.id)))
    french = set().union(*(words(text) for each in told for text in _strings(each.string)))
    return {Language.EN: frozenset(english - french), Language.FR: frozenset(french - english)}


def foreign(text: str, language: Language) -> set[str]:
    """Return the words of a text that belong to another language."""
    (other,) = set(Language) - {language}
    return words(text) & vocabulary()[other]


def _strings(found: Iterable[str] | str | None) -> Iterable[str]:
    return (found,) if isinstance(found, str) else found or ()
