"""The command `reconcile`: compares two records of the same lines, counters or registers."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING, Annotated, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

import typer

from agents.commands.file_order import ordered
from agents.commands.files import (
    CALL_KINDS,
    STANDARD_INPUT,
    Head,
    MappingName,
    SourceName,
    Zone,
    context_of,
    known_files,
    known_zone,
    opened,
    read,
    tell_aside,
    unused,
)
from agents.commands.options import Config, Site, refusals, settings_or_unknown, to_write
from agents.draft import write_whole
from agents.garbage import collect_seldom
from agents.sources.kind import FileKind
from agents.terminal import Screen, say_json
from agents.translation import text
from config.settings import Settings

if TYPE_CHECKING:
    from agents.reconcile.case_report import ReconciledCases
    from agents.reconcile.case_words import CaseKind
    from agents.reconcile.report import Reconciled
    from agents.reconcile.told import ToldRecords
    from agents.sources.context import Context


# Kinds without calls that can be compared with each other
CASE_KINDS: Final[Mapping[CaseKind, tuple[FileKind, ...]]] = {
    "services": (FileKind.TICKETS, FileKind.POLLS, FileKind.READINGS, FileKind.EVENTS),
    "requests": (FileKind.REQUESTS, FileKind.EVENTS),
}
KINDS: Final = tuple(dict.fromkeys([*CALL_KINDS, *CASE_KINDS["services"], *CASE_KINDS["requests"]]))


class RecordFiles(NamedTuple):
    """One record: its kind, and its files in order."""

    kind: FileKind
    files: list[Path]


def known_records(words: list[str]) -> list[str]:
    """Return the words of two records; end with status 2 if they are not two."""
    records_of(words)
    return words


def records_of(words: list[str]) -> tuple[RecordFiles, RecordFiles]:
    """Return the two records that `KIND FILE... KIND FILE...` names."""
    records: list[RecordFiles] = []
    kinds = ", ".join(KINDS)
    for word in words:
        kind = next((each for each in KINDS if each == word), None)
        if kind is not None and (not records or (records[-1].files and len(records) == 1)):
            records.append(RecordFiles(kind, []))
        elif not records:
            raise typer.BadParameter(
                text("{word} is not a kind of record; expected one of {kinds}", word=repr(word), kinds=kinds)
            )
        else:
            records[-1].files.append(Path(word))
    if len(records) != 2 or not all(record.files for record in records):  # noqa: PLR2004 -- two records
        raise typer.BadParameter(
            text(
                "records named: {count}; expected two, each a kind followed by its files, as in queue-log "
                "queue_log asterisk-cel Master.csv; the kinds are {kinds}",
                count=len(records),
                kinds=kinds,
            )
        )
    if sum(record.files.count(STANDARD_INPUT) for record in records) > 1:
        raise typer.BadParameter(text("standard input is named twice; only one record can come from it"))
    for record in records:
        known_files(record.files)
    desks_of(records[0].kind, records[1].kind)
    return records[0], records[1]


def desks_of(first: FileKind, second: FileKind) -> Literal["lines"] | CaseKind:
    """Return what two kinds of records have in common; end with status 2 if that is nothing."""
    if {first, second} <= {*CALL_KINDS}:
        return "lines"
    for of, kinds in CASE_KINDS.items():
        if {first, second} <= {*kinds}:
            return of
    raise typer.BadParameter(
        text("{first} and {second} are not of the same desks: they cannot be compared", first=first, second=second)
    )


def reconcile(
    records: Annotated[
        list[str],
        typer.Argument(
            callback=known_records,
            metavar="KIND FILE... KIND FILE...",
            help="Two records of the same lines, counters or registers, each a kind as for `analyze` followed by its "
            "files in order.",
        ),
    ],
    config: Config = None,
    site: Site = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON alone.")] = False,
    html: Annotated[
        Path | None, typer.Option(dir_okay=False, callback=to_write, help="Also write a page for an auditor.")
    ] = None,
    source: SourceName = None,
    source2: Annotated[str | None, typer.Option("--source2", help="The same option, for the second record.")] = None,
    timezone: Zone = None,
    timezone2: Annotated[
        str | None, typer.Option("--timezone2", callback=known_zone, help="The same option, for the second record.")
    ] = None,
    mapping: MappingName = None,
    mapping2: Annotated[str | None, typer.Option("--mapping2", help="The same option, for the second record.")] = None,
) -> None:
    """Compare two records of the same lines, counters or registers: differences, contradictions, combined figures.

    Calls are matched call by call. Tickets are compared with tickets, a display's polls or the daily statistic
    (readings), a register of requests with another export; number by number, or else day by day. Without --config,
    every queue becomes a line of its own. Differences are a result, so the status is 0. It is 1 if a record has
    nothing usable, or if the records have nothing in common.
    """
    from agents.dialling import numbers_of
    from agents.reconcile.table import page, show
    from agents.sources.pseudonym import Pseudonymizer

    settings = settings_or_unknown(config, site, [name for name in (mapping, mapping2) if name])
    # one key for both, so that callers can be compared
    pseudonym = Pseudonymizer(token_bytes(32), numbers_of(settings))
    named = records_of(records)
    options = ((source, timezone, mapping), (source2, timezone2, mapping2))
    contexts = [
        context_of(each.kind, each.files, settings, pseudonym, *by) for each, by in zip(named, options, strict=True)
    ]
    of = desks_of(named[0].kind, named[1].kind)
    collect_seldom()
    adopts = config is None
    found = (
        _lines(named, contexts, settings, adopts=adopts)
        if of == "lines"
        else _cases(of, named, contexts, settings, adopts=adopts)
    )
    if json:
        say_json(found.report)
    else:
        show(found.told, Screen())
    if html is not None:
        with refusals():
            write_whole(html, page(found.told).encode())
    if not found.joined:
        raise typer.Exit(1)


class ReconciledRecords(NamedTuple):
    """Two reconciled records: for programs, and in words."""

    report: Reconciled | ReconciledCases
    told: ToldRecords
    joined: bool  # anything of the two could be compared


def _lines(
    named: Sequence[RecordFiles], contexts: Sequence[Context], settings: Settings, *, adopts: bool
) -> ReconciledRecords:
    """Match two records of lines call by call; end with status 1 if one has no usable call."""
    from agents.catalogue import times
    from agents.reconcile.places import LinePlaces
    from agents.reconcile.records import CallRecord, Reconciliation
    from agents.reconcile.report import joinable, reconciled
    from agents.reconcile.story import told

    places = LinePlaces(settings, contexts[0].pseudonym, adopt=adopts)
    contexts = [
        replace(each, line_of=places.line_of(record.kind, second=bool(side)))
        for side, (record, each) in enumerate(zip(named, contexts, strict=True))
    ]
    first, second = (CallRecord(each.kind, places.lost_reasons) for each in named)
    found = Reconciliation(first, second, times(settings).day)
    with ExitStack() as stack:
        heads = _heads(named, contexts, stack)
        entries = [
            read(each.kind, head, context, settings) for each, head, context in zip(named, heads, contexts, strict=True)
        ]
        placed = places.place(second=False), places.place(second=True)
        found.run((entries[0], entries[1]), placed, round(time.time() * 1000))
    for context in contexts:
        tell_aside(context)
    for record, head, context in zip((first, second), heads, contexts, strict=True):
        if not record.calls.counts:
            unused(record.kind, head, settings, record.refusals, context.mapping)
    zone = ZoneInfo(settings.timezone)
    report = reconciled(found, settings.site, zone)
    return ReconciledRecords(report, told(found, report, zone), joinable(found))


def _cases(
    of: CaseKind, named: Sequence[RecordFiles], contexts: Sequence[Context], settings: Settings, *, adopts: bool
) -> ReconciledRecords:
    """Compare two records of counters or registers; end with status 1 if one has nothing usable."""
    from agents.commands.adoption import entries_of, told_to
    from agents.reconcile.case_records import CaseReconciliation, CaseRecord
    from agents.reconcile.case_report import cases_told, reconciled_cases

    now = round(time.time() * 1000)
    records = [CaseRecord(each.kind, settings, now) for each in named]
    with ExitStack() as stack:
        heads = _heads(named, contexts, stack)
        for record, head, context in zip(records, heads, contexts, strict=True):
            told = told_to(context, record, record.kind, adopts=adopts)
            record.take(entries_of(record.kind, head, told, record, adopts=adopts))
            tell_aside(told)
    for record, head, context in zip(records, heads, contexts, strict=True):
        if not record.desks(of):
            unused(record.kind, head, settings, record.refusals, context.mapping)
    found = CaseReconciliation(of, records[0], records[1])
    found.run()
    zone = ZoneInfo(settings.timezone)
    return ReconciledRecords(reconciled_cases(found, zone), cases_told(found, zone), found.way != "none")


def _heads(named: Sequence[RecordFiles], contexts: Sequence[Context], stack: ExitStack) -> list[Head]:
    """Open the files of each record, in the order of their first moments."""
    in_order = [ordered(each.kind, each.files, context) for each, context in zip(named, contexts, strict=True)]
    return [Head(files, stack.enter_context(opened(files))) for files in in_order]
