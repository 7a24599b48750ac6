"""Turns the rows of a table of tickets (whole visits) or of a register of requests into events by a mapping."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from agents.sources.entry import short
from agents.sources.tables.columns import Columns
from agents.sources.tables.rows import TableRow
from config.mapping import MOMENTS
from streams.decoding import Invalid
from streams.events import RequestEvent, RequestType, TicketEvent, TicketType
from streams.said import said


class TicketRows:
    """Turns rows into events: issue, call, service and end, as far as the row has them."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns

    def take(self, row: TableRow) -> list[TicketEvent]:
        """Return the events of a row, none if the mapping ignores it; raise `Invalid` if it is wrong."""
        values, columns = row.values, self.columns
        result, _ = columns.outcome(values)
        if result == "ignore":
            return []
        ticket, service, counter = columns.name(values), columns.queue(values), columns.agent(values)
        booked = columns.appointment(values)
        return [
            TicketEvent(
                service=service,
                ticket=ticket,
                type=cast("TicketType", kind),
                at=at,
                id=short(f"{columns.source}:{service}:{ticket}:{kind}:{at}"),
                source=columns.source,
                site=columns.site,
                counter=None if kind == "issued" else counter,
                appointment=booked,
            )
            for kind, at in self._steps(values, result)
        ]

    def _steps(self, values: Mapping[str, str], result: str | None) -> Iterator[tuple[str, float]]:
        columns, table = self.columns, self.columns.table
        moments = columns.moments.of(values)
        wait, way, talk = (columns.seconds(values, length) for length in (table.wait, table.way, table.talk))
        issued, called, served, completed = (moments.get(name) for name in MOMENTS["tickets"])
        if called is None and wait is not None and issued is not None:
            called = issued + wait
        came = result in {None, "completed", "transferred"}
        if served is None and called is not None and came and (way is not None or talk is not None):
            served = called + (way or 0)
        if completed is None and served is not None and talk is not None:
            completed = served + talk
        if issued is not None:
            yield "issued", issued
        if called is not None:
            yield "called", called
        if served is not None:
            yield "served", served
        result = result or ("completed" if completed is not None else None)
        if result is not None:
            last = max(at for at in (issued, called, served) if at is not None)
            yield result, last if completed is None else completed


class RequestRows:
    """Turns rows into events; a withdrawal without its own moment gets the latest moment of its row."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns

    def take(self, row: TableRow) -> list[RequestEvent]:
        """Return the events of a row, none if the mapping ignores it; raise `Invalid` if it is wrong."""
        values, columns = row.values, self.columns
        result, _ = columns.outcome(values)
        if result == "ignore":
            return []
        name, channel = columns.name(values), columns.queue(values)
        moments, reason = self._moments(row, result), columns.reason(values)
        return [
            RequestEvent(
                channel=channel,
                request=name,
                type=cast("RequestType", kind),
                at=at,
                id=short(":".join(filter(None, (columns.source, channel, name, kind, str(at), reason)))),
                source=columns.source,
                site=columns.site,
                reason=reason,
            )
            for kind, at in moments.items()
        ]

    def _moments(self, row: TableRow, result: str | None) -> dict[str, float]:
        """Return the moments of the row's events in any order: a date alone precedes any time of the same day."""
        kinds = MOMENTS["requests"]
        columns = {kind: self.columns.moments.named(row.values, kind) for kind in kinds}
        moments = {kind: at for kind, at in columns.items() if at is not None}
        if not moments:
            raise Invalid("no-time", said("no moment; expected one of {known}", known=", ".join(kinds)))
        if result == "withdrawn":
            withdrawn = moments.get("withdrawn", max(moments.values()))
            moments = {kind: at for kind, at in moments.items() if kind == "received"} | {"withdrawn": withdrawn}
        elif result is not None and not moments.keys() & {"answered", "delivered"}:
            raise Invalid(
                "no-time", said("{result} without a moment; expected one for answered or delivered", result=result)
            )
        return moments
