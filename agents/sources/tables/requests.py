"""Turns the rows of a register of requests into request events by a mapping."""

from __future__ import annotations

from typing import cast

from agents.sources.entry import short
from agents.sources.tables.columns import Columns
from agents.sources.tables.rows import TableRow
from config.mapping import MOMENTS
from streams.decoding import Invalid
from streams.events import RequestEvent, RequestType
from streams.said import said


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
