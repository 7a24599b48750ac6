"""The moments of a row, as epoch seconds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from agents.sources.tables.french_dates import date_in_words, with_colon
from agents.sources.tables.values import pointed
from config.calendar import zone
from config.columns import EXCEL, MomentColumns, dated
from config.mapping import MOMENTS, Table
from streams.decoding import Invalid
from streams.events import MAX_EPOCH, MIN_EPOCH
from streams.said import said

RowOf: TypeAlias = Callable[[MomentColumns, Mapping[str, str]], Mapping[str, str]]
SKEW: Final = 60  # seconds by which the clocks of one system may differ

_OFFSET: Final = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?([0-5]\d))?")
# A time of the day, perhaps after a date in figures and with its zone.
_WRITTEN: Final = re.compile(
    r"(?:\d{1,4}([-/.])\d{1,2}\1\d{1,4}[ T])?(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?"
)
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d")
_UNSEPARATED: Final[Mapping[str, int]] = {"%H%M": 4, "%H%M%S": 6}  # digits of a time without separators
_EXCEL_ORIGIN: Final = datetime(1899, 12, 30)  # noqa: DTZ001 -- its days are local
_APART: Final = re.compile(r" (?:(?=[+-]\d\d(?::?\d\d)?$)|UTC$)")  # the blank before an offset, or before UTC
_NO_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d ?[+-]")  # fromisoformat would take the offset of a date for its time
_UTC: Final = frozenset({"Z", "UTC", "GMT"})


class Moments:
    """The moments of rows; `zone` is for times written without one, `row_of` returns the row that has a moment."""

    def __init__(self, table: Table, zone: str, row_of: RowOf = lambda _, values: values) -> None:
        self.zone = ZoneInfo(table.timezone or zone)
        self._row_of = row_of
        self._table = table
        self._comma = table.decimal == "comma"
        forms = " ".join(moment.format or "" for moment in table.moments.values()).split()
        self._parts = {form for form in forms if form.count("%") > 1}  # a date, or a time of the day

    def of(self, values: Mapping[str, str]) -> dict[str, float]:
        """Return the moments of a row, sorted; raise `Invalid` if the first of the mapping is missing."""
        found: dict[str, float] = {}
        before: float | None = None
        for name in filter(self._table.moments.__contains__, MOMENTS[self._table.of]):
            at = self.named(values, name, before)
            if at is not None:
                before = found[name] = at
            elif before is None:
                raise Invalid("no-time", said("no moment for {name}; expected one in every row", name=name))
        return found

    def day_after(self, at: float) -> float:
        """Return the moment (epoch s) of the next day at the same time of the clock."""
        return (datetime.fromtimestamp(at, self.zone) + timedelta(days=1)).timestamp()

    def named(self, values: Mapping[str, str], name: str, before: float | None = None) -> float | None:
        """Return one moment of a row, after `before`; None if the row does not have it."""
        moment = self._table.moments.get(name)
        return self.at(values, moment, name, before) if moment else None

    def knows(self, text: str) -> bool:
        """Return whether a text is a date, a time of the day, or both, as in this table or another."""
        spoken = with_colon(text)
        if _WRITTEN.fullmatch(spoken) or any(_fits(spoken, form) for form in self._parts):
            return True
        found = [self._read(text, moment) for moment in self._table.moments.values()]
        return any(
            1990 <= each.year < 2100 if isinstance(each, datetime) else MIN_EPOCH <= (each or 0.0) <= MAX_EPOCH  # noqa: PLR2004
            for each in found
        )

    def at(
        self, values: Mapping[str, str], moment: MomentColumns, name: str, before: float | None = None
    ) -> float | None:
        """Return the moment in some columns; `name` is its name in messages."""
        values = self._row_of(moment, values)
        text = _written(values, moment)
        if not text:
            return None
        read = self._read(text, moment)
        if isinstance(read, datetime) and 1900 < read.year < 2200:  # noqa: PLR2004 -- beyond, zones have no moment
            local = read if read.tzinfo else read.replace(tzinfo=self._zone_of(values, moment, name))
            at = local.timestamp()
            if before is not None and at < before:
                at = local.replace(fold=1).timestamp()  # the second of two equal hours
                if moment.date is not None and before - at > 12 * 3600:  # the row has no separate date
                    at = (local + timedelta(days=1)).timestamp()
        else:
            at = read if isinstance(read, float) else -1.0
        if not MIN_EPOCH <= at <= MAX_EPOCH:
            raise Invalid(
                "no-time",
                said(
                    "{name} is not a moment from 1990 to 2100; expected {found}",
                    name=name,
                    found=self._expected(moment),
                ),
            )
        if before is None:
            return at
        if at < before - SKEW and self._table.of == "tickets":
            return at  # the watch of the counter must see that its moments are in a wrong order
        if at < before - SKEW:
            raise Invalid(
                "out-of-order",
                said(
                    "{name} is {found} s before the preceding moment; expected it to be later",
                    name=name,
                    found=f"{before - at:.0f}",
                ),
            )
        return max(at, before)

    def _read(self, text: str, moment: MomentColumns) -> datetime | float | None:
        found = self._formatted(text, moment)
        if found is None and moment.format and _ISO.match(text):  # a workbook's date, whatever its CSV has
            found = _iso(text)
        if found is None and moment.format != EXCEL:
            spoken = with_colon(text)
            found = (self._formatted(spoken, moment) if spoken != text else None) or date_in_words(spoken)
        return found

    def _formatted(self, text: str, moment: MomentColumns) -> datetime | float | None:
        try:
            if moment.format == EXCEL:
                days = sum(map(float, pointed(text, comma=self._comma).split()))
                return _EXCEL_ORIGIN + timedelta(seconds=round(days * 86_400, 3))
            if moment.format:
                text, pattern = _padded(text, moment.format), dated(moment.format)
                whole = text if pattern == moment.format else f"{self._table.year or ''} {text}"
                return datetime.strptime(whole, pattern)  # noqa: DTZ007 - the mapping says its zone
            plain = pointed(text, comma=self._comma)
            if plain.replace(".", "", 1).isdecimal():
                return float(plain) / (1000 if moment.unit == "milliseconds" else 1)
            return iso_moment(text)
        except (ValueError, OverflowError):
            return None

    def _expected(self, moment: MomentColumns) -> str:
        if moment.format is None:
            return f"epoch {moment.unit} or ISO 8601"
        if moment.format == EXCEL:
            return "the number of a day, as Excel counts them, such as 46085.38"
        if dated(moment.format) != moment.format and self._table.year is None:
            return f"a `year` in the mapping, as {moment.format} has none"
        return f"a time in the form {moment.format}"

    def _zone_of(self, values: Mapping[str, str], moment: MomentColumns, name: str) -> tzinfo:
        text = values[moment.zone] if moment.zone else ""
        if not text:
            return self.zone
        found = _zone(text)
        if found is None:
            detail = (
                f"{name}: {text[:40]!r} in column {moment.zone}; expected a UTC offset such as +02:00, or a zone's name"
            )
            raise Invalid("no-time", detail)
        return found


def iso_moment(text: str) -> datetime:
    """Return a moment in ISO 8601, also with a blank before its offset; raise `ValueError` if it is none.

    >>> iso_moment("2026-02-04 15:20:06.415 +0100") == iso_moment("2026-02-04 14:20:06.415 UTC")
    True
    """
    if _NO_TIME.match(text):
        raise ValueError(text)
    return datetime.fromisoformat(_APART.sub(lambda blank: "Z" if blank[0] == " UTC" else "", text))


def _fits(text: str, form: str) -> bool:
    """Return whether a text is a date or a time of the day in a form of strptime; a digit or two is no time."""
    try:
        return len(text) > 2 and bool(datetime.strptime(_padded(text, form), form))  # noqa: DTZ007, PLR2004 -- no moment is made
    except ValueError:
        return False


def _padded(text: str, form: str) -> str:
    """Return a text with the zeros of a time such as `%H%M`: spreadsheets write 1:00 as 100, which `%H` reads as 10:00.

    >>> _padded("04/03/2026 130", "%d/%m/%Y %H%M")
    '04/03/2026 0130'
    """
    width = _UNSEPARATED.get(form.rpartition(" ")[2])
    if width is None:
        return text
    day, blank, time = text.rpartition(" ")
    return f"{day}{blank}{time.zfill(width)}" if time.isdecimal() else text


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


@lru_cache(maxsize=256)
def _zone(text: str) -> tzinfo | None:
    if text in _UTC:
        return UTC
    if match := _OFFSET.fullmatch(text.replace(" ", "")):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        return timezone(-offset if match[1] == "-" else offset) if offset < timedelta(days=1) else None
    try:
        return zone(text)
    except ValueError:
        return None


def _written(values: Mapping[str, str], moment: MomentColumns) -> str:
    """Return a moment's text; it is empty if one of its columns is empty."""
    parts = [values[name] for name in (moment.date, moment.time, moment.column) if name is not None]
    return "" if not all(parts) or parts[-1] in moment.unknown else " ".join(parts)
