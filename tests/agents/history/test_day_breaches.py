"""A breach names its day, and the year whose figures it affects."""

from __future__ import annotations

import pytest

from agents.history.day_breaches import breach_of_day, breach_of_record, difference
from streams.ledger.day import CallSlot, LineDay
from streams.said import said
from tests.agents.board.known import Record


@pytest.mark.parametrize(
    ("day", "year"), [("2013-03-04", 2013), ("9999-12-31", None), ("0001-01-01", None), ("2013-W10-1", None)]
)
def test_an_impossible_year_concerns_every_year(day: str, year: int | None) -> None:
    breach = breach_of_day("day-impossible", f"lozere/standard/{day}".encode(), said("why"))
    assert (breach.subject, breach.year, breach.place) == (f"standard {day}", year, None)
    assert breach.concerns(2013)


def test_a_breach_of_a_record_has_its_place() -> None:
    record = Record("tocsin.ledger", b"lozere/standard/2013-03-04", None, partition=2, offset=7, timestamp=9)
    breach = breach_of_record("day-missing", record.key or b"", said("why"), record)
    assert (breach.place, breach.at) == ("tocsin.ledger/2@7", 9)


def test_two_records_of_a_day_differ_by_their_sums() -> None:
    one, other = (
        LineDay(id="lozere/standard", day="2013-03-04", slots={1: CallSlot(offered=5, lost=lost, answered=5 - lost)})
        for lost in (2, 0)
    )
    assert difference(one, other).endswith("answered 3 → 5, lost 2 → 0")
    assert difference(one, one).endswith("by slots alone")
