"""Two reconciled records in words: the difference first, then its reasons, then a few example calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from agents.analysis.written import number, percent
from agents.reconcile.places import NO_LINE
from agents.reconcile.records import Reconciliation
from agents.reconcile.report import ClockShape, Reconciled, ReconciledLine, joinable
from agents.reconcile.words import METHODS, WHY, says
from agents.translation import counted, text
from agents.writing import NOTHING
from streams.reconcile.account import Disagreement
from streams.reconcile.matching import Way
from streams.reconcile.verdict import Why
from streams.said import Said, said

EXAMPLES: Final = 3  # example calls for each reason
_WAYS: Final[Mapping[Way, Said]] = {"id": said("by id"), "time": said("by time, caller and length")}


class Example(NamedTuple):
    """A call on which the records differ."""

    when: str
    first: str
    second: str
    explain: str  # arguments of `tocsin analyze` that show its rows


class ReasonStory(NamedTuple):
    """One reason why the records differ, with a few of its calls."""

    why: str
    number: int
    sides: str  # the records that have these calls
    examples: list[Example]


class LineStory(NamedTuple):
    """The sentences and figures of a line."""

    name: str
    headline: str
    figures: ReconciledLine
    reasons: list[ReasonStory]


def stories(found: Reconciliation, report: Reconciled, zone: ZoneInfo) -> Iterator[LineStory]:
    """Yield the story of each line, in the chosen language."""
    for name, line in report.lines.items():
        account = found.accounts.lines.get(name)
        by_reason: dict[Why, list[Disagreement]] = {}
        for each in account.in_order() if account and joinable(found) else ():
            by_reason.setdefault(each.why, []).append(each)
        reasons = [
            ReasonStory(
                text(WHY[why]),
                line.reasons[why],
                _sides(differences, report),
                [_example(each, report, zone) for each in differences[:EXAMPLES]],
            )
            for why, differences in sorted(by_reason.items(), key=lambda pair: -line.reasons[pair[0]])
        ]
        label = text("(no line of the catalogue)") if name == NO_LINE else name
        yield LineStory(label, _headline(line, by_reason.get("turned-away", ())), line, reasons)


def clock(shape: ClockShape, report: Reconciled) -> str:
    """Return how the calls were joined, and the difference of the clocks, in words."""
    method, way = METHODS[report.joined_by], _WAYS.get(report.joined_by)
    if way is None or shape.offset is None:
        return text(method)
    drift = steps = ""
    if shape.drift_per_day is not None:
        drift = text(", drift {gain} s a day", gain=_signed(shape.drift_per_day, 2))
    if shape.steps:
        steps = counted(", set {count} time", ", set {count} times", shape.steps)
    return text(
        "Calls joined {way}. Clock of the second record: {ahead} s{drift}{steps} ({method}).",
        way=way,
        ahead=_signed(shape.offset, 1),
        drift=drift,
        steps=steps,
        method=method,
    )


def standings(line: ReconciledLine) -> Iterator[str]:
    """Yield, for a line, how many calls match and differ, and how many could not be compared."""
    yield text(
        "{matched} matched, {contradicted} contradicted, {only_first} only in {first}, {only_second} only in {second}",
        matched=line.matched,
        contradicted=line.contradicted,
        only_first=line.only_first,
        first=line.first.kind,
        only_second=line.only_second,
        second=line.second.kind,
    )
    if line.ambiguous:
        yield text(
            "{count} could match several calls: not joined, and counted once",
            count=line.ambiguous,
        )
    if line.outside:
        yield counted(
            "{count} is outside the time of the other record",
            "{count} are outside the time of the other record",
            line.outside,
        )


def _signed(value: float, digits: int) -> str:
    return f"{'+' if value >= 0 else ''}{number(value, digits)}"


def _headline(line: ReconciledLine, away: Sequence[Disagreement]) -> str:
    first, second, best = line.first, line.second, line.best
    named = {"one": first.kind, "other": second.kind}
    rates = {"first": percent(first.lost_rate, NOTHING), "second": percent(second.lost_rate, NOTHING)}
    if best.offered is None:
        return text(
            "{first} of calls lost according to {one}, {second} according to {other}; the calls cannot be joined.",
            **rates,
            **named,
        )
    rate = text(
        "{first} of calls lost according to {one}, {second} according to {other}, {both} combined",
        **rates,
        **named,
        both=percent(best.lost_rate, NOTHING),
    )
    if away:
        return counted(
            "{rate}: {count} caller was turned away by the full queue and is missing from the {record}.",
            "{rate}: {count} callers were turned away by the full queue and are missing from the {record}.",
            line.reasons["turned-away"],
            rate=rate,
            record=second.kind if away[0].second is None else first.kind,
        )
    differ = sum(line.reasons.values())
    if not differ:
        return text("{rate}: the records agree.", rate=rate)
    return counted("{rate}: they differ on {count} call.", "{rate}: they differ on {count} calls.", differ, rate=rate)


def _sides(differences: list[Disagreement], report: Reconciled) -> str:
    """Return which records have some calls, in words."""
    first = sum(each.second is None for each in differences)
    second = sum(each.first is None for each in differences)
    both = len(differences) - first - second
    alone = [
        text("{count} in {record} alone", count=count, record=record.kind)
        for count, record in ((first, report.first), (second, report.second))
        if count
    ]
    return ", ".join([*alone, text("{count} in both", count=both)] if both else alone)


def _example(each: Disagreement, report: Reconciled, zone: ZoneInfo) -> Example:
    when = datetime.fromtimestamp(each.at / 1000, UTC).astimezone(zone)
    clock_zone = zone if each.why == "clock" else None
    kind, seen = (report.first.kind, each.first) if each.first else (report.second.kind, each.second)
    assert seen is not None
    return Example(
        f"{when:%Y-%m-%d %H:%M:%S}",
        says(each.first, clock_zone),
        says(each.second, clock_zone),
        f"{kind} FILE --explain {seen.call}",
    )
