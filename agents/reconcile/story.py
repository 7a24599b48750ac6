"""Two reconciled records in words: the difference first, then its reasons, then a few example calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from agents.analysis.report import COUNTS
from agents.analysis.written import number, percent
from agents.pages.words import COLUMNS
from agents.reconcile.places import NO_LINE
from agents.reconcile.records import Reconciliation
from agents.reconcile.report import ClockShape, Reconciled, ReconciledLine, joinable
from agents.reconcile.told import DeskStory, Example, ToldRecords, agreement, reasons_told
from agents.reconcile.words import METHODS, RULES, WHY, says
from agents.shape import CountsShape
from agents.translation import counted, labelled, text
from agents.writing import NOTHING
from streams.reconcile.account import Disagreement
from streams.reconcile.matching import Way
from streams.reconcile.verdict import Why
from streams.said import Said, said

_WAYS: Final[Mapping[Way, Said]] = {"id": said("by id"), "time": said("by time, caller and length")}


def told(found: Reconciliation, report: Reconciled, zone: ZoneInfo) -> ToldRecords:
    """Return two reconciled records of lines in the chosen language."""
    return ToldRecords(
        title=text("Two records reconciled, call by call"),
        site=report.site,
        records=(report.first, report.second),
        joined=clock(report.clock, report),
        columns=[text(COLUMNS[column]).lower() for column in (*COUNTS, "lost_rate")],
        places=text("See its rows"),
        desks=[*_stories(found, report, zone)],
        refusals=[labelled(each.kind, sentence) for each in found.records for sentence in each.refusals.sentences()],
        rules=[text(rule) for rule in RULES],
    )


def _stories(found: Reconciliation, report: Reconciled, zone: ZoneInfo) -> Iterator[DeskStory]:
    for name, line in report.lines.items():
        account = found.accounts.lines.get(name)
        by_reason: dict[Why, list[Disagreement]] = {}
        for each in account.in_order() if account and joinable(found) else ():
            by_reason.setdefault(each.why, []).append(each)
        kinds = (line.first.kind, line.second.kind)
        example = partial(_example, report=report, zone=zone)
        yield DeskStory(
            name=text("(no line of the catalogue)") if name == NO_LINE else name,
            headline=_headline(line, by_reason.get("turned-away", ())),
            kinds=kinds,
            rows=[_cells(each) for each in (line.first, line.second, line.best)],
            standings=[] if line.best.offered is None else [*standings(line)],
            reasons=reasons_told(by_reason, line.reasons, WHY, kinds, example),
            left_out=line.differences_left_out,
        )


def _cells(counts: CountsShape) -> list[str]:
    known = ("" if (count := getattr(counts, kind)) is None else str(count) for kind in COUNTS)
    return [*known, percent(counts.lost_rate)]


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
    counts = (line.matched, line.contradicted, line.only_first, line.only_second)
    yield agreement(counts, (line.first.kind, line.second.kind))
    if line.ambiguous:
        yield text("{count} could match several calls: not joined, and counted once", count=line.ambiguous)
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


def _example(each: Disagreement, report: Reconciled, zone: ZoneInfo) -> Example:
    when = datetime.fromtimestamp(each.at / 1000, UTC).astimezone(zone)
    clock_zone = zone if each.why == "clock" else None
    kind, seen = (report.first.kind, each.first) if each.first else (report.second.kind, each.second)
    assert seen is not None
    return Example(
        f"{when:%Y-%m-%d %H:%M:%S}",
        says(each.first, clock_zone),
        says(each.second, clock_zone),
        f"tocsin analyze {kind} FILE --explain {seen.call}",
    )
