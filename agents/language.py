"""The language in which a command speaks to people."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Language(StrEnum):
    """Name a language."""

    FR = "fr"
    EN = "en"


def language_of(environ: Mapping[str, str]) -> Language:
    """Return the language of an environment: French where its locale says so, else English.

    >>> language_of({"LANG": "fr_FR.UTF-8"}), language_of({"LANG": "fr_FR.UTF-8", "LC_ALL": "C.UTF-8"})
    (<Language.FR: 'fr'>, <Language.EN: 'en'>)
    """
    locale = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    return Language.FR if locale.lower().startswith("fr") else Language.EN
