"""The description of a table of calls, tickets, polls, readings or requests: the meaning of its columns.

If a column needs nothing but its name, the bare name is enough: `wait: q_time`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal, Self, TypeAlias, get_args

from pydantic import BeforeValidator, Field, model_validator

from config import quantities as q
from config.columns import (
    Column,
    CountedReasons,
    LengthColumn,
    MomentColumns,
    NamedColumn,
    QueueColumn,
    Span,
    TotalsColumns,
)
from config.conditions import Condition, Outcome, Texts
from config.document import read
from config.part import Part, mistake
from config.refusal import suggestion
from streams.events import Reason
from streams.said import said

Of: TypeAlias = Literal["calls", "tickets", "polls", "readings", "requests"]
Delimiter: TypeAlias = Literal["comma", "tab", "semicolon"]
Decimal: TypeAlias = Literal["point", "comma"]


def _period(value: object) -> object:
    if value in ("week", "month"):
        words = said(
            "day, 1h, 30m or 15m, as figures are kept by days; a longer period does not say how many of its calls each "
            "day had"
        )
        raise ValueError(words)
    return value


Period: TypeAlias = Literal["day", "1h", "30m", "15m"]

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
    **dict.fromkeys(("way", "appointment"), ("tickets",)),
    "reason": ("requests",),
    **dict.fromkeys(("wait", "talk"), ("calls", "tickets")),
    **dict.fromkeys(("display", "series", "open_counters"), ("polls",)),
    "waiting": ("polls", "readings"),
    **dict.fromkeys(("offered", "answered", "lost", "service", "issued", "served", "no_show"), ("readings",)),
    "mean_wait": ("readings",),
    "agent": ("calls", "tickets", "polls"),
    "updated": ("calls", "tickets", "requests"),
}
_NEEDED: Final[Mapping[Of, tuple[str, ...]]] = {
    "calls": ("id",),
    "tickets": ("id",),
    "polls": ("display", "waiting"),
    "readings": (),
    "requests": ("id",),
}
_REASONS: Final[tuple[str, ...]] = get_args(Reason)


class Table(Part):
    """How a file of calls, tickets, polls, readings or requests is read; each row is one of these.

    Another key, `like`, names a mapping that comes with Tocsin: its keys are defaults for this one.
    """

    of: Of
    rows: q.Text | None = None  # path of the rows in a JSON object: result.groups; by default the object is the row
    delimiter: Delimiter | None = None  # by default found from the header
    columns: Texts = ()  # ordered column names of a file without a header
    widths: Mapping[q.Text, Span] = {}  # or the columns' first and last characters, in a file without delimiters
    first_of: Mapping[q.Text, Texts] = {}  # columns of this mapping, each with the first value of several in the file
    decimal: Decimal = "point"  # the decimal separator
    timezone: q.ZoneName | None = None  # of times without a zone; by default the site's
    year: Annotated[int, Field(ge=1990, le=2100)] | None = None  # of dates without a year
    where: Mapping[
        q.Text, Condition
    ] = {}  # conditions on columns that rows must meet; other rows are skipped and counted
    id: Texts = ()  # the column of the call, ticket or request, or several that identify it together
    updated: MomentColumns | None = None  # by this moment, only the latest of several rows with one id counts
    queue: QueueColumn | None = None  # the line, service or channel
    # By the names in MOMENTS; the first is required, unless rows are `by_end` or `unticketed`.
    moments: Mapping[str, MomentColumns]
    wait: LengthColumn | None = None  # from the offer or issue to the answer, the loss or the first call
    way: LengthColumn | None = None  # from a ticket's call to its service
    talk: LengthColumn | None = None  # with the agent, or at the counter
    outcome: Outcome | None = None  # or a reading's mode; by default implied by the moments
    caller: Column | None = None  # of a call; only its pseudonym is stored
    agent: Column | None = None  # or counter
    appointment: Column | None = None  # of a ticket: whether the visitor had one
    reason: Column | None = None  # of a request, such as the cause of a complaint
    display: Column | None = None  # of a poll: the ticket called last; its trailing digits are its number
    series: Column | None = None  # of a poll: the prefix of the number, if the display omits it
    waiting: Column | None = None  # of a poll, or of a service's reading: how many people wait
    open_counters: Column | None = None  # of a poll: how many
    offered: Column | None = None  # of a reading: the counter's totals
    answered: Column | None = None
    lost: Column | None = None
    service: QueueColumn | None = None  # of a reading of a counter service, which then has its people
    issued: Column | None = None
    served: Column | None = None
    no_show: Column | None = None
    mean_wait: LengthColumn | None = None  # of a reading's people
    within: Mapping[q.Text, Column] = {}  # by seconds: those answered, or called, within them
    counts: CountedReasons | None = None  # of a reading: the reasons of its lost calls, if not the line's
    lines: Mapping[q.Text, TotalsColumns] = {}  # or the totals of each line, if a row has columns for several
    # Of a reading: the length of the totals from `since` on; a day is the office's.
    period: Annotated[Period | None, BeforeValidator(_period)] = None
    optional: Texts = ()  # columns that a file may lack

    @model_validator(mode="before")
    @classmethod
    def _as_another(cls, value: object) -> object:
        if not isinstance(value, dict) or "like" not in value:
            return value
        name, own = value["like"], {key: each for key, each in value.items() if key != "like"}
        if name not in (known := _shipped()):
            words = suggestion(str(name), known, said("a mapping that comes with Tocsin"))
            raise mistake(("like",), str(name), words)
        return _over(known[name], own)

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        known = MOMENTS[self.of]
        for name in self.moments:
            if name not in known:
                raise mistake(
                    ("moments", name),
                    name,
                    said("one of {known}, since it is a table of {of}", known=", ".join(known), of=self.of),
                )
        if self.period is not None:
            self._has_periods()
        elif known[0] not in self.moments and not (self.by_end or self.unticketed):
            words = said("a value")
            if self.of == "calls":
                words = said("a value, or else ended alone with wait, talk and outcome")
            raise mistake(("moments", known[0]), None, words)
        for place, meaning in self.meanings():
            result, _, reason = meaning.partition("/")
            reasoned = result in {"lost", "diverted"} and reason in _REASONS
            if result not in MEANINGS[self.of] or not (reasoned or meaning == result):
                words = said("one of {known}", known=", ".join(MEANINGS[self.of]))
                if self.of == "calls":
                    words = said(
                        "one of {known}; lost and diverted can have a reason, as lost/timeout: {reasons}",
                        known=", ".join(MEANINGS[self.of]),
                        reasons=", ".join(_REASONS),
                    )
                raise mistake(("outcome", *place), meaning, words)
        return self

    @model_validator(mode="after")
    def _has_its_kinds_columns(self) -> Self:
        for name, kinds in _ONLY.items():
            if (part := getattr(self, name)) is not None and self.of not in kinds:
                raise mistake((name,), part.column, said("nothing, since it is a table of {of}", of=self.of))
        for name in _NEEDED[self.of]:
            if not getattr(self, name):
                raise mistake((name,), None, said("a value"))
        if self.id and "id" not in _NEEDED[self.of]:
            raise mistake(("id",), ", ".join(self.id), said("nothing, since it is a table of {of}", of=self.of))
        if self.lines:
            self._has_lines_as_columns()
        elif self.queue is None and self.service is None:
            expected = said("a value, or lines") if self.of == "readings" else said("a value")
            raise mistake(("queue",), None, expected)
        elif self.of == "readings" and self.service is None and not (self.offered or self.answered or self.lost):
            raise mistake(("lost",), None, said("a value, or one of offered or answered"))
        return self

    @model_validator(mode="after")
    def _has_limits(self) -> Self:
        if self.within and self.of != "readings":
            raise mistake(("within",), ", ".join(self.within), said("nothing, since it is a table of {of}", of=self.of))
        for limit in self.within:
            if not (limit.isascii() and limit.isdigit()):
                raise mistake(("within", limit), limit, said("whole seconds"))
        return self

    @model_validator(mode="after")
    def _has_rows_of_one_call(self) -> Self:
        for place, part in self.parts():
            if part.of_rows and not self.id:
                raise mistake((*place, "of_rows"), ", ".join(part.of_rows), said("nothing, since rows have no id"))
        return self

    @model_validator(mode="after")
    def _counts_as_a_counter(self) -> Self:
        if self.counts is not None and self.of != "readings":
            raise mistake(
                ("counts",), ", ".join(self.counts.lost), said("nothing, since it is a table of {of}", of=self.of)
            )
        return self

    def _has_periods(self) -> None:
        if self.of != "readings":
            raise mistake(("period",), self.period, said("nothing, since it is a table of {of}", of=self.of))
        if set(self.moments) != {"since"}:
            raise mistake(
                ("moments",), ", ".join(self.moments), said("since alone, as period says when a reading ends")
            )

    def _has_lines_as_columns(self) -> None:
        if self.of != "readings":
            raise mistake(("lines",), ", ".join(self.lines), said("nothing, since it is a table of {of}", of=self.of))
        for name in ("queue", "offered", "answered", "lost"):
            if (part := getattr(self, name)) is not None:
                raise mistake(
                    (name,), part.column or part.fixed, said("nothing, since each of the lines has its columns")
                )

    @property
    def by_end(self) -> bool:
        """Whether a call begins before its end by its wait and its talk."""
        return (
            self.of == "calls" and set(self.moments) == {"ended"} and None not in (self.wait, self.talk, self.outcome)
        )

    @property
    def unticketed(self) -> bool:
        """Whether visitors are served without a ticket, as at a sorting desk."""
        return self.of == "tickets" and {"served"} <= {*self.moments} <= {"served", "completed"} and self.wait is None

    @model_validator(mode="after")
    def _names_its_columns(self) -> Self:
        if others := set(self.optional) - set(self.used()):
            raise mistake(("optional",), ", ".join(sorted(others)), said("columns that are named above"))
        if self.columns and self.widths:
            raise mistake(("widths",), ", ".join(self.widths), said("nothing, since columns names them"))
        if twice := [name for name in self.columns if self.columns.count(name) > 1]:
            raise mistake(("columns",), twice[0], said("each name once"))
        if there := self.columns or tuple(self.widths):
            key = "columns" if self.columns else "widths"
            for name in self.used():
                if name not in there and name not in self.optional:
                    words = suggestion(name, there, said("one of its columns"))
                    raise mistake((key,), name, said("{columns}, where this mapping reads it", columns=words))
        return self

    def used(self) -> tuple[str, ...]:
        """Return the names of all used columns of the file, without repetition."""
        return tuple(dict.fromkeys(each for name in self._used() for each in self.first_of.get(name, (name,))))

    def _used(self) -> Iterator[str]:
        yield from self.id
        for moment in self.moments.values():
            yield from moment.columns()
        parts = (self.queue, self.wait, self.way, self.talk, self.outcome, self.caller, self.agent)
        polled = (self.appointment, self.reason, self.display, self.series, self.waiting, self.open_counters)
        people = (self.service, self.issued, self.served, self.no_show, self.mean_wait, *self.within.values())
        for part in (*parts, *polled, self.offered, self.answered, self.lost, *people):
            if part is not None and part.column is not None:
                yield part.column
        for line in self.lines.values():
            yield from line.columns()
        yield from self.first_of
        yield from self.where
        for rule in self.outcome.rules if self.outcome else ():
            yield from rule.when
        if self.updated:
            yield from self.updated.columns()
        for _, each in self.parts():
            yield from each.of_rows

    def parts(self) -> Iterator[tuple[tuple[str, ...], NamedColumn]]:
        """Yield every column of the mapping that is not in `lines`, with its place."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            named = value.items() if isinstance(value, Mapping) else [(None, value)]
            yield from (((name, key) if key else (name,), part) for key, part in named if isinstance(part, NamedColumn))

    def meanings(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield all possible meanings of the outcome, each with its place."""
        if self.outcome:
            yield from ((("rules", str(at), "means"), rule.means) for at, rule in enumerate(self.outcome.rules))
            yield from ((("values", value), meaning) for value, meaning in (self.outcome.values or {}).items())


def available(own: Mapping[str, Table]) -> dict[str, Table]:
    """Return every mapping by name: the configuration's `own` ones, and the shipped ones that these do not replace."""
    shipped = {
        name: Table.model_validate_json(json.dumps(document))
        for name, document in _shipped().items()
        if name not in own
    }
    return {**shipped, **own}


@cache
def _shipped() -> dict[str, dict[str, object]]:
    return {path.stem: read(path) for path in sorted(SHIPPED.glob("*.yaml"))}


def _over(under: Mapping[str, object], above: Mapping[str, object]) -> dict[str, object]:
    """Return a mapping overlaid with another's keys; a null value in the other deletes a key.

    The keys inside a key are overlaid too, except the conditions of `where`: all conditions must hold.
    """
    merged = dict(under)
    for key, value in above.items():
        below = merged.get(key)
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = value
            if isinstance(below, dict) and isinstance(value, dict) and key != "where":
                merged[key] = _over(below, value)
    return merged
