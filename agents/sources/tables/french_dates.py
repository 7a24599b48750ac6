"""Dates and times as French people write them: mercredi 4 mars 2026 à 9h02."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Final

_MONTHS: Final = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin"),
    *("juillet", "aout", "septembre", "octobre", "novembre", "decembre"),
)
_DAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_DATE: Final = re.compile(
    r"(?:([a-z]{3,8})\.?,? )?(\d{1,2})(?:er)? ([a-z]{3,9})\.? (\d{4})(?:,? (?:a )?(\d{1,2}):(\d\d)(?::(\d\d))?)?"
)
_HOURS: Final = re.compile(r"\b(\d{1,2})\s?h(?:\s?(\d\d))?$", re.IGNORECASE)


def with_colon(text: str) -> str:
    """Return a text that ends in a time such as 9h02 or 9h with a colon in it.

    >>> with_colon("04/03/2026 9h02")
    '04/03/2026 09:02'
    """
    return _HOURS.sub(lambda found: f"{int(found[1]):02}:{found[2] or '00'}", text)


def date_in_words(text: str) -> datetime | None:
    """Return the moment of a date whose month is a French word, None if the text is no such date.

    A weekday must be the date's own.

    >>> date_in_words("1er mars 2026 à 9:02")
    datetime.datetime(2026, 3, 1, 9, 2)
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    match = _DATE.fullmatch(" ".join(plain.split()))
    if match is None:
        return None
    weekday, day, month, year, *time = match.groups(default="0")
    number = _place(month, _MONTHS)
    if number is None:
        return None
    hour, minute, second = map(int, time)
    try:
        found = datetime(int(year), number + 1, int(day), hour, minute, second)  # noqa: DTZ001 -- its zone is the mapping's
    except ValueError:
        return None
    return found if weekday == "0" or _place(weekday, _DAYS) == found.weekday() else None


def _place(word: str, names: tuple[str, ...]) -> int | None:
    """Return the place of the only name that a word abbreviates."""
    places = [place for place, name in enumerate(names) if name.startswith(word)]
    return places[0] if len(places) == 1 else None
