"""The value of a column: a name, a whole number, a duration, a part of a text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from config.columns import Column, LengthColumn
from config.expression import LONGEST, expression
from streams.decoding import Invalid
from streams.events import MAX_SECONDS
from streams.said import said

_UNITS: Final = {"milliseconds": 0.001, "seconds": 1, "minutes": 60, "hours": 3600}
_DAY: Final = 86_400  # seconds
_YES: Final = ("1", "true", "yes", "oui", "ja")
_NO: Final = ("0", "false", "no", "non", "nein")
_NEVER: Final = ("00:00", "00:00:00", "0000-00-00 00:00:00")  # a time that is not set, as databases write it
# Some exports write every number with a decimal point. More digits are a telephone number in the wrong column.
_COUNT: Final = re.compile(r"(\d{1,8})(?:\.0+)?")
_BY_THOUSANDS: Final = re.compile(r"([1-9](?:\d{0,2}|\d?[ \u00a0\u202f]\d{3})[ \u00a0\u202f]\d{3})(?:\.0+)?")  # 1 230
_SHARE: Final = re.compile(r"(\d{1,3})(?:[.,](\d{1,6}))?\s?%")  # 16,7 %
_CLOCK: Final = re.compile(r"(?:(\d{1,6}):)?(\d{1,2}):(\d{2}(?:\.\d+)?)")
# 12 min 30 s, 12'30, 1h02 or PT12M30S: only the last number may lack its unit, the one below the unit before it.
_WITH_UNITS: Final = re.compile(
    r"""(?:PT)?
    (?:(\d{1,6})\s?h(?:eures?)?\s?)?
    (?:(\d{1,6})\s?(?:min(?:utes?)?|mn|m|['\u2019\u2032]|(?(1)$|(?!)))\s?)?
    (?:(\d{1,6}(?:\.\d+)?)\s?(?:s(?:ec(?:ondes?)?)?|["\u201d\u2033]|''|(?(2)$|(?!))))?""",
    re.IGNORECASE | re.VERBOSE,
)


def known(values: Mapping[str, str], column: Column | None) -> str | None:
    """Return a column's value, None if it is empty, unknown, or does not fit the column's pattern."""
    value = values[column.column] if column else ""
    if column is None or not value or value in column.unknown:
        return None
    return (part_of(value, column.pattern, column.column) or None) if column.pattern else value


def said_yes(values: Mapping[str, str], column: Column | None, is_time: Callable[[str], bool]) -> bool | None:
    """Return whether a column says yes, or when; None if it is empty; raise `Invalid` if it says anything else."""
    text = known(values, column)
    if text is None:
        return None
    if text.casefold() in _NO or text in _NEVER:
        return False
    if text.casefold() in _YES or is_time(text):
        return True
    words = said(
        "{text} in column {column}; expected a date, a time, or one of {known}",
        text=repr(text[:40]),
        column=name_of(column),
        known=", ".join((*_YES, *_NO)),
    )
    raise Invalid("no-yes-no", words)


def part_of(value: str, pattern: str, column: str) -> str:
    """Match a whole value; return the pattern's first group, or the whole match; empty if the pattern does not fit."""
    match = fitting(value, pattern, column)
    return (match[1] if match.re.groups else match[0]) or "" if match else ""


def fitting(value: str, pattern: str, column: str) -> re.Match[str] | None:
    """Match a whole value; raise `Invalid` if it is too long to be matched in bounded time."""
    if len(value) > LONGEST:
        detail = (
            f"{len(value)} characters in column {column}; expected at most {LONGEST}, as it is matched with a pattern"
        )
        raise Invalid("too-long", detail)
    return expression(pattern).fullmatch(value)


def count(
    values: Mapping[str, str], column: Column | None, *, comma: bool = False, of: int | None = None
) -> int | None:
    """Return a column's whole number, None if it is empty; raise `Invalid` if it is no number.

    A share is a number `of` people, if they are known and only one number has this share.
    """
    text = known(values, column)
    if text is None:
        return None
    plain = pointed(text, comma=comma)
    if match := _COUNT.fullmatch(plain):
        return int(match[1])
    if match := _BY_THOUSANDS.fullmatch(plain):
        return int("".join(match[1].split()))
    if of is not None and (match := _SHARE.fullmatch(text)):
        return _part(of, match, name_of(column))
    if text.endswith("%"):
        share = said(
            "{text} in column {column} is a share; expected a whole number, such as of lost or of answered calls",
            text=repr(text),
            column=name_of(column),
        )
        raise Invalid("no-count", share)  # a rounded share of a thousand calls leaves a doubt of one call or more
    raise Invalid(
        "no-count",
        said(
            "{text} in column {column}; expected a whole number of at most 8 digits",
            text=repr(text),
            column=name_of(column),
        ),
    )


def _part(of: int, share: re.Match[str], column: str) -> int:
    """Return the only number that has a share of a whole; raise `Invalid` if none or several have.

    The share may be rounded or cut: 16.7 % is at least 16.65 % and less than 16.8 %.
    """
    digits = share[2] or ""
    steps, whole = int(share[1] + digits), int("100" + "0" * len(digits))
    least = max(0, -(of * (1 - 2 * steps) // (2 * whole)))
    beyond = -(-of * (steps + 1) // whole) or 1
    fits = range(least, min(of + 1, beyond))
    if len(fits) == 1:
        return least
    facts = {"share": share[0], "of": f"{of:,}", "column": column}
    words = said("{share} of {of} in column {column} is no whole number; expected the number itself", **facts)
    if fits:
        words = said(
            "{share} of {of} in column {column} may be {least} to {most}; expected the number itself",
            **facts,
            least=f"{fits[0]:,}",
            most=f"{fits[-1]:,}",
        )
    raise Invalid("no-count", words)


def seconds(values: Mapping[str, str], length: LengthColumn | None, *, comma: bool = False) -> float | None:
    """Return a column's duration (s), None if it is empty; raise `Invalid` if it is no duration."""
    text = values[length.column] if length else ""
    if length is None or not text or text in length.unknown:
        return None
    plain = pointed(text, comma=comma)
    try:
        if match := _CLOCK.fullmatch(plain):
            found = int(match[1] or 0) * 3600 + int(match[2]) * 60 + float(match[3])
        else:
            found = float(plain) * _UNITS[length.unit]
    except ValueError:
        found = _with_units(plain)
    if not 0 <= found <= MAX_SECONDS:
        expected = f"{length.unit}, h:mm:ss or m:ss"
        if "," in text and not comma:
            expected += "; set `decimal: comma` if the decimal separator is a comma"
        raise Invalid(
            "no-duration",
            said("{column} is not a duration; expected {expected}", column=length.column, expected=expected),
        )
    return within_a_day(found, length.column)


def within_a_day(length: float, name: str) -> float:
    """Return a wait or a talk (s); raise `Invalid` if it is longer than a day: its unit or a moment must be wrong."""
    if length > _DAY:
        words = said(
            "{name} is {hours} hours; expected a day or less: check its unit, or the moments of the row",
            name=name,
            hours=f"{length / 3600:,.0f}",
        )
        raise Invalid("over-a-day", words)
    return length


def _with_units(text: str) -> float:
    """Return a duration (s) whose numbers have units, -1 if it is none.

    >>> [_with_units(each) for each in ("00h12m30s", "12'30", "1h30", "1h75", "12 30")]
    [750.0, 750.0, 5400.0, -1.0, -1.0]
    """
    match = _WITH_UNITS.fullmatch(text)
    if match is None or not any(match.groups()):
        return -1.0
    hours, minutes, rest = match.groups()
    after_hours, after_minutes = int(minutes or 0), float(rest or 0)
    if (hours and after_hours >= 60) or ((hours or minutes) and after_minutes >= 60):  # noqa: PLR2004
        return -1.0
    return int(hours or 0) * 3600 + after_hours * 60 + after_minutes


def pointed(number: str, *, comma: bool) -> str:
    """Return a number with a decimal point."""
    return number.replace(",", ".") if comma else number


def name_of(column: Column | None) -> str:
    """Return a column's name for a message."""
    return column.column if column else ""
