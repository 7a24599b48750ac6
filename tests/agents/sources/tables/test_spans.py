"""A span ends at the time on the office's clock, and begins at the end of its line's last span."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from agents.sources.tables.spans import Spans

ZONES = st.sampled_from(["Europe/Paris", "Indian/Reunion", "America/Cayenne", "Pacific/Chatham"]).map(ZoneInfo)


@given(ZONES, st.integers(1990, 2099), st.integers(0, 365))
def test_days_of_any_year_stand_side_by_side_at_local_midnights(zone: ZoneInfo, year: int, number: int) -> None:
    spans, day = Spans("day", zone), datetime(year, 1, 1, tzinfo=zone) + timedelta(number)
    first = spans.of("standard", day.timestamp())
    second = spans.of("standard", (day + timedelta(1)).timestamp())
    assert first[1] == second[0]
    for moment in (*first, *second):
        assert datetime.fromtimestamp(moment, zone).hour == 0
    assert spans.of("standard", first[1] - 1) == first


@given(ZONES, st.integers(1990, 2099), st.integers(0, 366 * 96))
def test_quarters_read_by_the_local_clock_follow_each_other(zone: ZoneInfo, year: int, number: int) -> None:
    """The file has local clock times, so an hour occurs twice when summer time ends."""
    spans = Spans("15m", zone)
    true = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * (number + each)) for each in range(12)]
    naive = [each.astimezone(zone).replace(fold=0) for each in true]
    begun = naive[0].timestamp()
    if begun != true[0].timestamp():
        return  # it begins in the second of the two hours, which cannot be recognized
    assert [spans.of("standard", each.timestamp())[0] for each in naive] == [each.timestamp() for each in true]
