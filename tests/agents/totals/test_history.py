"""A period is compared with the latest publication of the year before."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from agents.totals.history import edition_before, figures
from config.settings import Settings
from streams.indicators.period import Period
from streams.indicators.vintage import vintage, vintage_key
from streams.ledger.day import CallSlot
from tests.agents.board.known import SETTINGS, Record, history
from tests.streams.indicators.telling import line_days

BEFORE, MARCH = Period.of_months(2012, 3, 1), Period.of_months(2013, 3, 1)
TODAY = date(2013, 5, 2)
OTHER_HOURS = SETTINGS.model_copy(update={"opening_hours": "Mo-Fr 09:00-12:00"})


@pytest.mark.parametrize(("editions", "status"), [((OTHER_HOURS, SETTINGS), "A"), ((SETTINGS, OTHER_HOURS), "B")])
def test_the_last_edition_of_the_year_before_says_whether_the_definition_changed(
    editions: tuple[Settings, ...], status: str
) -> None:
    usual = CallSlot(offered=50, answered=49, lost=1)
    told = [day for each in (BEFORE, MARCH) for day in line_days(each.first, each.last, lambda _: usual)]
    read = history(days=[*told])
    for number, settings in enumerate(editions, 1):
        edition = vintage([], figures(settings, read, BEFORE, TODAY), number, last=number - 1)
        key = vintage_key("lozere", BEFORE.name, f"{number:05}")  # by its number, as before the chain existed
        read.take(Record(read.topics[0], key.encode(), msgspec.json.encode(edition)))
    first, last = read.publications.vintages("lozere", BEFORE)
    assert (first.number, last.number) == (1, 2)
    assert edition_before(read, last.annual, last) == first
    assert edition_before(read, last.annual, None) == last
    assert figures(SETTINGS, read, MARCH, TODAY).indicators[0].raw.status == status
