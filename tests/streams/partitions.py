"""A partition of three lines of an office, and records for it."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from streams.calls.rules import LineRules
from streams.catalogue import Catalogue
from streams.kept.times import DAY_MS
from streams.partition import Partition
from streams.tickets.rules import ServiceRules
from tests.streams.numbers import FRENCH

STANDARD, CIRCULATION, ELSEWHERE = b"lozere/standard", b"lozere/circulation", b"lozere/etrangers"


CATALOGUE = {
    key: LineRules(site="lozere", line=key.decode().removeprefix("lozere/"), max_call=600_000)
    for key in (STANDARD, CIRCULATION, ELSEWHERE)
}


HOMES = {STANDARD: 3, CIRCULATION: 3, ELSEWHERE: 5}


OWN = b"intake calls 3"
AHEAD_AT = 200_000.0  # s: more than a day after its records were written


def partition(records: dict[bytes, bytes] | None = None) -> Partition:
    return Partition(3, Catalogue(CATALOGUE, {}, {}, HOMES.__getitem__, FRENCH), records or {})


def written(owned: Partition) -> dict[bytes, bytes]:
    return owned.changed().states()


def figures(owned: Partition) -> tuple[object, object]:
    return {key: msgspec.to_builtins(line.state) for key, line in owned.lines.items()}, msgspec.to_builtins(
        owned.calls.state
    )


CARDS, TITLES = b"lozere/cards", b"lozere/titles"


EMAIL, LETTER = b"lozere/email", b"lozere/letter"


COUNTERS = Catalogue(
    CATALOGUE,
    {
        key: ServiceRules(
            site="lozere", service=key.decode().removeprefix("lozere/"), closing=lambda at: at // DAY_MS * DAY_MS
        )
        for key in (CARDS, TITLES)
    },
    {},
    lambda key: 5 if key == ELSEWHERE else 3,
)


def ticket(kind: str = "issued", at: float = 100.0, **more: str) -> bytes:
    return json.dumps({"service": "cards", "ticket": "A1", "type": kind, "at": at, **more}).encode()


def reading(at: float, calls: int, line: str = "standard", **more: object) -> bytes:
    """Return a reading whose every call was answered."""
    told = {"line": line, "mode": "cumulative", "at": at, "offered": calls, "answered": calls, "lost": 0, **more}
    return json.dumps(told).encode()


def declaration(line: str | None = "standard", **more: Any) -> bytes:
    told = {"decision": "declare", "at": 9_000, "by": "m.durand", "note": "n", "line": line, "from": 0, "to": 900}
    return json.dumps(told | more).encode()
