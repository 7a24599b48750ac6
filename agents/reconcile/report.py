"""Two reconciled records as data and as JSON."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from msgspec import Struct, field
from msgspec.structs import asdict

from agents.history.incident_json import moment
from agents.language import Language
from agents.reconcile.places import NO_LINE
from agents.reconcile.records import CallRecord, Reconciliation
from agents.reconcile.words import METHODS, RULES, says
from agents.shape import CountsShape, counts_shape
from agents.translation import speaking
from streams.calls.counts import Counts
from streams.kept.times import FOREVER
from streams.reconcile.account import Account, Disagreement
from streams.reconcile.matching import Way
from streams.reconcile.verdict import Why


class KindCounts(CountsShape, frozen=True, kw_only=True):
    """A line's counts by one record."""

    kind: str


class DifferenceShape(Struct, frozen=True):
    """A call on which the records differ; an id is null in the record that lacks the call."""

    first: str | None
    second: str | None
    at: str | None
    first_says: str
    second_says: str
    why: Why
    ambiguous: bool


class ReconciledLine(Struct, frozen=True):
    """A line by both records."""

    first: KindCounts
    second: KindCounts
    matched: int  # in both records, and they agree
    only_first: int
    only_second: int
    contradicted: int  # in both records, and they differ
    ambiguous: int  # of those in only one: could be one of several in the other
    outside: int  # of those in only one: outside the time of the other record
    reasons: dict[Why, int]
    best: CountsShape  # null if the records cannot be joined
    differences: list[DifferenceShape]
    differences_left_out: int


class ClockShape(Struct, frozen=True):
    """The second record's clock relative to the first's: seconds ahead; null if unknown."""

    offset: float | None
    drift_per_day: float | None
    steps: int  # times that a clock was set by more than two minutes
    method: str


class RecordShape(Struct, frozen=True):
    """The rows of a record by result."""

    kind: str
    start: str | None = field(name="from")
    end: str | None = field(name="to")
    events: int
    refused: dict[str, int]


class Reconciled(Struct, frozen=True):
    """The result for two records."""

    site: str
    first: RecordShape
    second: RecordShape
    joined_by: Way
    clock: ClockShape
    rules: tuple[str, ...]
    lines: dict[str, ReconciledLine]


def reconciled(found: Reconciliation, site: str, zone: ZoneInfo) -> Reconciled:
    """Return the result for two records, in English; moments are in the office's zone."""
    first, second = found.records
    matching = found.matching
    names = sorted({*first.calls.counts, *second.calls.counts}, key=lambda name: (name == NO_LINE, name))
    typical, drift = matching.offset.typical, matching.offset.drift
    with speaking(Language.EN):  # programs read one language
        lines = {name: _line(found, name, zone) for name in names}
    return Reconciled(
        site=site,
        first=_record(first, zone),
        second=_record(second, zone),
        joined_by=matching.way,
        clock=ClockShape(
            offset=None if typical is None else typical / 1000,
            drift_per_day=None if drift is None else round(drift / 1000, 3),
            steps=matching.offset.steps,
            method=str(METHODS[matching.way]),
        ),
        rules=tuple(map(str, RULES)),
        lines=lines,
    )


def joinable(found: Reconciliation) -> bool:
    """Return whether any calls of the two records could be matched."""
    return found.matching.way != "none"


def _record(record: CallRecord, zone: ZoneInfo) -> RecordShape:
    calls = record.calls
    return RecordShape(
        kind=record.kind,
        start=moment(None if calls.low == FOREVER else calls.low, zone),
        end=moment(calls.high or None, zone),
        events=record.results["ok"],
        refused=dict(record.refusals.counts),
    )


def _line(found: Reconciliation, name: str, zone: ZoneInfo) -> ReconciledLine:
    account = found.accounts.lines.get(name, Account())
    joined = joinable(found)
    return ReconciledLine(
        first=_counts(found.records[0], name),
        second=_counts(found.records[1], name),
        matched=account.standings["matched"],
        only_first=account.standings["only_first"],
        only_second=account.standings["only_second"],
        contradicted=account.standings["contradicted"],
        ambiguous=account.ambiguous,
        outside=sum(_outside(each, found) for each in account.differences),
        reasons=dict(account.reasons.most_common()) if joined else {},
        best=counts_shape(account.best if joined else None),
        differences=[_difference(each, zone) for each in account.in_order()] if joined else [],
        differences_left_out=account.left_out,
    )


def _counts(record: CallRecord, name: str) -> KindCounts:
    counts = counts_shape(record.calls.counts.get(name, Counts()))
    return KindCounts(kind=record.kind, **asdict(counts))


def _difference(each: Disagreement, zone: ZoneInfo) -> DifferenceShape:
    when = zone if each.why == "clock" else None
    return DifferenceShape(
        first=None if each.first is None else each.first.call,
        second=None if each.second is None else each.second.call,
        at=moment(each.at, zone),
        first_says=says(each.first, when),
        second_says=says(each.second, when),
        why=each.why,
        ambiguous=each.ambiguous,
    )


def _outside(each: Disagreement, found: Reconciliation) -> bool:
    """Return whether a call is outside the time covered by the record that lacks this call."""
    if each.first is not None and each.second is not None:
        return False
    ahead = found.matching.offset.typical or 0
    blind, at = (found.records[1].calls, each.at + ahead) if each.first else (found.records[0].calls, each.at - ahead)
    return not blind.low <= at <= blind.high
