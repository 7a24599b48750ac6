"""The slots of a desk: a line's as the figures judge them, others as counted."""

from __future__ import annotations

from datetime import date

from streams.calls.counts import Counts
from streams.indicators.line import judge_line, totals_of
from streams.indicators.period import Period
from streams.ledger.day import CallSlot, ChannelDay, RequestSlot, ServiceDay, TicketSlot
from streams.periods.buckets import grouped, joined
from streams.periods.slots import channel_slots, laws_of, line_slots, service_slots
from tests.streams.indicators.telling import LINE, SLOTS, incident, line_days, opened, slot_at

FIRST, LAST = date(2013, 9, 2), date(2013, 9, 27)  # four weeks
PERIOD = Period(FIRST, LAST)
WRONG = incident(date(2013, 9, 9), date(2013, 9, 11), kind="answered-as-lost")
SOUND, TALKED = CallSlot(offered=50, answered=49, lost=1), CallSlot(offered=50, answered=30, lost=20, talked=19)


def counted(slot_no: int) -> CallSlot:
    return TALKED if WRONG.holds(slot_no) else SOUND


def test_the_slots_of_a_line_sum_up_to_its_figures_of_the_period() -> None:
    days = line_days(FIRST, LAST, counted)
    judged = judge_line(days, [WRONG], LINE, opened, PERIOD)
    totals, whole = totals_of(judged, LINE), joined(line_slots(judged))
    assert Counts(*whole.counted) == totals.raw
    assert whole.believed is not None
    assert Counts(*whole.believed) == totals.corrected, "recounted by the law"
    assert whole.sum.suspect == totals.in_quarantine == 3 * SLOTS
    weeks = grouped(line_slots(judged), lambda each: each.day.isocalendar().week).values()
    assert [Counts(*each.believed or ()) for each in weeks] == [each.corrected for each in totals.weeks]


def test_of_a_miscount_that_no_law_names_nothing_is_believed() -> None:
    drift = incident(date(2013, 9, 9), date(2013, 9, 11))
    judged = judge_line(line_days(FIRST, LAST, counted), [drift], LINE, opened, PERIOD)
    by_day = grouped(line_slots(judged), lambda each: each.day)
    assert by_day[date(2013, 9, 9)].believed is None
    assert by_day[date(2013, 9, 12)].believed == (400, 392, 8, 0, 0)


def test_a_doubt_that_goes_on_bars_the_figures_of_its_days_alone() -> None:
    doubt = incident(date(2013, 9, 26), date(2013, 9, 27), verdict="undecided", kind="drift")
    judged = judge_line(line_days(FIRST, LAST, counted), [doubt], LINE, opened, PERIOD)
    by_day = grouped(line_slots(judged), lambda each: each.day)
    assert judged.figure.guard is not None
    assert by_day[LAST].believed is None
    assert by_day[FIRST].believed is not None


def test_laws_name_calls_at_any_hour() -> None:
    days = line_days(FIRST, LAST, counted)
    days[0].slots[slot_at(FIRST, 20)] = CallSlot(offered=2, lost=2, ghosts=2)
    assert laws_of(days) == {"talked": 19 * 3 * SLOTS, "legs": 0, "copies": 0, "ghosts": 2}


def test_a_counter_and_a_channel_have_their_open_slots_and_those_of_other_hours_that_count_something() -> None:
    evening = slot_at(FIRST, 20)
    tickets = ServiceDay(id="lozere/cartes", day=FIRST.isoformat(), slots={evening: TicketSlot(issued=3, served=2)})
    requests = ChannelDay(
        id="lozere/email", day=FIRST.isoformat(), slots={evening: RequestSlot(received=4, answered=1)}
    )
    day = Period(FIRST, FIRST)
    for found, row in (
        (service_slots([tickets], opened, lambda _: 20, day), (3, 2, *[0] * 9)),
        (channel_slots([requests], opened, lambda _: 20, day), (4, 1, 0, 0, 0, 0)),
    ):
        assert len(found) == SLOTS + 1
        assert found[-1].hour == 20
        assert joined(found).counted == joined(found).believed == row
