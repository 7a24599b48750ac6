"""An incident: a stretch of one line whose count is suspected, or whose callers really had a bad time, and why."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from streams.watch.laws import Kind

Verdict: TypeAlias = Literal["miscount", "overload", "undecided"]
Status: TypeAlias = Literal["open", "confirmed", "dismissed", "closed"]


class Evidence(Struct, array_like=True):
    """Hold what one check saw beside what it expected, its score in nats (for a miscount where positive), in words.

    `says` is French, `says_en` English.
    """

    check: str
    observed: float | None
    expected: float | None
    score: float
    says: str
    says_en: str


class Incident(Struct):
    """Hold the latest state of an incident; moments in epoch ms, `end` where the last suspected slot ends.

    `cause` is what opened it, a law or the rate; `calls` is how many came from its start until it was detected.
    While it is open its bounds and its verdict may change; its id never does.
    """

    id: str
    line: str
    cause: str
    verdict: Verdict
    kind: Kind
    start: int
    end: int
    detected: int
    calls: int
    status: Status = "open"
    evidence: list[Evidence] = []
    clean: int = 0  # opening days without a sign of it
    judged: list[str] = []  # what it has been so far: verdict and kind
