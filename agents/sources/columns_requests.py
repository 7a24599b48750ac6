"""From the rows of a register of requests, read by a mapping, to request events."""

from __future__ import annotations

from typing import cast

from agents.sources.columns import Columns
from agents.sources.columns_rows import TableRow
from agents.sources.entry import short
from config.mapping import MOMENTS
from streams.decoding import Invalid
from streams.events import RequestEvent, RequestType
from streams.said import said


class RequestRows:
    """Turn rows into events; a request that is withdrawn at no moment of its own was so at the row's latest one."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns

    def take(self, row: TableRow) -> list[RequestEvent]:
        """Return the events of a row, none where it is to be ignored; raise `Invalid` where it is wrong."""
        values, columns = row.values, self.columns
        result, _ = columns.outcome(values)
        if result == "ignore":
            return []
        name, channel = columns.name(values), columns.queue(values)
        moments = self._moments(row, result)
        return [
            RequestEvent(
                channel=channel,
                request=name,
                type=cast("RequestType", kind),
                at=at,
                id=short(f"{columns.source}:{channel}:{name}:{kind}:{at}"),
                source=columns.source,
                site=columns.site,
            )
            for kind, at in moments.items()
        ]

    def _moments(self, row: TableRow, result: str | None) -> dict[str, float]:
        """Return the moments of what happened, in any order: a date alone lies before a time of the same day."""
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
                "no-time", said("{result} at no moment; expected one for answered or delivered", result=result)
            )
        return moments
