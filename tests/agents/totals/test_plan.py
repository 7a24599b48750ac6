"""An office's opening hours as slots in its own time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime

from agents.totals.plan import plan_of
from config.settings import Channel, Line, Service, Settings
from streams.kept.times import QUARTER_MS

OFFICE = Settings(
    site="lozere",
    lines={"circulation": Line(target=0.1, correction="impute")},
    services={"cartes": Service(target_wait=1800.0)},
    requests={"email": Channel(target_days=5)},
)


def test_opening_hours_are_slots_with_their_local_hour() -> None:
    opened = plan_of(OFFICE).opened
    summer = opened(date(2013, 7, 1))
    assert len(summer) == 14 + 14
    begins = datetime.fromtimestamp(min(summer) * QUARTER_MS / 1000, UTC)
    assert (begins.hour, begins.minute, summer[min(summer)]) == (6, 30, 8)
    assert sorted(set(summer.values())) == [8, 9, 10, 11, 13, 14, 15, 16]
    assert opened(date(2013, 7, 14)) == opened(date(2013, 12, 25)) == {}


def test_a_slot_is_open_where_the_office_is_when_it_begins() -> None:
    odd = OFFICE.model_copy(update={"opening_hours": "Mo-Fr 08:35-12:10"})
    slots = plan_of(odd).opened(date(2013, 7, 1))
    moments = [datetime.fromtimestamp(slot_no * QUARTER_MS / 1000, UTC) for slot_no in (min(slots), max(slots))]
    assert [(each.hour, each.minute) for each in moments] == [(6, 45), (10, 0)]


def test_the_rest_is_as_configured() -> None:
    plan = plan_of(OFFICE)
    assert (plan.lines["circulation"].target, plan.lines["circulation"].correction) == (0.1, "impute")
    assert (plan.services["cartes"].target_wait, plan.channels["email"].target_days) == (1800.0, 5)
    assert plan.day(1_372_629_600_000) == date(2013, 7, 1)  # midnight there, the evening before in UTC
    assert plan.lines["circulation"].basis.endswith(OFFICE.opening_hours)
