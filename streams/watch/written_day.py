"""Days as they are written in French and in English."""

from __future__ import annotations

from datetime import date
from typing import Final

_FRENCH: Final = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_ENGLISH: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def both(ordinal: int) -> tuple[str, str]:
    """Return a day (as an ordinal) in French and in English.

    >>> both(date(2013, 6, 3).toordinal()), both(date(2013, 8, 1).toordinal())
    (('3 juin 2013', '3 June 2013'), ('1er août 2013', '1 August 2013'))
    """
    day = date.fromordinal(ordinal)
    first = "1er" if day.day == 1 else str(day.day)
    return f"{first} {_FRENCH[day.month - 1]} {day.year}", f"{day.day} {_ENGLISH[day.month - 1]} {day.year}"
