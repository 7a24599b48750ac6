"""Turns the rows of a table of polls into estimated ticket events by a mapping."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from agents.sources.aside import WITHIN
from agents.sources.entry import short
from agents.sources.tables.columns import Columns
from agents.sources.tables.rows import TableRow
from agents.sources.tables.values import known, name_of
from streams.decoding import Invalid
from streams.events import ESTIMATED, TicketEvent
from streams.said import said
from streams.tickets.polls import Estimate, Poll, PolledQueue

MAX_QUEUES: Final = 1_000  # of one file, as each is kept in memory

_DISPLAYED = re.compile(r"(.*?)(\d{1,9})")


class PollRows:
    """Turns polls into estimated ticket events; `queues` has the state of each queue."""

    def __init__(self, columns: Columns, queues: dict[str, PolledQueue]) -> None:
        self.columns = columns
        self.queues = queues

    def take(self, row: TableRow) -> list[TicketEvent]:
        """Return the events that a poll adds; raise `Invalid` if it is wrong."""
        values, columns = row.values, self.columns
        result, _ = columns.outcome(values)
        if result == "ignore":
            return []
        name = columns.queue(values)
        if name not in self.queues and len(self.queues) >= MAX_QUEUES:
            raise Invalid(
                "unknown-service",
                said(
                    "{name} is queue number {max_queues} + 1; expected at most {max_queues} in one file",
                    name=repr(name),
                    max_queues=MAX_QUEUES,
                ),
            )
        poll = self._poll(values)
        estimates = self.queues.setdefault(name, PolledQueue()).take(poll)
        if not estimates:
            columns.aside[WITHIN] += 1
        return [self._event(name, poll, each) for each in estimates]

    def _poll(self, values: Mapping[str, str]) -> Poll:
        table = self.columns.table
        at = self.columns.moments.of(values)["polled"]
        series, number = known(values, table.series) or "", None
        if display := known(values, table.display):
            match = _DISPLAYED.fullmatch(display)
            if match is None:
                detail = f"{display!r} in column {name_of(table.display)}; expected a ticket that ends in its number"
                raise Invalid("no-number", detail)
            series, number = series + match[1], int(match[2]) or None
        waiting = self.columns.count(values, table.waiting)
        if waiting is None:
            raise Invalid(
                "no-count",
                said(
                    "no value in column {column}; expected the number of people waiting", column=name_of(table.waiting)
                ),
            )
        return Poll(
            at=round(at * 1000),
            day=datetime.fromtimestamp(at, self.columns.moments.zone).toordinal(),
            series=series,
            number=number,
            waiting=waiting,
            counters=self.columns.count(values, table.open_counters),
            counter=self.columns.agent(values),
        )

    def _event(self, queue: str, poll: Poll, estimate: Estimate) -> TicketEvent:
        source = self.columns.source + ESTIMATED
        ticket = self.columns.ticket(f"{poll.series}{estimate.number}")
        return TicketEvent(
            service=queue,
            ticket=ticket,
            type=estimate.type,
            at=estimate.at / 1000,
            id=short(f"{source}:{queue}:{ticket}:{estimate.type}:{estimate.at / 1000}"),
            source=source,
            site=self.columns.site,
            counter=estimate.counter,
        )
