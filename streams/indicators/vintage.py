"""Vintages of a year's figures: each stays readable, and a new one is made only when a figure changes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Final

import msgspec
from msgspec import Struct

from streams.indicators.annual import Annual

_KEY: Final = re.compile(r"(?P<site>[^/]+)/vintages/(?P<year>\d{4})/(?P<number>\d{5,})")
_NO_FIGURES: Final = {
    "today",
    "incidents",
    "silences",
    "plan",
    "label",
    "compared",
    "breaks",
    "unstamped",
    "definitions",
}


class Vintage(Struct, frozen=True):
    """Hold the figures of a year as they were published."""

    number: int  # 1 is the first
    at: int  # when it was published, epoch ms
    digest: str  # SHA-256 of the figures alone, in hex
    annual: Annual


def vintage(known: Iterable[Vintage], annual: Annual, now: int) -> Vintage:
    """Return the vintage of these figures: the latest known one if it has the same, else a new one as of `now` (ms)."""
    latest = max(known, key=lambda each: each.number, default=None)
    digest = digest_of(annual)
    if latest is not None and latest.digest == digest:
        return latest
    return Vintage(1 if latest is None else latest.number + 1, now, digest, annual)


def digest_of(annual: Annual) -> str:
    """Return the SHA-256 of the figures alone: labels, other years and the day of asking are left out."""
    return sha256(msgspec.json.encode(_figures(annual), order="sorted")).hexdigest()


def vintage_key(site: str, year: int, number: int) -> str:
    """Return the key of a vintage's record in the ledger.

    >>> vintage_key("lozere", 2013, 2)
    'lozere/vintages/2013/00002'
    """
    return f"{site}/vintages/{year}/{number:05}"


def parse_vintage_key(key: str) -> tuple[str, int, int] | None:
    """Return the site, the year and the number in a vintage's key, or None for any other key.

    >>> parse_vintage_key("lozere/vintages/2013/00002"), parse_vintage_key("lozere/standard/2013-01-02")
    (('lozere', 2013, 2), None)
    """
    parts = _KEY.fullmatch(key)
    return None if parts is None else (parts["site"], int(parts["year"]), int(parts["number"]))


def _figures(part: Any) -> Any:  # noqa: ANN401 -- plain data of any depth
    if isinstance(part, Struct):
        fields = set(part.__struct_fields__) - _NO_FIGURES
        return {name: _figures(getattr(part, name)) for name in fields}
    if isinstance(part, dict):
        return {name: _figures(each) for name, each in part.items()}
    return [_figures(each) for each in part] if isinstance(part, list) else part
