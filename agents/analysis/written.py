"""Figures for a terminal, in the chosen language; empty if unknown."""

from __future__ import annotations

from agents.translation import spoken_language
from agents.writing import Writing


def number(value: float, digits: int = 0) -> str:
    """Write a number.

    >>> number(12345.678, 2)
    '12,345.68'
    """
    return Writing(spoken_language()).number(value, digits)


def percent(share: float | None, unknown: str = "") -> str:
    """Write a share.

    >>> percent(0.1956), percent(None), percent(None, "unknown")
    ('19.56%', '', 'unknown')
    """
    return unknown if share is None else Writing(spoken_language()).percent(share)


def seconds(length: float | None, unknown: str = "") -> str:
    """Write a length of time in seconds.

    >>> seconds(12.34), seconds(None)
    ('12.3 s', '')
    """
    return unknown if length is None else f"{number(length, 1)} s"


def minutes(length: float | None) -> str:
    """Write a length of time in seconds as minutes.

    >>> minutes(90), minutes(None)
    ('1.5 min', '')
    """
    return "" if length is None else f"{number(length / 60, 1)} min"
