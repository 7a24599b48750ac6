"""Two reconciled records of counters or registers: as JSON, and in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import TypeAlias
from zoneinfo import ZoneInfo

from msgspec import UNSET, Struct, UnsetType

from agents.history.incident_json import moment
from agents.language import Language
from agents.reconcile.case_records import CaseFigures, CaseReconciliation, CaseRecord, best_of
from agents.reconcile.case_words import (
    CASE_METHODS,
    CASE_RULES,
    CASE_WHY,
    NAMES,
    CaseKind,
    known,
    length_says,
    seen_says,
)
from agents.reconcile.report import RecordShape
from agents.reconcile.told import DeskStory, Example, ToldRecords, agreement, reasons_told
from agents.translation import counted, labelled, speaking, text
from streams.reconcile.cases import CaseAccount, CaseDifference, CaseWay, CaseWhy

Sums: TypeAlias = dict[str, str | int | float | None]


class CaseDifferenceShape(Struct, frozen=True):
    """A case or a day on which the records differ; its name is null in the record that lacks it."""

    first: str | None
    second: str | None
    at: str | None
    first_says: str
    second_says: str
    why: CaseWhy


class ReconciledDesk(Struct, frozen=True):
    """A service or a channel by both records; cases, or days if they are joined by day."""

    first: Sums
    second: Sums
    matched: int
    only_first: int
    only_second: int
    contradicted: int
    lengths_left_out: int  # of cases or days whose waits or delays differ, so that they are in no mean of `best`
    reasons: dict[CaseWhy, int]
    best: Sums  # null if the records cannot be compared
    differences: list[CaseDifferenceShape]


class ReconciledCases(Struct, frozen=True):
    """The result for two records of counters, or of registers."""

    site: str
    first: RecordShape
    second: RecordShape
    joined_by: CaseWay
    offset: float | None  # seconds by which the second record's clock is ahead; null if unknown
    rules: tuple[str, ...]
    services: dict[str, ReconciledDesk] | UnsetType = UNSET
    requests: dict[str, ReconciledDesk] | UnsetType = UNSET


def reconciled_cases(found: CaseReconciliation, zone: ZoneInfo) -> ReconciledCases:
    """Return the result for two records, in English; moments are in the office's zone."""
    first, second = found.records
    with speaking(Language.EN):  # programs read one language
        desks = {name: _desk(found, name, zone) for name in found.names}
    return ReconciledCases(
        site=first.settings.site,
        first=_record(first, zone),
        second=_record(second, zone),
        joined_by=found.way,
        offset=None if found.ahead is None else found.ahead / 1000,
        rules=tuple(map(str, CASE_RULES)),
        services=desks if found.of == "services" else UNSET,
        requests=desks if found.of == "requests" else UNSET,
    )


def cases_told(found: CaseReconciliation, zone: ZoneInfo) -> ToldRecords:
    """Return two reconciled records of counters or registers in the chosen language."""
    first, second = found.records
    joined = text(CASE_METHODS[found.way])
    if found.ahead:
        ahead = text("Clock of the second record: {ahead} s.", ahead=f"{found.ahead / 1000:+.0f}")
        joined = f"{joined} {ahead}"
    return ToldRecords(
        title=text("Two records reconciled, number by number or day by day"),
        site=first.settings.site,
        records=(_record(first, zone), _record(second, zone)),
        joined=joined,
        columns=[text(word) for word in NAMES[found.of].words],
        places=text("Number or day"),
        desks=[*_stories(found, zone)],
        refusals=[labelled(each.kind, says) for each in found.records for says in each.refusals.sentences()],
        rules=[text(rule) for rule in CASE_RULES],
    )


def _record(record: CaseRecord, zone: ZoneInfo) -> RecordShape:
    return RecordShape(
        kind=record.kind,
        start=moment(record.start, zone),
        end=moment(record.end, zone),
        events=record.results.total() - record.results["invalid"],
        refused=dict(record.refusals.counts),
    )


def _desk(found: CaseReconciliation, name: str, zone: ZoneInfo) -> ReconciledDesk:
    account = found.accounts.get(name)
    first, second = ({"kind": each.kind, **_sums(each.figures(found.of, name), found.of)} for each in found.records)
    counts = CaseAccount() if account is None else account
    return ReconciledDesk(
        first=first,
        second=second,
        matched=counts.standings["matched"],
        only_first=counts.standings["only_first"],
        only_second=counts.standings["only_second"],
        contradicted=counts.standings["contradicted"],
        lengths_left_out=counts.apart,
        reasons=dict(counts.reasons.most_common()),
        best=_sums(best_of(account), found.of),
        differences=[_difference(each, found.of, zone) for each in counts.in_order()],
    )


def _sums(figures: CaseFigures, of: CaseKind) -> Sums:
    names = NAMES[of]
    return dict(zip((names.begun, names.met, names.left, names.mean), figures, strict=True))


def _difference(each: CaseDifference, of: CaseKind, zone: ZoneInfo) -> CaseDifferenceShape:
    return CaseDifferenceShape(
        first=None if each.first is None else each.name,
        second=None if each.second is None else each.name,
        at=moment(each.at, zone),
        first_says=seen_says(each.first, of),
        second_says=seen_says(each.second, of),
        why=each.why,
    )


def _stories(found: CaseReconciliation, zone: ZoneInfo) -> Iterator[DeskStory]:
    kinds = (str(found.records[0].kind), str(found.records[1].kind))
    for name in found.names:
        figures = [each.figures(found.of, name) for each in found.records]
        account = found.accounts.get(name)
        rows = [_cells(each, found.of) for each in (*figures, best_of(account))]
        means = [known(each.mean, found.of) for each in figures]
        headline = text(
            "mean {first} according to {one}, {second} according to {other}",
            first=means[0],
            second=means[1],
            one=kinds[0],
            other=kinds[1],
        )
        if account is None:
            ending = text("{mean}; the records cannot be compared.", mean=headline)
            yield DeskStory(name, ending, kinds, rows, [], [], 0)
            continue
        by_reason: dict[CaseWhy, list[CaseDifference]] = {}
        for each in account.in_order():
            by_reason.setdefault(each.why, []).append(each)
        example = partial(_example, of=found.of, zone=zone)
        yield DeskStory(
            name=name,
            headline=_ending(headline, account, found.way),
            kinds=kinds,
            rows=rows,
            standings=[*_standings(account, kinds)],
            reasons=reasons_told(by_reason, account.reasons, CASE_WHY, kinds, example),
            left_out=0,
        )


def _ending(mean: str, account: CaseAccount, way: CaseWay) -> str:
    differ = account.reasons.total()
    if not differ:
        return text("{mean}: the records agree.", mean=mean)
    if way == "day":
        return counted("{mean}: they differ on {count} day.", "{mean}: they differ on {count} days.", differ, mean=mean)
    return counted("{mean}: they differ on {count} case.", "{mean}: they differ on {count} cases.", differ, mean=mean)


def _standings(account: CaseAccount, kinds: tuple[str, str]) -> Iterator[str]:
    counts = account.standings
    yield agreement((counts["matched"], counts["contradicted"], counts["only_first"], counts["only_second"]), kinds)
    if account.apart:
        yield counted(
            "{count} wait or delay differs, and is in no mean",
            "{count} waits or delays differ, and are in no mean",
            account.apart,
        )


def _cells(figures: CaseFigures, of: CaseKind) -> list[str]:
    counts = ["" if each is None else str(each) for each in (figures.begun, figures.met, figures.left)]
    return [*counts, length_says(figures.mean, of)]


def _example(each: CaseDifference, of: CaseKind, zone: ZoneInfo) -> Example:
    when = datetime.fromtimestamp(each.at / 1000, UTC).astimezone(zone)
    return Example(f"{when:%Y-%m-%d %H:%M:%S}", seen_says(each.first, of), seen_says(each.second, of), each.name)
