"""A year of many lines is always the same, and its figures agree with those of all days in memory."""

from __future__ import annotations

from datetime import date

import msgspec

from agents.history.ledger import History
from agents.totals.history import figures, given
from agents.totals.plan import plan_of
from benchmarks.year import TODAY, YEAR, Stored, measure, miscounts, office_of, year_of
from streams.indicators.annual import Annual, annual
from streams.indicators.desk_days import HeldDays
from streams.indicators.period import Period
from streams.ledger.day import CallSlot, LineDay, day_key, read_day, write_day


def test_figures_of_records_that_are_added_up_as_they_come_are_those_of_all_days_held_together() -> None:
    settings, period = office_of(3), Period.of_year(YEAR)
    history = History(settings)
    records = [*year_of(settings), *miscounts(settings)]
    late = LineDay(
        id="lozere/line-001", day=f"{YEAR}-03-05", part="0.9", offset=10**9, slots={1: CallSlot(offered=1, lost=1)}
    )
    before = read_day(records[10].value or b"")
    assert isinstance(before, LineDay)
    before.day, before.definitions = date(YEAR - 1, 12, 31).isoformat(), []
    before.slots = {slot_no - 11 * 96: slot for slot_no, slot in before.slots.items()}  # of 11 January
    for day in (late, before):
        records.append(Stored(records[0].topic, 0, 10**6, 0, day_key(day).encode(), write_day(day)))
    for record in records:
        history.take(record)

    def told(found: Annual) -> bytes:
        return msgspec.json.format(msgspec.json.encode(found))

    straight = given(settings, history, period)._replace(days=HeldDays(history.days.of(settings.site)))
    found = figures(settings, history, period, TODAY)
    assert told(found) == told(annual(straight, plan_of(settings), period, TODAY))
    assert {each.subject for each in found.indicators if each.compared} == {"line-000"}
    assert found.lines["line-000"].in_quarantine > 0
    assert found.lines["line-001"].all_raw.offered > found.lines["line-001"].raw.offered


def test_a_measure_says_what_it_is_of() -> None:
    cost = measure(2)
    assert cost.records == 2 * 365 + 1
    assert cost.row().startswith("| 2 | 731 | 1 | ")
    assert cost.digest == measure(2).digest
