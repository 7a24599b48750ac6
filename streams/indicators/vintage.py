"""Vintages of a period's figures. Each remains readable, and a new one is made only when a figure changes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import Any, Final

import msgspec
from msgspec import Struct

from streams.indicators.annual import Annual
from streams.kept.migrations.from_7 import keep_sentences

# The name of a vintage is the hash of its content, or a number if it is from before the chain.
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
    "means",  # corrected figures, which the indicators repeat
    # Around the indicators; an edition of an earlier version lacks them, and is still the edition of these figures.
    "closings",
    "repeats",
    "late",
    "booked",
    "unticketed",
    "reasons",
}


class Vintage(Struct, frozen=True):
    """A period's figures as published, and their sources."""

    number: int  # from 1, in the order of the log
    at: int  # when it was published, epoch ms
    digest: str  # SHA-256 of the figures alone, in hex
    annual: Annual
    rules: str = ""  # SHA-256 of the definitions and the catalogue in force, in hex
    days: dict[str, str] = {}  # by the key of a day in the ledger: the digest of its record, or empty if still open


_decode: Final = msgspec.json.Decoder(Vintage).decode


def read_vintage(record: bytes) -> Vintage:
    """Return the vintage in a record of any version; raise one of `UNREADABLE` if it is none."""
    try:
        return _decode(record)
    except msgspec.ValidationError:
        published = msgspec.json.decode(record)
        with suppress(AttributeError, LookupError, TypeError, ValueError):  # a record may be anything
            keep_sentences(published["annual"]["incidents"])
        return _decode(msgspec.json.encode(published))


def vintage(
    known: Sequence[Vintage],
    annual: Annual,
    now: int,
    *,
    last: int | None = None,
    rules: str = "",
    days: Mapping[str, str] | None = None,
) -> Vintage:
    """Return the vintage of these figures: the last known vintage if it has the same figures, otherwise a new one.

    `now` (ms) is the moment of its publication. `last` is the number of the last published
    vintage, in case that vintage itself is unknown.
    """
    latest = max(known, key=lambda each: each.number, default=None)
    number = last if last is not None else 0 if latest is None else latest.number
    digest = digest_of(annual)
    if latest is not None and latest.number == number and latest.digest == digest:
        return latest
    return Vintage(number + 1, now, digest, annual, rules, dict(days or {}))


def digest_of(annual: Annual) -> str:
    """Return the SHA-256 of the figures alone, without labels, other years and the present day."""
    return digest_of_figures(msgspec.json.decode(msgspec.json.encode(annual)))


def digest_of_figures(annual: Any) -> str:  # noqa: ANN401 -- plain data of any depth
    """Return the SHA-256 of figures in JSON form, including figures of other versions of Tocsin."""
    return sha256(msgspec.json.encode(_figures(annual), order="sorted")).hexdigest()


def content_of(vintage: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a vintage in JSON form, without its number."""
    said = {name: part for name, part in vintage.items() if name != "number"}
    return sha256(msgspec.json.encode(said, order="sorted")).hexdigest()


def vintage_key(site: str, period: str, content: str) -> str:
    """Return the ledger's key of a vintage, by the period's name.

    >>> vintage_key("lozere", "2013-Q2", "5f1c")
    'lozere/vintages/2013-Q2/5f1c'
    """
    return f"{site}/vintages/{period}/{content}"


def parse_vintage_key(key: str) -> tuple[str, str, str] | None:
    """Return the site, the period's name and the vintage's name from a vintage's key, or None for any other key.

    >>> parse_vintage_key("lozere/vintages/2013/00002"), parse_vintage_key("lozere/standard/2013-01-02")
    (('lozere', '2013', '00002'), None)
    """
    parts = _KEY.fullmatch(key)
    return None if parts is None else (parts["site"], parts["period"], parts["name"])


def _figures(part: Any) -> Any:  # noqa: ANN401 -- plain data of any depth
    if isinstance(part, dict):
        return {name: _figures(each) for name, each in part.items() if name not in _NO_FIGURES}
    return [_figures(each) for each in part] if isinstance(part, list) else part
