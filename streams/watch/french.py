"""Figures as they are written in French."""

from __future__ import annotations

THIN = "\u202f"  # the narrow space before a sign and between thousands, which never breaks a line


def percent(share: float, digits: int = 0) -> str:
    """Write a share.

    >>> percent(0.1956, 2).replace(THIN, " ")
    '19,56 %'
    """
    return f"{number(share * 100, digits)}{THIN}%"


def number(value: float, digits: int = 0) -> str:
    """Write a number.

    >>> number(12345.678, 2).replace(THIN, " ")
    '12 345,68'
    """
    return f"{value:,.{digits}f}".replace(",", THIN).replace(".", ",")
