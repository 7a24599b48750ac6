"""A certificate for programs: a year's lines, what was checked of their figures, and what would have been seen."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Any, Final, Literal, TypeAlias

from msgspec import Struct

from agents.catalogue import lines
from agents.history.ledger import History
from agents.progress import ProgressBar
from agents.simulation.office import office_days
from agents.totals.checked import judged, line_days
from config.settings import Settings
from streams.certificate.attempts import LineCalls
from streams.certificate.coverage import CheckedShare
from streams.certificate.sample import Equivalence
from streams.certificate.sensitivity import FEWEST, Smallest, mechanisms, smallest, trials
from streams.indicators.annual import Annual
from streams.indicators.indicator import Figure, Indicator
from streams.indicators.line import LineTotals
from streams.indicators.period import Period
from streams.indicators.vintage import Vintage, digest_of
from streams.watch.correction import Method
from streams.watch.guard import Guard

# Why a fault was not tried: the calls do not tell what it shows in, the line has too few sound days, or time was up.
Untried: TypeAlias = Literal["callers", "days", "time"]
LIMIT: Final = 300.0  # seconds that the faults of one line may take


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
    breaches: list[str]  # what does not hold of the records behind them
    lines: list[CertifiedLine]


class Faults(Struct):
    """Hold what was found of the faults of one line."""

    calls: CallsUsed
    tried: list[Smallest] = []
    untried: dict[str, Untried] = {}


def certificate(
    annual: Annual, vintage: Vintage | None, breaches: list[str], lines: list[CertifiedLine]
) -> Certificate:
    """Return the certificate of a year's figures."""
    return Certificate(
        site=annual.site,
        year=annual.period.first.year,
        as_of=annual.today.isoformat(),
        vintage=None if vintage is None else vintage.number,
        digest=digest_of(annual),
        breaches=breaches,
        lines=lines,
    )


def certified(
    indicator: Indicator,
    totals: LineTotals,
    incidents: list[dict[str, Any]],
    checks: list[CheckedShare],
    faults: Faults,
    sample: CertifiedSample | None,
) -> CertifiedLine:
    """Return what stands behind a line's figure."""
    return CertifiedLine(
        line=indicator.subject,
        label=indicator.label,
        raw=indicator.raw,
        corrected=indicator.corrected,
        method=indicator.method,
        coverage=indicator.coverage,
        guard=indicator.guard,
        slots=totals.slots,
        in_quarantine=totals.in_quarantine,
        incidents=incidents,
        checks=checks,
        calls=faults.calls,
        faults=faults.tried,
        untried=faults.untried,
        sample=sample,
    )


def faults(
    settings: Settings,
    history: History,
    period: Period,
    line: str,
    calls: LineCalls,
    *,
    limit: float = LIMIT,
    clock: Callable[[], float] = time.monotonic,
) -> Faults:
    """Put every fault that moves the rate into a line's calls, and return the smallest that is told.

    No other fault is begun once `limit` seconds have passed.
    """
    days = line_days(settings, history, period)[line]
    slots = judged(settings, history, period, line, days).slots
    unsound = {date.fromisoformat(each.day).toordinal() for each in slots if each.miscount or each.doubt}
    first, last = date.fromisoformat(days[0].day), date.fromisoformat(days[-1].day)
    own = [day for day in days if day.day in period]
    kept = sum(
        len(each) for day, each in calls.days.items() if period.first.toordinal() <= day <= period.last.toordinal()
    )
    counted = sum(slot.offered for day in own for slot in day.slots.values())
    found = Faults(CallsUsed("ledger" if calls.rebuilt else "events", kept, counted))
    rules, begun = lines(settings)[line], clock()
    possible = mechanisms(calls)
    starts = trials(rules, calls, office_days(settings, first, last), period.first.toordinal(), unsound)
    bar = ProgressBar(line, len(possible))
    for done, (name, told) in enumerate(possible.items()):
        bar.to(done)
        if not told:
            found.untried[name] = "callers"
        elif len(starts) < FEWEST:
            found.untried[name] = "days"
        elif clock() - begun > limit:
            found.untried[name] = "time"
        else:
            found.tried.append(smallest(name, rules, calls, starts))
    bar.close()
    return found
