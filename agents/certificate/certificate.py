"""The shape of a certificate: a year's lines, the checks of their figures, and the detectable faults."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from msgspec import Struct

from streams.certificate.cases import DayStanding
from streams.certificate.coverage import CheckedShare
from streams.certificate.sample import Equivalence
from streams.certificate.sensitivity import Smallest
from streams.chain.breach import Breach
from streams.indicators.indicator import Figure, Indicator
from streams.watch.correction import Method
from streams.watch.guard import Guard

# Why a fault was not tried: "not kept" or "not told" if it shows only in callers and talks, which the ledger or these
# events lack; "days" if the line has too few sound days; "time" if the time limit was reached.
Untried: TypeAlias = Literal["not kept", "not told", "days", "time"]


class CallsUsed(Struct, frozen=True):
    """The calls into which the faults were put."""

    source: Literal["ledger", "events"]
    calls: int
    counted: int  # the ledger's calls in the same time


class CertifiedSample(Struct, frozen=True):
    """A person's answers about the drawn calls."""

    first: str  # local day of the earliest call that could be drawn (ISO 8601)
    last: str
    calls: int  # calls that could be drawn
    lost: int  # of these, counted as lost
    result: Equivalence


class CertifiedLine(Struct, frozen=True, kw_only=True):
    """What supports one line's figure."""

    line: str
    label: str
    raw: Figure
    corrected: Figure
    method: Method
    coverage: float  # share of the open slots used for the corrected figure
    guard: Guard | None  # why the figure is withheld
    slots: int  # slots in opening hours
    in_quarantine: int  # of these, in miscounts
    incidents: list[dict[str, Any]]  # the incidents behind the figure
    checks: list[CheckedShare]
    calls: CallsUsed
    faults: list[Smallest]
    untried: dict[str, Untried]
    sample: CertifiedSample | None = None  # drawn for this certificate
    asked: CertifiedSample | None = None  # the calls of the period that were drawn regularly


class CertifiedDesk(Struct, frozen=True, kw_only=True):
    """What supports the figures of one service or channel."""

    kind: Literal["service", "channel"]
    name: str
    label: str
    figures: list[Indicator]
    incidents: list[dict[str, Any]]  # the incidents behind its figures
    days: dict[DayStanding, int]  # its days by how they were counted: every open day, and closed ones with cases
    checks: list[CheckedShare]
    at_once: bool = False  # half of a service's visitors wait less than a minute


class Certificate(Struct, frozen=True, kw_only=True):
    """The certificate of a year."""

    site: str
    year: int
    as_of: str  # local day of its making (ISO 8601)
    vintage: int | None  # the published vintage with these figures
    digest: str  # SHA-256 of the figures alone, in hex
    breaches: list[Breach]  # alterations found in the records behind the figures
    lines: list[CertifiedLine]
    desks: list[CertifiedDesk] = []  # services and channels
