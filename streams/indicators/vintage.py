"""Vintages of a period's figures: each stays readable, and a new one is made only when a figure changes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

import msgspec
from msgspec import Struct

from streams.indicators.annual import Annual

# The name of a vintage is the hash of what it says; before there was a chain it was its number.
_KEY: Final = re.compile(
    r"(?P<site>[^/]+)/vintages/(?P<period>\d{4}(?:-Q[1-4]|-\d{2})?|\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d)/"
    r"(?P<name>[0-9a-f]{64}|\d{5,9})"
)
_NO_FIGURES: Final = {
    "today",
    "asked",
    "incidents",
    "silences",
    "plan",
    "label",
    "compared",
    "breaks",
    "unstamped",
    "definitions",
    "witness",
}


class Vintage(Struct, frozen=True):
    """Hold the figures of a period as they were published, and what they were made of."""

    number: int  # 1 is the first; the order of the log decides
    at: int  # when it was published, epoch ms
    digest: str  # SHA-256 of the figures alone, in hex
    annual: Annual
    rules: str = ""  # SHA-256 of the definitions and the catalogue that they were made under, in hex
    days: dict[str, str] = {}  # by the key of a day in the ledger: the digest of its record; empty for one still open


def vintage(
    known: Sequence[Vintage],
    annual: Annual,
    now: int,
    *,
    last: int | None = None,
    rules: str = "",
    days: Mapping[str, str] | None = None,
) -> Vintage:
    """Return the vintage of these figures: the last of the known ones if it has the same, else a new one.

    `now` (ms) is when that is published; `last` is the number of the last that was ever published, where it may not be
    known any more.
    """
    latest = max(known, key=lambda each: each.number, default=None)
    number = last if last is not None else 0 if latest is None else latest.number
    digest = digest_of(annual)
    if latest is not None and latest.number == number and latest.digest == digest:
        return latest
    return Vintage(number + 1, now, digest, annual, rules, dict(days or {}))


def digest_of(annual: Annual) -> str:
    """Return the SHA-256 of the figures alone: labels, other years and the day of asking are left out."""
    return digest_of_figures(msgspec.json.decode(msgspec.json.encode(annual)))


def digest_of_figures(annual: Any) -> str:  # noqa: ANN401 -- plain data of any depth
    """Return the same of figures as JSON has them, those of other versions of Tocsin too."""
    return sha256(msgspec.json.encode(_figures(annual), order="sorted")).hexdigest()


def content_of(vintage: Mapping[str, Any]) -> str:
    """Return the SHA-256 of all that a vintage says but its number, as JSON has it."""
    said = {name: part for name, part in vintage.items() if name != "number"}
    return sha256(msgspec.json.encode(said, order="sorted")).hexdigest()


def vintage_key(site: str, period: str, content: str) -> str:
    """Return the key of the ledger's record of a vintage of a period, by the period's name.

    >>> vintage_key("lozere", "2013-Q2", "5f1c")
    'lozere/vintages/2013-Q2/5f1c'
    """
    return f"{site}/vintages/{period}/{content}"


def parse_vintage_key(key: str) -> tuple[str, str, str] | None:
    """Return the site, the period's name and the vintage's in a vintage's key, or None for any other key.

    >>> parse_vintage_key("lozere/vintages/2013/00002"), parse_vintage_key("lozere/standard/2013-01-02")
    (('lozere', '2013', '00002'), None)
    """
    parts = _KEY.fullmatch(key)
    return None if parts is None else (parts["site"], parts["period"], parts["name"])


def _figures(part: Any) -> Any:  # noqa: ANN401 -- plain data of any depth
    if isinstance(part, dict):
        return {name: _figures(each) for name, each in part.items() if name not in _NO_FIGURES}
    return [_figures(each) for each in part] if isinstance(part, list) else part
