"""The columns of a table, and the formats of their values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import BeforeValidator, model_validator

from config import quantities as q
from config.conditions import Condition, Expression, Texts, some
from config.part import Part
from streams.said import said

TimeUnit: TypeAlias = Literal["milliseconds", "seconds", "minutes", "hours"]
EpochUnit: TypeAlias = Literal["milliseconds", "seconds"]

EXCEL: Final = "excel"  # the format of a moment as the number of days since 30 December 1899
WIDEST: Final = 10_000  # maximum of characters in a line with columns of fixed width

_EXPECTED_SPAN: Final = said("the first and the last character of the column, counted from 1, such as [8, 12]")
_WITH_YEAR: Final = re.compile(r"%[YyGcxDF]")
_WITH_DAY: Final = re.compile(r"%-?[djcxDF]|%[UWV].*%[aAuw]|%[aAuw].*%[UWV]")


def dated(pattern: str) -> str:
    """Return a strptime pattern, with a year in front if it has none."""
    return pattern if _WITH_YEAR.search(pattern) else f"%Y {pattern}"


def _format(pattern: str) -> str:
    if pattern == EXCEL:
        return pattern
    whole = dated(pattern)
    try:
        datetime.strptime(datetime(2013, 5, 10).strftime(whole), whole)  # noqa: DTZ001, DTZ007 - a trial
    except (ValueError, re.error):  # re.error: the same directive twice
        raise ValueError(said("a pattern of strptime, such as %d/%m/%Y %H:%M:%S, or excel")) from None
    if not _WITH_DAY.search(pattern):  # strptime would take the first day of the month
        raise ValueError(
            said("a pattern with a day, such as %d/%m/%Y; if the day has its own column, a date and a time")
        )
    return pattern


def _span(value: object) -> object:
    if not isinstance(value, list) or len(value) != 2 or not all(type(each) is int for each in value):  # noqa: PLR2004
        raise ValueError(_EXPECTED_SPAN)
    first, last = value
    if not 1 <= first <= last <= WIDEST:
        raise ValueError(_EXPECTED_SPAN)
    return (first, last)


Pattern = Annotated[q.Text, BeforeValidator(lambda value: _format(value) if isinstance(value, str) else value)]
Span = Annotated[tuple[int, int], BeforeValidator(_span)]


class NamedColumn(Part):
    """A column that may be written as its bare name."""

    of_rows: Mapping[q.Text, Condition] = {}  # conditions; the latest row of the call that meets them has the value

    @model_validator(mode="before")
    @classmethod
    def _column(cls, value: object) -> object:
        return {"column": value} if isinstance(value, str) else value


class Column(NamedColumn):
    """A column; its `unknown` values are like empty ones.

    If there is a `pattern`, its first group, or the whole match, is the value; other values are unknown.
    """

    column: q.Text
    unknown: Texts = ()
    pattern: Expression | None = None


class TotalsColumns(Part):
    """The columns of one line's totals, in a table that has such columns for several lines."""

    offered: Column | None = None
    answered: Column | None = None
    lost: Column | None = None

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not any(self.columns()):
            raise ValueError("a column of the calls offered, answered or lost")
        return self

    def columns(self) -> tuple[str, ...]:
        return tuple(each.column for each in (self.offered, self.answered, self.lost) if each is not None)


class CountedReasons(Part):
    """The reasons for which a counter counts a call as lost."""

    lost: Annotated[q.Reasons, BeforeValidator(some)]


class QueueColumn(NamedColumn):
    """The column that names the line, service or channel, or a `fixed` name for every row."""

    column: q.Text | None = None
    fixed: q.Text | None = None
    pattern: Expression | None = None  # the first group of its match, or the whole match, is the value
    values: Mapping[str, q.Text] = {}  # from values of the column to ids; any other value is an id itself

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.column is None) == (self.fixed is None):
            raise ValueError(said("a column, or else one fixed name"))
        return self


class MomentColumns(NamedColumn):
    """The columns of a moment: a single column, or one for the date and one for the time."""

    column: q.Text | None = None
    date: q.Text | None = None
    time: q.Text | None = None
    zone: q.Text | None = None  # column of the UTC offset, or of a zone's name
    format: Pattern | None = None  # for strptime, of "date time" if these are separate, or excel, whose day numbers add
    # up; by default epoch, ISO 8601, or a French date in words
    unit: EpochUnit = "seconds"  # of an epoch
    unknown: Texts = ()  # values of the column, or of the time, for an unknown moment

    @model_validator(mode="after")
    def _one(self) -> Self:
        in_two = (self.date is not None) + (self.time is not None)
        if in_two != (2 if self.column is None else 0):
            raise ValueError(said("a column, or else a date and a time"))
        return self

    def columns(self) -> tuple[str, ...]:
        """Return the columns of the moment, its zone last."""
        return tuple(name for name in (self.column, self.date, self.time, self.zone) if name is not None)


class LengthColumn(NamedColumn):
    """The column of a duration; a value such as 1:02:03 or 2:03 needs no unit."""

    column: q.Text
    unit: TimeUnit = "seconds"
    unknown: Texts = ()  # values for an unknown duration
