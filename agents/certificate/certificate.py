"""A certificate for programs: a year's lines, what was checked of their figures, and what would have been seen."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from msgspec import Struct

from streams.certificate.coverage import CheckedShare
from streams.certificate.sample import Equivalence
from streams.certificate.sensitivity import Smallest
from streams.chain.breach import Breach
from streams.indicators.indicator import Figure
from streams.watch.correction import Method
from streams.watch.guard import Guard

# Why a fault was not tried: it shows in callers and talks, which the ledger does not keep or these events do not tell;
# the line has too few sound days; time was up.
Untried: TypeAlias = Literal["not kept", "not told", "days", "time"]


class CallsUsed(Struct, frozen=True):
    """Say which calls the faults were put into."""

    source: Literal["ledger", "events"]
    calls: int
    counted: int  # calls that the ledger has counted in the same time


class CertifiedSample(Struct, frozen=True):
    """Say what a person found of the calls that were drawn."""

    first: str  # local day of the earliest call that could be drawn (ISO 8601)
    last: str
    calls: int  # that could be drawn
    lost: int  # of them, counted lost
    result: Equivalence


class CertifiedLine(Struct, frozen=True, kw_only=True):
    """Hold what stands behind one line's figure."""

    line: str
    label: str
    raw: Figure
    corrected: Figure
    method: Method
    coverage: float  # share of the open slots that the corrected figure stands on
    guard: Guard | None  # why it is withheld
    slots: int  # of opening hours
    in_quarantine: int  # of them, in miscounts
    incidents: list[dict[str, Any]]  # those behind the figure
    checks: list[CheckedShare]
    calls: CallsUsed
    faults: list[Smallest]
    untried: dict[str, Untried]
    sample: CertifiedSample | None = None


class Certificate(Struct, frozen=True, kw_only=True):
    """Hold the certificate of a year."""

    site: str
    year: int
    as_of: str  # the local day on which it was made (ISO 8601)
    vintage: int | None  # the published edition that has these figures
    digest: str  # SHA-256 of the figures alone, in hex
    breaches: list[Breach]  # what does not hold of the records behind them
    lines: list[CertifiedLine]
