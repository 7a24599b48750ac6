"""An office that has no log yet: a few questions, each answer checked at once by the configuration's own types."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeAlias

from agents.language import Language
from agents.proposal.observed import readable_id
from agents.proposal.place import country_of
from agents.translation import Words
from config.refusal import ConfigError
from config.settings import checked
from streams.said import Said, said

Answers: TypeAlias = dict[str, object]
HOURS: Final = "Mo-Fr 08:30-12:00,13:30-17:00"

_NAME: Final = said("Name of the office")
_SITE: Final = said("Its short id")
_ZONE: Final = said("Time zone")
_COUNTRY: Final = said("Country of the public holidays (ISO code, - for none)")
_HOURS: Final = said("Opening hours, as OpenStreetMap writes them")
_LINES: Final = said("Lines, each with the numbers dialled: accueil 0400000000, etat-civil 602")


class Question(NamedTuple):
    """Hold one question: what is asked, the usual answer, and what an answer sets."""

    words: Said
    usual: str
    sets: Callable[[str], Answers]


Ask: TypeAlias = Callable[[str, str], str]  # a question and its usual answer
Refuse: TypeAlias = Callable[[str], None]  # what is wrong with an answer


def asked(ask: Ask, refuse: Refuse, zone: str, language: Language) -> str:
    """Return the configuration that the answers make; `zone` is where this machine is."""
    text = Words(language)

    def answer(question: Question, known: Mapping[str, object]) -> Answers:
        """Ask until the configuration takes the answer."""
        words = text(question.words)
        while True:
            told = question.sets(ask(words, question.usual).strip())
            try:
                checked({**known, **told}, words)
            except ConfigError as error:
                refuse("\n".join(text(each.sentence()) for each in error.mistakes))
            else:
                return told

    name = ask(text(_NAME), "").strip()
    found = answer(Question(_SITE, readable_id(name, ()) if name else "office", lambda told: {"site": told}), {})
    found |= answer(Question(_ZONE, zone, lambda told: {"timezone": told}), found)
    country = country_of(str(found["timezone"])) or "-"
    found |= answer(
        Question(_COUNTRY, country, lambda told: {"holidays": {"country": None if told == "-" else told}}), found
    )
    found |= answer(Question(_HOURS, HOURS, lambda told: {"opening_hours": told}), found)
    found |= answer(Question(_LINES, "accueil", lambda told: {"lines": _lines(told)}), found)
    return "\n".join([*([f"# {name}"] if name else []), *_rows(found)]) + "\n"


def _lines(text: str) -> dict[str, object]:
    """Return the lines that an answer names, each with its numbers.

    >>> _lines("accueil 0400000000, etat-civil")
    {'accueil': {'queues': ['0400000000']}, 'etat-civil': {}}
    """
    found: dict[str, object] = {}
    for each in filter(None, map(str.split, text.split(","))):
        line, *numbers = each
        found[line] = {"queues": numbers} if numbers else {}
    return found


def _rows(found: Answers) -> list[str]:
    rows = []
    for key, value in found.items():
        if key == "lines" and isinstance(value, dict):
            rows += ["lines:", *(f"  {json.dumps(line)}: {json.dumps(part)}" for line, part in value.items())]
        else:
            rows.append(f"{key}: {json.dumps(value, ensure_ascii=False)}")
    return rows
