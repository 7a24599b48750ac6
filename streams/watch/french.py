"""Figures as they are written in French."""

from __future__ import annotations

THIN = "\u202f"  # the narrow space before a sign, which never breaks a line


def percent(share: float, digits: int = 0) -> str:
    """Write a share.

    >>> percent(0.1956, 2).replace(THIN, " ")
    '19,56 %'
    """
    return f"{number(share * 100, digits)}{THIN}%"


def number(value: float, digits: int) -> str:
    """Write a number.

    >>> number(1.2249, 2)
    '1,22'
    """
    return f"{value:.{digits}f}".replace(".", ",")
