"""From the rows of a table, read by a mapping, to events of calls or tickets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple, cast
from zoneinfo import ZoneInfo

from agents.sources.columns_rows import TableRow
from agents.sources.entry import short
from agents.sources.pseudonym import Pseudonymizer
from config.mapping import MOMENTS, Column, LengthColumn, MomentColumns, Of, Table
from streams.decoding import Invalid
from streams.events import (
    MAX_EPOCH,
    MAX_IDENTIFIER,
    MAX_SECONDS,
    MIN_EPOCH,
    CallEvent,
    CallType,
    Reason,
    TicketEvent,
    TicketType,
)

SKEW = 60  # seconds that the clocks of one system may differ by

_DESKS: Final[Mapping[Of, str]] = {"tickets": "service", "polls": "service", "requests": "channel"}
_UNITS: Final = {"seconds": 1, "minutes": 60, "hours": 3600}
# Some exports write every number with a point. With more digits it is a telephone number in the wrong column.
_COUNT: Final = re.compile(r"(\d{1,8})(?:\.0+)?")
_CLOCK = re.compile(r"(?:(\d{1,6}):)?(\d{1,2}):(\d{2}(?:\.\d+)?)")


class RowContent(NamedTuple):
    """Hold what a row says of a call or a ticket; lengths in seconds, None for what it does not say."""

    name: str  # of the call or the ticket
    queue: str  # the line or the service
    agent: str | None  # or the counter
    result: str | None
    reason: str | None
    moments: dict[str, float]  # epoch seconds by the names in MOMENTS
    wait: float | None
    way: float | None  # from a ticket's call to its service
    talk: float | None


class Columns:
    """Turn rows into events; `line_of` gives the line of a queue's name, or None, `aside` counts what is left out."""

    def __init__(
        self,
        table: Table,
        source: str,
        site: str,
        zone: str,
        pseudonym: Pseudonymizer,
        line_of: Callable[[str], str | None],
        aside: Counter[str],
    ) -> None:
        self.table = table
        self.source = source
        self.site = site
        self.zone = ZoneInfo(table.timezone or zone)
        self.aside = aside
        self._pseudonym = pseudonym
        self._line_of = line_of

    def take(self, row: TableRow) -> list[CallEvent] | list[TicketEvent]:
        """Return the events that a row tells of, none where it is to be ignored; raise `Invalid` where it is wrong."""
        values = row.values
        result, reason = self.outcome(values)
        if result == "ignore":
            return []
        content = RowContent(
            name=self.name(values),
            queue=self.queue(values),
            agent=self.agent(values),
            result=result,
            reason=reason,
            moments=self.moments(values),
            wait=_seconds(values, self.table.wait),
            way=_seconds(values, self.table.way),
            talk=_seconds(values, self.table.talk),
        )
        return self._call(content, values) if self.table.of == "calls" else self._ticket(content)

    def shown(self, row: TableRow) -> dict[str, str]:
        """Return the columns of a row without the caller's number, for the dead letters."""
        caller = self.table.caller
        hidden = {caller.column: self._caller(row.values) or ""} if caller else {}
        return {**row.values, **hidden}

    def _call(self, content: RowContent, values: Mapping[str, str]) -> list[CallEvent]:
        offered, answered, ended = (content.moments.get(name) for name in MOMENTS["calls"])
        assert offered is not None
        result = content.result or ("answered" if answered is not None else "lost" if ended is not None else None)
        left, wait, talk = (answered if result == "answered" else ended), content.wait, content.talk
        if left is None and ended is not None and talk is not None:
            left = max(offered, ended - talk)
        if wait is None and left is not None:
            wait = left - offered
        if left is None:
            left = offered + (wait or 0)
        if talk is None and wait is not None and ended is not None:
            talk = max(0, ended - left)
        events = [self._call_event(content, "offered", offered)]
        events[0].caller = self._caller(values)
        if result is not None:
            outcome = self._call_event(content, cast("CallType", result), left)
            outcome.wait = _rounded(wait)
            if result != "answered":
                outcome.reason = cast("Reason", content.reason or "unknown")
            events.append(outcome)
        if result == "answered" and talk is not None:
            end = self._call_event(content, "ended", left + talk if ended is None else ended)
            end.wait, end.talk = _rounded(wait), _rounded(talk)
            events.append(end)
        return events

    def _ticket(self, content: RowContent) -> list[TicketEvent]:
        issued, called, served, completed = (content.moments.get(name) for name in MOMENTS["tickets"])
        assert issued is not None
        if called is None and content.wait is not None:
            called = issued + content.wait
        came = content.result in {None, "completed", "transferred"}
        if served is None and called is not None and came and (content.way is not None or content.talk is not None):
            served = called + (content.way or 0)
        if completed is None and served is not None and content.talk is not None:
            completed = served + content.talk
        result = content.result or ("completed" if completed is not None else None)
        steps: list[tuple[str, float | None]] = [("issued", issued), ("called", called), ("served", served)]
        if result is not None:
            last = max(at for at in (issued, called, served) if at is not None)
            steps.append((result, last if completed is None else completed))
        return [self._ticket_event(content, cast("TicketType", kind), at) for kind, at in steps if at is not None]

    def _call_event(self, content: RowContent, kind: CallType, at: float) -> CallEvent:
        return CallEvent(
            line=content.queue,
            call=content.name,
            type=kind,
            at=at,
            id=self._identity(content, kind, at),
            source=self.source,
            site=self.site,
            agent=None if kind == "offered" else content.agent,
        )

    def _ticket_event(self, content: RowContent, kind: TicketType, at: float) -> TicketEvent:
        return TicketEvent(
            service=content.queue,
            ticket=content.name,
            type=kind,
            at=at,
            id=self._identity(content, kind, at),
            source=self.source,
            site=self.site,
            counter=None if kind == "issued" else content.agent,
        )

    def _identity(self, content: RowContent, kind: str, at: float) -> str:
        return short(f"{self.source}:{content.queue}:{content.name}:{kind}:{at}")

    def outcome(self, values: Mapping[str, str]) -> tuple[str | None, str | None]:
        """Return the result that a row tells, and its reason; raise `Invalid` where the mapping does not know it."""
        outcome = self.table.outcome
        value = values[outcome.column] if outcome else ""
        if outcome is None or (not value and "" not in outcome.values):
            return None, None
        if value not in outcome.values:
            known = ", ".join(outcome.values)
            raise Invalid("unknown-outcome", f"{value[:40]!r} in column {outcome.column}; expected one of {known}")
        result, _, reason = outcome.values[value].partition("/")
        return (None if result == "open" else result), reason or None

    def name(self, values: Mapping[str, str]) -> str:
        """Return what names the call, ticket or request of a row; raise `Invalid` where nothing does."""
        parts = [values[name] for name in self.table.id]
        if not all(parts):
            raise Invalid("no-id", f"no value in {', '.join(self.table.id)}; expected what names the row")
        return short(self._pseudonym.id("-".join(parts)))

    def queue(self, values: Mapping[str, str]) -> str:
        """Return the line, service or channel of a row; raise `Invalid` where there is none."""
        queue = self.table.queue
        name = queue.fixed or values[queue.column or ""]
        name = queue.values.get(name, name)
        if what := _DESKS.get(self.table.of):
            if not name:
                raise Invalid(f"unknown-{what}", f"no value in {queue.column}; expected a {what}")
            return self._pseudonym.id(name)
        line = self._line_of(name) if name else None
        if line is None:
            raise Invalid("unknown-line", f"queue {name!r} is no line's; name it under `queues`")
        return line

    def agent(self, values: Mapping[str, str]) -> str | None:
        """Return the agent or the counter of a row, without telephone numbers."""
        name = known(values, self.table.agent)
        return self._pseudonym.within(name)[:MAX_IDENTIFIER] if name else None

    def ticket(self, name: str) -> str:
        """Return a ticket's name without telephone numbers."""
        return short(self._pseudonym.id(name))

    def _caller(self, values: Mapping[str, str]) -> str | None:
        number = known(values, self.table.caller)
        return self._pseudonym.of(number) if number else None

    def moments(self, values: Mapping[str, str]) -> dict[str, float]:
        """Return the moments of a row in their order; raise `Invalid` where the first is not there."""
        found: dict[str, float] = {}
        before: float | None = None
        for name in MOMENTS[self.table.of]:
            at = self.moment(values, name, before)
            if at is not None:
                before = found[name] = at
            elif before is None:
                raise Invalid("no-time", f"no moment for {name}; expected one in every row")
        return found

    def moment(self, values: Mapping[str, str], name: str, before: float | None = None) -> float | None:
        """Return one moment of a row, which lies after `before`; None where the row does not tell it."""
        moment = self.table.moments.get(name)
        text = _written(values, moment) if moment else ""
        return self._moment(text, moment, name, before) if moment is not None and text else None

    def _moment(self, text: str, moment: MomentColumns, name: str, before: float | None) -> float:
        read = _read_moment(text, moment.format)
        if isinstance(read, datetime) and 1900 < read.year < 2200:  # noqa: PLR2004 -- beyond, zones have no moment
            local = read.replace(tzinfo=read.tzinfo or self.zone)
            at = local.timestamp()
            if before is not None and at < before:
                at = local.replace(fold=1).timestamp()  # the hour that comes twice; elsewhere the same
                if moment.date is not None and before - at > 12 * 3600:  # the row tells its date alone
                    at = (local + timedelta(days=1)).timestamp()
        else:
            at = read if isinstance(read, float) else -1.0
        if not MIN_EPOCH <= at <= MAX_EPOCH:
            expected = f"a time as {moment.format}" if moment.format else "epoch seconds or ISO 8601"
            raise Invalid("no-time", f"{name} is no moment from 1990 to 2100; expected {expected}")
        if before is None:
            return at
        if at < before - SKEW:
            raise Invalid("out-of-order", f"{name} lies {before - at:.0f} s before what came first; expected it after")
        return max(at, before)


def _written(values: Mapping[str, str], moment: MomentColumns) -> str:
    """Return a moment's text, empty where one of its columns is."""
    parts = [values[name] for name in (moment.date, moment.time, moment.column) if name is not None]
    return "" if not all(parts) or parts[-1] in moment.unknown else " ".join(parts)


def _read_moment(text: str, pattern: str | None) -> datetime | float | None:
    try:
        if pattern:
            return datetime.strptime(text, pattern)  # noqa: DTZ007 - the mapping says its zone
        return float(text) if text.replace(".", "", 1).isdecimal() else datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None


def _seconds(values: Mapping[str, str], length: LengthColumn | None) -> float | None:
    text = values[length.column] if length else ""
    if length is None or not text:
        return None
    try:
        if match := _CLOCK.fullmatch(text):
            found = int(match[1] or 0) * 3600 + int(match[2]) * 60 + float(match[3])
        else:
            found = float(text) * _UNITS[length.unit]
    except ValueError:
        found = -1.0
    if not 0 <= found <= MAX_SECONDS:
        raise Invalid("no-duration", f"{length.column} is no duration; expected {length.unit} or h:mm:ss")
    return found


def known(values: Mapping[str, str], column: Column | None) -> str | None:
    """Return what a column says, None where it is empty or unknown."""
    value = values[column.column] if column else ""
    return None if column is None or not value or value in column.unknown else value


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def count(values: Mapping[str, str], column: Column | None) -> int | None:
    """Return the whole number in a column, None where there is none; raise `Invalid` where it is no number."""
    text = known(values, column)
    if text is None:
        return None
    match = _COUNT.fullmatch(text)
    if match is None:
        raise Invalid("no-count", f"{text!r} in column {name_of(column)}; expected a whole number of at most 8 digits")
    return int(match[1])


def name_of(column: Column | None) -> str:
    """Return a column's name, for a message."""
    return column.column if column else ""
