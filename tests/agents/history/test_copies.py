"""A copy of the history does not change, and new records of one office leave the others alone."""

from __future__ import annotations

from datetime import date

from agents.history.ledger import History
from streams.indicators.period import Period
from streams.ledger.day import CallSlot, LineDay, day_key, write_day
from tests.agents.board.known import SETTINGS, Record

MARCH = Period.of_months(2013, 3, 1)


def take(history: History, site: str, day: str, offset: int = 0, lost: int = 0) -> None:
    slots = {1_500_000: CallSlot(offered=5, lost=lost, answered=5 - lost)}
    told = LineDay(id=f"{site}/standard", day=day, offset=offset, slots=slots)
    history.take(Record(history.topics[0], day_key(told).encode(), write_day(told)))


def counted(history: History, site: str) -> list[tuple[str, int]]:
    days = history.days.each(LineDay, f"{site}/standard", MARCH)
    return [(each.day, sum(slot.lost for slot in each.slots.values())) for each in days]


def test_a_copy_stays_while_its_original_takes_more_and_the_other_way_round() -> None:
    history = History(SETTINGS)
    for site in ("aude", "gard"):
        take(history, site, "2013-03-04")
    copy = history.copy()
    take(history, "gard", "2013-03-04", offset=1, lost=2)
    take(history, "gard", "2013-03-05")
    take(copy, "aude", "2013-03-06")
    assert counted(copy, "gard") == [("2013-03-04", 0)]
    assert counted(history, "gard") == [("2013-03-04", 2), ("2013-03-05", 0)]
    assert counted(history, "aude") == [("2013-03-04", 0)]
    assert copy.days.dates("aude") == {date(2013, 3, 4), date(2013, 3, 6)}
    assert len(history.days.of()) == 3
    assert len(history.copy().days.of("gard")) == 2


def test_the_state_of_a_period_moves_by_what_came_of_this_site_and_period_alone() -> None:
    history = History(SETTINGS)
    for site in ("aude", "gard"):
        take(history, site, "2013-03-04")
    before = {site: history.state(site, MARCH) for site in ("aude", "gard")}
    assert before == {site: history.copy().state(site, MARCH) for site in before}
    take(history, "gard", "2013-04-02")
    assert history.state("gard", MARCH) == before["gard"]
    take(history, "gard", "2013-03-04", offset=1, lost=1)
    assert history.state("gard", MARCH) != before["gard"]
    assert history.state("aude", MARCH) == before["aude"]
