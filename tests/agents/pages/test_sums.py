"""A line declared as the sum of others is compared with them day by day, and differences are reported."""

from __future__ import annotations

from agents.language import Language
from agents.pages.sums import sums_of, told
from config.settings import Line, Settings
from streams.ledger.day import CallSlot, LineDay

OFFICE = Settings(site="hall", lines={"all": Line(parts=("a", "b")), "a": Line(), "b": Line(), "other": Line()})


def day(name: str, number: int, offered: int, lost: int, part: str = "") -> LineDay:
    slots = {number * 96: CallSlot(offered=offered, answered=offered - lost, lost=lost)}
    return LineDay(id=f"hall/{name}", day=f"2026-03-{number:02}", part=part, slots=slots)


def test_a_day_that_differs_is_said_with_its_figures() -> None:
    sound = [day("all", 4, 9, 1), day("a", 4, 5, 1), day("b", 4, 4, 0)]
    found = sums_of(OFFICE, lambda: [*sound, day("all", 5, 9, 8), day("a", 5, 5, 1), day("b", 5, 4, 0)])
    assert list(told(found, Language.EN)) == [
        "all: 1 answered, and 8 in a + b, on 1 of 2 days compared (2026-03-05 to 2026-03-05)",
        "all: 8 lost, and 1 in a + b, on 1 of 2 days compared (2026-03-05 to 2026-03-05)",
    ]
    assert next(told(found, Language.FR)).startswith("all : 1 décrochés, et 8 pour a + b, sur 1 des 2 jours comparés")


def test_what_was_not_counted_of_a_part_is_not_compared() -> None:
    assert sums_of(OFFICE, lambda: [day("all", 4, 9, 1), day("a", 4, 5, 1)]) == []
    assert sums_of(OFFICE, lambda: [day("all", 4, 9, 1), day("a", 4, 5, 1), day("b", 5, 4, 0)]) == []


def test_parts_of_one_day_add_up_before_they_are_compared() -> None:
    told = [day("all", 4, 9, 1), day("a", 4, 5, 1), day("b", 4, 3, 0), day("b", 4, 1, 0, part="0.7")]
    assert sums_of(OFFICE, lambda: told) == []
