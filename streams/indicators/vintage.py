"""Vintages of a year's figures: each stays readable, and there is a new one only when a figure changes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Final

import msgspec
from msgspec import Struct

from streams.indicators.annual import Annual

_KEY: Final = re.compile(r"(?P<site>[^/]+)/vintages/(?P<year>\d{4})/(?P<number>\d{5,})")
_NO_FIGURES: Final = {"today", "incidents", "plan", "label", "compared"}


class Vintage(Struct, frozen=True):
    """Hold the figures of a year as they were published at a moment (epoch ms), the first time as number 1."""

    number: int
    at: int
    digest: str
    annual: Annual


def vintage(known: Iterable[Vintage], annual: Annual, now: int) -> Vintage:
    """Return the vintage of these figures: the latest known one where it has them, else a new one of `now` (ms)."""
    latest = max(known, key=lambda each: each.number, default=None)
    digest = digest_of(annual)
    if latest is not None and latest.digest == digest:
        return latest
    return Vintage(1 if latest is None else latest.number + 1, now, digest, annual)


def digest_of(annual: Annual) -> str:
    """Return the SHA-256 of the figures alone: not of names, of other years', of the day they were asked for."""
    return sha256(msgspec.json.encode(_figures(annual), order="sorted")).hexdigest()


def key(site: str, year: int, number: int) -> str:
    """Return the key of a vintage's record in the ledger.

    >>> key("lozere", 2013, 2), place("lozere/vintages/2013/00002"), place("lozere/standard/2013-01-02")
    ('lozere/vintages/2013/00002', ('lozere', 2013, 2), None)
    """
    return f"{site}/vintages/{year}/{number:05}"


def place(key: str) -> tuple[str, int, int] | None:
    """Return the site, the year and the number of a vintage's key, or None where it is no such key."""
    found = _KEY.fullmatch(key)
    return None if found is None else (found["site"], int(found["year"]), int(found["number"]))


def _figures(part: Any) -> Any:  # noqa: ANN401 -- plain data of any depth
    if isinstance(part, Struct):
        fields = set(part.__struct_fields__) - _NO_FIGURES
        return {name: _figures(getattr(part, name)) for name in fields}
    if isinstance(part, dict):
        return {name: _figures(each) for name, each in part.items()}
    return [_figures(each) for each in part] if isinstance(part, list) else part
