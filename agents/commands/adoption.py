"""Files read for an analysis, in which queues and services that no configuration names become desks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from agents.commands.files import Head, adoptable, read
from agents.sources.kind import FileKind

if TYPE_CHECKING:
    from agents.analysis.fold import Analysis
    from agents.sources.context import Context
    from agents.sources.entry import Entry


def told_to(context: Context, analysis: Analysis, kind: FileKind, *, adopts: bool, totals: bool = True) -> Context:
    """Return a context whose rows go to an analysis; if it `adopts`, an unknown queue becomes a line.

    If `totals`, a line adopted from readings is counted by readings alone.
    """
    context = replace(context, queues=analysis.queues, aside=analysis.aside)
    if not adopts:
        return context
    settings, pseudonym = analysis.settings, context.pseudonym
    lines = settings.lines_by_queue()
    may_be_a_line = adoptable(kind, settings)

    def line_of(queue: str) -> str | None:
        if not may_be_a_line(queue):
            return lines.get(queue)
        return lines.get(queue) or analysis.adopt(pseudonym.id(queue), totals=totals and kind is FileKind.READINGS)

    return replace(context, line_of=line_of)


def entries_of(kind: FileKind, head: Head, context: Context, analysis: Analysis, *, adopts: bool) -> Iterator[Entry]:
    """Return the entries of a file; if the analysis `adopts`, it gets the desks that their events name."""
    entries = read(kind, head, context, analysis.settings)
    return _adopted(entries, analysis) if adopts else entries


def _adopted(entries: Iterable[Entry], analysis: Analysis) -> Iterator[Entry]:
    from agents.sources.entry import Accepted
    from streams.events import CallEvent, Reading, RequestEvent, ServiceReading, TicketEvent

    for each in entries:
        if not isinstance(each, Accepted):
            yield each
            continue
        event = each.event
        if isinstance(event, TicketEvent | ServiceReading):
            analysis.adopt_service(event.service)
        elif isinstance(event, RequestEvent):
            analysis.adopt_channel(event.channel)
        elif isinstance(event, CallEvent | Reading):
            analysis.adopt(event.line)
        if event.site not in {None, analysis.settings.site}:
            event = msgspec.structs.replace(event, site=None)
            each = each._replace(event=event, record=msgspec.json.encode(event))  # noqa: PLW2901 -- of this office
        yield each
