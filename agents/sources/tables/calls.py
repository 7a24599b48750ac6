"""Turns a table's rows into call events by a mapping; a row is a whole call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple, cast

from agents.sources.entry import short
from agents.sources.tables.columns import Columns
from agents.sources.tables.rows import TableRow
from agents.sources.tables.values import within_a_day
from config.mapping import MOMENTS
from streams.decoding import Invalid
from streams.events import CallEvent, CallType, Reason
from streams.said import said

UNTOLD: Final = "outcomes without a column for their wait"


class _CallStep(NamedTuple):
    kind: str
    at: float
    wait: float | None = None
    talk: float | None = None
    reason: str | None = None


class CallRows:
    """Turns rows into events: the offer, the outcome, and an answered call's end."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self._by_end = columns.table.by_end

    def take(self, row: TableRow) -> list[CallEvent]:
        """Return the events of a row, none if the mapping ignores it; raise `Invalid` if it is wrong."""
        values, columns = row.values, self.columns
        result, reason = columns.outcome(values)
        if result == "ignore":
            return []
        call, line, agent = columns.name(values), columns.queue(values), columns.agent(values)
        events = [
            CallEvent(
                line=line,
                call=call,
                type=cast("CallType", step.kind),
                at=step.at,
                id=short(f"{columns.source}:{line}:{call}:{step.kind}:{step.at}"),
                source=columns.source,
                site=columns.site,
                agent=None if step.kind == "offered" else agent,
                wait=_rounded(step.wait),
                talk=_rounded(step.talk),
                reason=cast("Reason | None", step.reason),
            )
            for step in self._steps(values, result, reason)
        ]
        events[0].caller = columns.caller(values)
        return events

    def _steps(self, values: Mapping[str, str], result: str | None, reason: str | None) -> list[_CallStep]:
        columns = self.columns
        moments = {} if self._by_end else columns.moments.of(values)
        wait, talk = columns.seconds(values, columns.table.wait), columns.seconds(values, columns.table.talk)
        if self._by_end:
            moments = self._from_end(values, result, wait, talk)
        offered, answered, ended = (moments.get(name) for name in MOMENTS["calls"])
        assert offered is not None
        result = result or ("answered" if answered is not None else "lost" if ended is not None else None)
        left = answered if result == "answered" else ended
        if left is None and ended is not None and talk is not None:
            left = max(offered, ended - talk)
        why = None if result == "answered" else reason or "unknown"
        if left is None and wait is None and result is not None:  # an event of its offer would make the wait 0
            columns.aside[UNTOLD] += 1
            return [_CallStep(result, offered, reason=why)]
        if wait is None and left is not None:
            wait = left - offered
        if left is None:
            left = offered + (wait or 0)
        if talk is None and wait is not None and ended is not None:
            talk = max(0, ended - left)
        for name, length in (("wait", wait), ("talk", talk)):
            within_a_day(length or 0, name)
        steps = [_CallStep("offered", offered)]
        if result is not None:
            steps.append(_CallStep(result, left, wait, reason=why))
        if result == "answered" and talk is not None:
            steps.append(_CallStep("ended", left + talk if ended is None else ended, wait, talk))
        return steps

    def _from_end(
        self, values: Mapping[str, str], result: str | None, wait: float | None, talk: float | None
    ) -> dict[str, float]:
        """Return a call's beginning and end, given its end and its lengths; raise `Invalid` if one is missing."""
        ended = self.columns.moments.named(values, "ended")
        if result != "answered" and talk is None:
            talk = 0
        if ended is None or wait is None or talk is None:
            raise Invalid(
                "no-time",
                said("the call's end, wait or talk is unknown; expected all three, as it has no other moment"),
            )
        return {"offered": ended - wait - talk, "ended": ended}


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
