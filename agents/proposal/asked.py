"""The questions for an office without a log, and the place that the machine proposes.

The configuration's own types check each answer at once.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

import holidays

from agents.language import Language
from agents.proposal.observed import readable_id
from agents.translation import Words
from config import calendar
from config.refusal import ConfigError
from config.settings import checked
from streams.said import Said, said

Answers: TypeAlias = dict[str, object]
HOURS: Final = "Mo-Fr 08:30-12:00,13:30-17:00"

_NAME: Final = said("Name of the office")
_SITE: Final = said("Its short id")
_ZONE: Final = said("Time zone")
_COUNTRY: Final = said("Country of the public holidays (ISO code, - for none)")
_HOURS: Final = said("Opening hours, in OpenStreetMap notation")
_LINES: Final = said("Lines with their telephone numbers, such as: accueil 0400000000, etat-civil 602")
LOCALTIME: Final = Path("/etc/localtime")
_UNIVERSAL: Final = frozenset({"UTC", "Etc/UTC", "Universal", "Zulu", "Etc/Universal", "Etc/Zulu", "GMT", "Etc/GMT"})


class Prompt(NamedTuple):
    """A question, its usual answer, and the settings that follow from an answer."""

    words: Said
    usual: str
    sets: Callable[[str], Answers]


Ask: TypeAlias = Callable[[str, str], str]  # asks a question with its usual answer
Refuse: TypeAlias = Callable[[str], None]  # prints what is wrong with an answer


def asked(ask: Ask, refuse: Refuse, zone: str, language: Language) -> str:
    """Return the configuration made from answers; `zone` is this machine's time zone."""
    text = Words(language)

    def answer(question: Prompt, known: Mapping[str, object]) -> Answers:
        """Ask until the configuration accepts the answer."""
        words = text(question.words)
        while True:
            settings = question.sets(ask(words, question.usual).strip())
            try:
                checked({**known, **settings}, words)
            except ConfigError as error:
                refuse("\n".join(text(each.sentence()) for each in error.mistakes))
            else:
                return settings

    name = ask(text(_NAME), "").strip()
    found = answer(Prompt(_SITE, readable_id(name, ()) if name else "office", lambda given: {"site": given}), {})
    found |= answer(Prompt(_ZONE, zone, lambda given: {"timezone": given}), found)
    country = country_of(str(found["timezone"])) or "-"
    found |= answer(
        Prompt(_COUNTRY, country, lambda given: {"holidays": {"country": None if given == "-" else given}}), found
    )
    found |= answer(Prompt(_HOURS, HOURS, lambda given: {"opening_hours": given}), found)
    found |= answer(Prompt(_LINES, "accueil", lambda given: {"lines": _lines(given)}), found)
    return "\n".join([*([f"# {name}"] if name else []), *_rows(found)]) + "\n"


def _lines(text: str) -> dict[str, object]:
    """Return the lines in an answer, each with its numbers.

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


def machine_zone(environ: Mapping[str, str], localtime: Path = LOCALTIME) -> str | None:
    """Return this machine's time zone; None if it has none or universal time."""
    named = environ.get("TZ", "").removeprefix(":")
    found = named or _zone_name(os.path.realpath(localtime))
    try:
        return None if found in _UNIVERSAL else calendar.zone(found).key
    except ValueError:
        return None


def country_of(zone: str) -> str | None:
    """Return the country (ISO 3166) of a time zone if its public holidays are known.

    >>> country_of("Europe/Paris"), country_of("Etc/UTC")
    ('FR', None)
    """
    country = _countries().get(zone)
    return country if country in holidays.list_supported_countries() else None


def _zone_name(path: str) -> str:
    return path.rpartition("zoneinfo/")[2].removeprefix("posix/").removeprefix("right/")


@lru_cache
def _countries() -> dict[str, str]:
    """Return the countries by time zone, from the tz database's zone.tab."""
    rows = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines()
    cells = (row.split("\t") for row in rows if not row.startswith("#"))
    return {zone: country for country, _, zone, *_ in cells}
