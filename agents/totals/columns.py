"""The columns of tables of indicators; each CSV file and each sheet of a workbook shows some of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar

from agents.csv_text import csv_text
from agents.language import Language
from agents.pages import words
from agents.totals.telling import Telling
from agents.translation import Words
from streams.indicators.indicator import Figure, Indicator
from streams.said import Said, said

OWN: Final = "own"  # the number format of the indicator's unit
COUNT: Final = "#,##0"
_PERCENT_DIGITS: Final = 4  # further digits of a double are noise


class _Row(Protocol):
    @property
    def indicator(self) -> Indicator: ...


Row = TypeVar("Row", bound=_Row, contravariant=True)  # noqa: PLC0105 -- read as a word


class FigureColumn(NamedTuple, Generic[Row]):
    name: str  # in CSV for programs
    head: Said  # for people
    value: Callable[[Row], Any]
    format: str = ""  # of a number, as Excel names it; empty for words
    read: Callable[[Row], Any] | None = None  # for people, if they read other words than programs

    def shown(self, row: Row) -> Any:  # noqa: ANN401 -- any value of a cell
        return (self.read or self.value)(row)

    def in_percent(self, row: Row) -> Any:  # noqa: ANN401 -- the same
        """Return a cell for people, with a share in percent."""
        cell = self.shown(row)
        share = self.format.endswith("%") or (self.format == OWN and row.indicator.unit == "share")
        return round(cell * 100, _PERCENT_DIGITS) if share and cell is not None else cell


def table_csv(columns: Sequence[FigureColumn[Row]], rows: Iterable[Row], reader: Language | None) -> str:
    """Return rows as CSV with a header; unknown values are empty.

    Programs get shares from 0 to 1 and the columns' names. The spreadsheet of a `reader` gets shares in percent, and
    heads and words in the reader's language.
    """
    if reader is None:
        return csv_text([[each.name for each in columns], *([each.value(row) for each in columns] for row in rows)])
    heads = [Words(reader)(each.head) for each in columns]
    return csv_text([heads, *([each.in_percent(row) for each in columns] for row in rows)], reader)


def of_indicator(
    name: str,
    head: Said,
    value: Callable[[Indicator], Any],
    format: str = "",  # noqa: A002 -- the field's name
    read: Callable[[Indicator], Any] | None = None,
) -> FigureColumn[_Row]:
    """Return a column whose cells depend on the indicator alone."""
    shown = None if read is None else lambda row: read(row.indicator)
    return FigureColumn(name, head, lambda row: value(row.indicator), format, shown)


def figure_columns(telling: Telling) -> tuple[FigureColumn[_Row], ...]:
    """Return the columns of a raw and a corrected figure, which are the same in all tables."""
    text, of = telling.text, of_indicator

    def status(figure: Figure) -> str:
        return text(words.STATUSES[figure.status])

    return (
        of("unit", said("Unit"), lambda each: each.unit, read=lambda each: text(words.UNITS[each.unit])),
        of("target", said("Target"), lambda each: each.target, OWN),
        of("raw", said("Raw value"), lambda each: each.raw.value, OWN),
        of("raw_part", said("Raw value: part"), lambda each: each.raw.part, COUNT),
        of("raw_whole", said("Raw value: out of"), lambda each: each.raw.whole, COUNT),
        of("raw_status", said("Raw status"), lambda each: each.raw.status, read=lambda each: status(each.raw)),
        of("raw_met", said("Met (raw)"), lambda each: each.raw.met),
        of("corrected", said("Corrected value"), lambda each: each.corrected.value, OWN),
        of("low", said("Low (95%)"), lambda each: each.corrected.low, OWN),
        of("high", said("High (95%)"), lambda each: each.corrected.high, OWN),
        of("corrected_part", said("Corrected value: part"), lambda each: each.corrected.part, COUNT),
        of("corrected_whole", said("Corrected value: out of"), lambda each: each.corrected.whole, COUNT),
        of(
            "corrected_status",
            said("Corrected status"),
            lambda each: each.corrected.status,
            read=lambda each: status(each.corrected),
        ),
        of("corrected_met", said("Met (corrected)"), lambda each: each.corrected.met),
        of("flips", said("The miscount decides on the target"), lambda each: each.flips),
        of("method", said("Correction"), lambda each: each.method, read=lambda each: text(words.METHODS[each.method])),
        of("coverage", said("Coverage (%)"), lambda each: each.coverage, "0.0%"),
    )
