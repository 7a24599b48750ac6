"""The command `reconcile`: matches two records of the same lines call by call."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from secrets import token_bytes
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
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
from agents.terminal import Screen, say
from agents.translation import text


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
    kinds = ", ".join(CALL_KINDS)
    for word in words:
        kind = next((each for each in CALL_KINDS if each == word), None)
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
    return records[0], records[1]


def reconcile(
    records: Annotated[
        list[str],
        typer.Argument(
            callback=known_records,
            metavar="KIND FILE... KIND FILE...",
            help="Two records of the same lines, each a kind as for `analyze` followed by its files in order.",
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
    """Match two records of the same lines call by call: calls in only one, contradictions, combined figures.

    Without --config, every queue becomes a line of its own. Differences are a result, so the status is 0. It is 1 if a
    record has no usable call, or if nothing shows which calls are the same.
    """
    from agents.catalogue import times
    from agents.dialling import numbers_of
    from agents.reconcile.page import page
    from agents.reconcile.places import LinePlaces
    from agents.reconcile.records import CallRecord, Reconciliation
    from agents.reconcile.report import joinable, reconciled
    from agents.reconcile.table import show
    from agents.sources.pseudonym import Pseudonymizer

    settings = settings_or_unknown(config, site, [name for name in (mapping, mapping2) if name])
    # one key for both, so that callers can be compared
    pseudonym = Pseudonymizer(token_bytes(32), numbers_of(settings))
    places = LinePlaces(settings, pseudonym, adopt=config is None)
    named = records_of(records)
    options = ((source, timezone, mapping), (source2, timezone2, mapping2))
    contexts = [
        replace(
            context_of(each.kind, each.files, settings, pseudonym, *by),
            line_of=places.line_of(each.kind, second=bool(side)),
        )
        for side, (each, by) in enumerate(zip(named, options, strict=True))
    ]
    in_order = [
        each._replace(files=ordered(each.kind, each.files, context))
        for each, context in zip(named, contexts, strict=True)
    ]
    first, second = (CallRecord(each.kind, places.lost_reasons) for each in named)
    found = Reconciliation(first, second, times(settings).day)
    collect_seldom()
    with ExitStack() as stack:
        heads = [Head(each.files, stack.enter_context(opened(each.files))) for each in in_order]
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
    if json:
        say(msgspec.json.format(msgspec.json.encode(report)).decode())
    else:
        show(found, report, zone, Screen())
    if html is not None:
        with refusals():
            write_whole(html, page(found, report, zone).encode())
    if not joinable(found):
        raise typer.Exit(1)
