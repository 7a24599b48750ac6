"""The language of texts for people: French or English, one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

THIN: Final = "\u202f"  # the narrow space before a sign and between thousands, which never breaks a line


class Language(StrEnum):
    """A language by its ISO 639 code."""

    FR = "fr"
    EN = "en"


def language_of(environ: Mapping[str, str]) -> Language:
    """Return the language that the environment's variables ask for, in POSIX order; English if it is not French.

    >>> language_of({"LANG": "fr_FR.UTF-8"})
    <Language.FR: 'fr'>
    """
    asked = next(filter(None, map(environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return Language.FR if asked.partition("_")[0] == Language.FR else Language.EN
