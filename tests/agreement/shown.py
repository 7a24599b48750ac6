"""A surface's figures of one indicator, as rounded there, compared with the exact ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from agents.language import Language
from agents.pages.withheld import withheld
from streams.indicators.indicator import Indicator
from streams.rollup.rate import RateSum

Aspect: TypeAlias = Literal[
    "raw",
    "raw_part",
    "raw_whole",
    "believed",
    "believed_part",
    "believed_whole",
    "low",
    "high",
    "coverage",
    "raw_met",
    "believed_met",
    "status",
    "raw_status",
    "method",
    "incidents",
    "withheld",
    "withheld_in_french",
    "target",
]
_NUMBER: Final = re.compile(r"-?[\d,]*\d(?:\.(\d+))?(\s?%)?")
ZONE: Final = ZoneInfo("Europe/Paris")
_UNKNOWN: Final = frozenset({"", "—", "unknown", "not known", "?"})


class Number(NamedTuple):
    """A number as a surface shows it."""

    value: float
    digits: int | None = None  # after the point; None if not rounded

    def shows(self, value: float) -> bool:
        """Check that a value rounds to this number."""
        slack = 1e-9 * max(1, abs(value)) if self.digits is None else 0.5 * 10.0**-self.digits + 1e-9
        return abs(self.value - value) <= slack


Value: TypeAlias = Number | str | bool | None  # None: nothing is believed, or known
Shown: TypeAlias = dict[Aspect, Value]  # an aspect that is not in it is not named


class Reading(NamedTuple):
    """A surface's figures of an indicator over a period."""

    indicator: str  # its id
    period: str  # its name
    shown: Shown


ASPECTS: Final[Mapping[Aspect, Callable[[Any], float | str | bool | None]]] = {
    "raw": lambda each: each.raw.value,
    "raw_part": lambda each: each.raw.part,
    "raw_whole": lambda each: each.raw.whole,
    "believed": lambda each: each.corrected.value,
    "believed_part": lambda each: each.corrected.part,
    "believed_whole": lambda each: each.corrected.whole,
    "low": lambda each: each.corrected.low,
    "high": lambda each: each.corrected.high,
    "coverage": lambda each: each.coverage,
    "raw_met": lambda each: each.raw.met,
    "believed_met": lambda each: each.corrected.met,
    "status": lambda each: each.corrected.status,
    "raw_status": lambda each: each.raw.status,
    "method": lambda each: each.method,
    "incidents": lambda each: " ".join(each.incidents),
    "withheld": lambda each: _withheld(each, Language.EN),
    "withheld_in_french": lambda each: _withheld(each, Language.FR),
    "target": lambda each: each.target,
}


def _withheld(of: Indicator | RateSum, language: Language) -> str | None:
    return None if of.guard is None else withheld(of.guard, of.coverage, ZONE, language)


def number(text: str) -> Number | None:
    """Return the number at the start of an English text, a share as a part of one; None if it is unknown.

    >>> number("8.70%"), number("9.87 min"), number("1,218"), number("—")
    (Number(value=0.087, digits=4), Number(value=9.87, digits=2), Number(value=1218.0, digits=0), None)
    """
    text = text.replace("\u202f", " ").replace("\xa0", " ").strip()
    if text in _UNKNOWN:
        return None
    found = _NUMBER.match(text)
    assert found is not None, text
    value, digits = float(found[0].rstrip(" %").replace(",", "")), len(found[1] or "")
    return Number(round(value / 100, 12), digits + 2) if found[2] else Number(value, digits)


def reason(text: str | None) -> str | None:
    """Return the reason for withholding a figure, as most surfaces phrase it; None if there is none."""
    found = re.search("withheld: [^;]+", text or "")
    return None if found is None else found[0]


def exact(value: float | str | None) -> Number | None:
    """Return a number from JSON or a cell; None if there is none."""
    return None if value is None or value == "" else Number(float(value))


def differences(reading: Reading, expected: Indicator | RateSum) -> Iterator[str]:
    """Yield how the figures shown differ from the indicator."""
    for aspect, value in reading.shown.items():
        wanted = ASPECTS[aspect](expected)
        same = (
            value.shows(wanted) if isinstance(value, Number) and isinstance(wanted, (int, float)) else value == wanted
        )
        if not same:
            yield f"{reading.indicator} {reading.period}: {aspect} is shown as {value}, and is {wanted}"
