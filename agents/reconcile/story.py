"""What people are told of two records: the difference first, then why, then a few calls to look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from agents.analysis.written import percent
from agents.pages.both import Both
from agents.reconcile.places import NO_LINE
from agents.reconcile.records import Reconciliation
from agents.reconcile.report import ClockShape, Reconciled, ReconciledLine, joinable
from agents.reconcile.words import METHODS, WHY, says
from agents.writing import FRENCH
from streams.reconcile.account import Disagreement
from streams.reconcile.verdict import Why

EXAMPLES: Final = 3  # calls of each reason that are shown


class Example(NamedTuple):
    """Hold one call on which the records differ, for people to look at."""

    when: str
    first: Both
    second: Both
    explain: str  # the arguments of `tocsin analyze` that show the rows behind it


class ReasonStory(NamedTuple):
    """Hold one reason why records differ, with a few of its calls."""

    why: Both
    number: int
    sides: Both  # in which record these calls are
    examples: list[Example]


class LineStory(NamedTuple):
    """Hold what is told of a line."""

    name: Both
    headline: Both
    figures: ReconciledLine
    reasons: list[ReasonStory]


def stories(found: Reconciliation, report: Reconciled, zone: ZoneInfo) -> Iterator[LineStory]:
    """Yield what is told of each line."""
    for name, line in report.lines.items():
        account = found.accounts.lines.get(name)
        by_reason: dict[Why, list[Disagreement]] = {}
        for each in sorted(account.differences, key=lambda each: each.at) if account and joinable(found) else ():
            by_reason.setdefault(each.why, []).append(each)
        reasons = [
            ReasonStory(
                WHY[why],
                line.reasons[why],
                _sides(differences, report),
                [_example(each, report, zone) for each in differences[:EXAMPLES]],
            )
            for why, differences in sorted(by_reason.items(), key=lambda pair: -line.reasons[pair[0]])
        ]
        label = (
            Both("(aucune ligne du catalogue)", "(no line of the catalogue)") if name == NO_LINE else Both(name, name)
        )
        yield LineStory(label, _headline(line, by_reason.get("turned-away", ())), line, reasons)


def clock(shape: ClockShape, report: Reconciled) -> Both:
    """Say how the calls were joined, and how far the clocks are apart."""
    method = METHODS[report.joined_by]
    ways = {
        "id": Both("par identifiant", "by id"),
        "time": Both("par l'heure, l'appelant et la durée", "by time, caller and length"),
    }
    way = ways.get(report.joined_by)
    if way is None or shape.offset is None:
        return method
    drift, steps = Both("", ""), Both("", "")
    if shape.drift_per_day is not None:
        gain = f"{shape.drift_per_day:+.2f}"
        drift = Both(f", dérive {gain.replace('.', ',')} s par jour", f", drift {gain} s a day")
    if shape.steps:
        steps = Both(f", remise à l'heure {shape.steps} fois", f", set {shape.steps} time(s)")
    ahead = f"{shape.offset:+.1f}"
    return Both(
        f"Appels rapprochés {way.fr}. Horloge du second relevé : {ahead.replace('.', ',')} s{drift.fr}{steps.fr} "
        f"({method.fr}).",
        f"Calls joined {way.en}. Clock of the second record: {ahead} s{drift.en}{steps.en} ({method.en}).",
    )


def _headline(line: ReconciledLine, away: Sequence[Disagreement]) -> Both:
    first, second, best = line.first, line.second, line.best
    if best.offered is None:
        return Both(
            f"{FRENCH.percent(first.lost_rate)} d'appels perdus selon {first.kind}, "
            f"{FRENCH.percent(second.lost_rate)} selon {second.kind} ; les appels ne peuvent être rapprochés.",
            f"{percent(first.lost_rate, 'none')} lost by {first.kind}, "
            f"{percent(second.lost_rate, 'none')} by {second.kind}; the calls cannot be joined.",
        )
    rates = (first.lost_rate, second.lost_rate, best.lost_rate)
    by = FRENCH.percent(rates[0]), FRENCH.percent(rates[1]), FRENCH.percent(rates[2])
    fr = f"{by[0]} d'appels perdus selon {first.kind}, {by[1]} selon {second.kind}, {by[2]} selon les deux ensemble"
    told = percent(rates[0], "none"), percent(rates[1], "none"), percent(rates[2], "none")
    en = f"{told[0]} lost by {first.kind}, {told[1]} by {second.kind}, {told[2]} by both together"
    if away:
        turned, blind = line.reasons["turned-away"], second.kind if away[0].second is None else first.kind
        return Both(
            f"{fr} : {turned} appel(s), refusé(s) à l'entrée, ne figure(nt) dans aucun {blind}.",
            f"{en}: {turned} caller(s) were turned away at the door and stand in no {blind}.",
        )
    differ = sum(line.reasons.values())
    if not differ:
        return Both(f"{fr} : les deux relevés concordent.", f"{en}: the records agree.")
    return Both(f"{fr} : ils diffèrent sur {differ} appel(s).", f"{en}: they differ on {differ} call(s).")


def _sides(differences: list[Disagreement], report: Reconciled) -> Both:
    """Say in which record calls are."""
    first = sum(each.second is None for each in differences)
    second = sum(each.first is None for each in differences)
    both = len(differences) - first - second
    named = (
        (first, Both(f"dans {report.first.kind} seul", f"in {report.first.kind} alone")),
        (second, Both(f"dans {report.second.kind} seul", f"in {report.second.kind} alone")),
        (both, Both("dans les deux", "in both")),
    )
    told = [(count, where) for count, where in named if count]
    return Both(
        ", ".join(f"{count} {where.fr}" for count, where in told),
        ", ".join(f"{count} {where.en}" for count, where in told),
    )


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
