"""How a table of calls, of tickets, of polls, of readings or of requests is read: which of its columns says what.

Where there is nothing to say but the column, its name alone will do: `wait: q_time`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal, Self, TypeAlias, get_args

from pydantic import BeforeValidator, Field, model_validator

from config import quantities as q
from config.document import read
from config.part import Part, mistake

Of: TypeAlias = Literal["calls", "tickets", "polls", "readings", "requests"]
Delimiter: TypeAlias = Literal["comma", "tab", "semicolon"]
TimeUnit: TypeAlias = Literal["seconds", "minutes", "hours"]

SHIPPED = Path(__file__).with_name("mappings")
MOMENTS: Final[Mapping[Of, tuple[str, ...]]] = {
    "calls": ("offered", "answered", "ended"),
    "tickets": ("issued", "called", "served", "completed"),
    "polls": ("polled",),
    "readings": ("at", "since"),
    "requests": ("received", "answered", "delivered", "withdrawn"),
}
MEANINGS: Final[Mapping[Of, tuple[str, ...]]] = {
    "calls": ("answered", "lost", "diverted", "open", "ignore"),
    "tickets": ("completed", "no_show", "cancelled", "transferred", "open", "ignore"),
    "polls": ("open", "ignore"),
    "readings": ("cumulative", "interval", "ignore"),
    "requests": ("answered", "delivered", "withdrawn", "open", "ignore"),
}
_ONLY: Final[Mapping[str, tuple[Of, ...]]] = {
    "caller": ("calls",),
    "way": ("tickets",),
    **dict.fromkeys(("wait", "talk"), ("calls", "tickets")),
    **dict.fromkeys(("display", "series", "waiting", "open_counters"), ("polls",)),
    **dict.fromkeys(("offered", "answered", "lost"), ("readings",)),
    "agent": ("calls", "tickets", "polls"),
}
_NEEDED: Final[Mapping[Of, tuple[str, ...]]] = {
    "calls": ("id",),
    "tickets": ("id",),
    "polls": ("display", "waiting"),
    "readings": (),
    "requests": ("id",),
}
_REASONS: Final[tuple[str, ...]] = get_args(q.Reason)


def _some(value: object) -> object:
    texts = [value] if isinstance(value, str) else value
    return tuple(texts) if isinstance(texts, list) else texts


def _format(pattern: str) -> str:
    try:
        datetime.strptime(datetime(2013, 5, 10).strftime(pattern), pattern)  # noqa: DTZ001, DTZ007 - a trial
    except (ValueError, re.error):  # re.error: the same directive twice
        raise ValueError("a pattern of strptime, such as %d/%m/%Y %H:%M:%S") from None
    return pattern


Texts = Annotated[tuple[q.Text, ...], BeforeValidator(_some)]
Pattern = Annotated[q.Text, BeforeValidator(lambda value: _format(value) if isinstance(value, str) else value)]


class NamedColumn(Part):
    """Take a text for the name of the column."""

    @model_validator(mode="before")
    @classmethod
    def _column(cls, value: object) -> object:
        return {"column": value} if isinstance(value, str) else value


class Column(NamedColumn):
    """Name a column; its `unknown` values say no more than an empty one."""

    column: q.Text
    unknown: Texts = ()


class QueueColumn(NamedColumn):
    """Name the column of the line, service or channel, or say which one every row is about: `fixed`."""

    column: q.Text | None = None
    fixed: q.Text | None = None
    values: Mapping[str, q.Text] = {}  # a column's value to an id; any other value is an id itself

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.column is None) == (self.fixed is None):
            raise ValueError("a column, or else one fixed name")
        return self


class MomentColumns(NamedColumn):
    """Say where a moment stands: in one column, or its date in one and its time in another."""

    column: q.Text | None = None
    date: q.Text | None = None
    time: q.Text | None = None
    format: Pattern | None = None  # of strptime, for "date time" where they are two; else epoch seconds or ISO 8601
    unknown: Texts = ()  # values of the column, or of the time, that say no moment

    @model_validator(mode="after")
    def _one(self) -> Self:
        in_two = (self.date is not None) + (self.time is not None)
        if in_two != (2 if self.column is None else 0):
            raise ValueError("a column, or else a date and a time")
        return self


class LengthColumn(NamedColumn):
    """Name the column of a duration; one written as 1:02:03 needs no unit."""

    column: q.Text
    unit: TimeUnit = "seconds"


class OutcomeColumn(Part):
    """Name the column of the outcome, and what each of its values means: `lost`, or with a reason `lost/timeout`."""

    column: q.Text
    values: Annotated[Mapping[str, q.Text], Field(min_length=1)]


class Table(Part):
    """Say how a CSV or JSON file of calls, tickets, polls, readings or requests is read; each row is one."""

    of: Of
    rows: q.Text | None = None  # where a JSON object holds its rows, as result.groups; else the object is the row
    delimiter: Delimiter | None = None  # found from the header where it is not said
    timezone: q.ZoneName | None = None  # of times written without one; else the site's
    id: Texts = ()  # the column of the call, ticket or request, or those that name it together
    queue: QueueColumn  # the line, service or channel
    moments: Mapping[str, MomentColumns]  # by the names in MOMENTS; the first is required
    wait: LengthColumn | None = None  # from the offer or issue to the answer, the loss or the first call
    way: LengthColumn | None = None  # from a ticket's call to its service
    talk: LengthColumn | None = None  # with the agent, or at the counter
    outcome: OutcomeColumn | None = None  # or a reading's mode; else the moments tell it
    caller: Column | None = None  # of a call; only its pseudonym is kept
    agent: Column | None = None  # or counter
    display: Column | None = None  # of a poll: the ticket called last; its digits at the end are its number
    series: Column | None = None  # of a poll: what stands before the number, where the display has the number alone
    waiting: Column | None = None  # of a poll: how many people wait
    open_counters: Column | None = None  # of a poll: how many
    offered: Column | None = None  # of a reading: the counter's totals
    answered: Column | None = None
    lost: Column | None = None
    optional: Texts = ()  # columns that a file may lack

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        known = MOMENTS[self.of]
        for name in self.moments:
            if name not in known:
                raise mistake(("moments", name), name, f"one of {', '.join(known)}, since it is a table of {self.of}")
        if known[0] not in self.moments:
            raise mistake(("moments", known[0]), None, "a value")
        for value, meaning in (self.outcome.values if self.outcome else {}).items():
            result, _, reason = meaning.partition("/")
            reasoned = result in {"lost", "diverted"} and reason in _REASONS
            if result not in MEANINGS[self.of] or not (reasoned or meaning == result):
                words = f"one of {', '.join(MEANINGS[self.of])}"
                if self.of == "calls":
                    words += f"; lost and diverted can have a reason, as lost/timeout: {', '.join(_REASONS)}"
                raise mistake(("outcome", "values", value), meaning, words)
        if others := set(self.optional) - set(self.columns()):
            raise mistake(("optional",), ", ".join(sorted(others)), "columns that are named above")
        return self

    @model_validator(mode="after")
    def _has_its_kinds_columns(self) -> Self:
        for name, kinds in _ONLY.items():
            if (part := getattr(self, name)) is not None and self.of not in kinds:
                raise mistake((name,), part.column, f"nothing, since it is a table of {self.of}")
        for name in _NEEDED[self.of]:
            if not getattr(self, name):
                raise mistake((name,), None, "a value")
        if self.id and "id" not in _NEEDED[self.of]:
            raise mistake(("id",), ", ".join(self.id), f"nothing, since it is a table of {self.of}")
        if self.of == "readings" and not (self.offered or self.answered or self.lost):
            raise mistake(("lost",), None, "a value, or one of offered or answered")
        return self

    def columns(self) -> tuple[str, ...]:
        """Return the columns that are read, each once."""
        return tuple(dict.fromkeys(self._columns()))

    def _columns(self) -> Iterator[str]:
        yield from self.id
        for moment in self.moments.values():
            yield from filter(None, (moment.column, moment.date, moment.time))
        parts = (self.queue, self.wait, self.way, self.talk, self.outcome, self.caller, self.agent)
        polled = (self.display, self.series, self.waiting, self.open_counters)
        for part in (*parts, *polled, self.offered, self.answered, self.lost):
            if part is not None and part.column is not None:
                yield part.column


def available(own: Mapping[str, Table]) -> dict[str, Table]:
    """Return every mapping by its name: the configuration's `own`, and the shipped ones that they do not replace."""
    shipped = {
        path.stem: Table.model_validate_json(json.dumps(read(path)))
        for path in sorted(SHIPPED.glob("*.yaml"))
        if path.stem not in own
    }
    return {**shipped, **own}
