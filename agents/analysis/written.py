"""How figures are written for people at a terminal, in English."""

from __future__ import annotations


def percent(share: float | None, unknown: str = "") -> str:
    """Write a share.

    >>> percent(0.1956), percent(None), percent(None, "unknown")
    ('19.56 %', '', 'unknown')
    """
    return unknown if share is None else f"{share * 100:.2f} %"


def seconds(length: float | None, unknown: str = "") -> str:
    """Write a length of time in seconds.

    >>> seconds(12.34), seconds(None)
    ('12.3 s', '')
    """
    return unknown if length is None else f"{length:.1f} s"


def minutes(length: float | None) -> str:
    """Write a length of time in seconds as minutes.

    >>> minutes(90), minutes(None)
    ('1.5 min', '')
    """
    return "" if length is None else f"{length / 60:.1f} min"
