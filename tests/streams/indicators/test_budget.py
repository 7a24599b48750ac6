"""A year's budget of lost calls: how much is used, and when it runs out."""

from __future__ import annotations

from datetime import date

import pytest

from streams.indicators.budget import Hours, budget, elapsed
from streams.indicators.line import LineTotals, line_totals
from streams.indicators.period import Period
from streams.kept.times import QUARTER_MS
from streams.ledger.day import CallSlot
from streams.watch.incident import Incident
from tests.streams.indicators.telling import LINE, SLOTS, days, incident, line_days, opened, slot_at

YEAR = Period.of_year(2013)


def counted_until(last: date, bad: tuple[date, date] | None, *incidents: Incident) -> tuple[LineTotals, Hours]:
    """Count 20 calls in every slot until a day: 18 lost ones in the bad stretch, otherwise 1."""
    wrong = set() if bad is None else {slot_no for day in days(*bad) for slot_no in opened(day)}
    counted = Period(YEAR.first, last)
    ledger = line_days(
        YEAR.first,
        last,
        lambda slot_no: CallSlot(
            offered=20, answered=2 if slot_no in wrong else 19, lost=18 if slot_no in wrong else 1
        ),
    )
    return line_totals(ledger, incidents, LINE, opened, counted), hours_of(counted)


def hours_of(counted: Period, now: int | None = None) -> Hours:
    """Return the hours of the year at the end of the last day counted, or at `now` (ms)."""
    return Hours.of(YEAR, counted, opened, slot_at(counted.last, 23) * QUARTER_MS if now is None else now)


def test_a_line_at_half_its_target_uses_half_of_what_has_passed() -> None:
    line, hours = counted_until(date(2013, 6, 28), None)
    found = budget(line, hours, corrected=False)
    assert found is not None
    whole = len(days(YEAR.first, YEAR.last)) * SLOTS
    assert found.allowed == pytest.approx(0.10 * 20 * whole)
    assert found.used == pytest.approx(0.5 * len(days(YEAR.first, date(2013, 6, 28))) * SLOTS / whole)
    assert found.gone is None  # at half the pace the year ends first


def test_at_three_times_the_pace_it_is_gone_when_the_rest_is_lost() -> None:
    line, hours = counted_until(date(2013, 6, 28), (date(2013, 6, 3), date(2013, 6, 28)))
    found = budget(line, hours, corrected=False)
    assert found is not None
    assert found.gone is not None
    left = found.allowed * (1 - found.used)
    assert line.raw.lost == pytest.approx(found.allowed * found.used)
    first = slot_at(date(2013, 7, 1), 9) * QUARTER_MS
    opening = [slot_no for slot_no in hours.ahead if first <= slot_no * QUARTER_MS < found.gone]
    assert len(opening) == int(left / 18)  # slots: each costs 18 calls, as in the last four weeks


def test_what_is_used_up_says_when_it_was() -> None:
    line, hours = counted_until(date(2013, 6, 28), (date(2013, 2, 4), date(2013, 5, 31)))
    found = budget(line, hours, corrected=False)
    assert found is not None
    assert found.used > 1
    assert found.gone is not None
    before = sum(
        18 if date(2013, 2, 4) <= day <= date(2013, 5, 31) else 1
        for day in days(YEAR.first, date(2013, 5, 31))
        for slot_no in opened(day)
        if slot_no * QUARTER_MS < found.gone
    )
    assert before == pytest.approx(found.allowed, abs=18)


def test_a_miscount_burns_the_raw_budget_alone() -> None:
    stretch = (date(2013, 6, 3), date(2013, 6, 28))
    line, hours = counted_until(date(2013, 8, 30), stretch, incident(*stretch))
    raw, corrected = (budget(line, hours, corrected=each) for each in (False, True))
    assert raw is not None
    assert corrected is not None
    assert corrected.used == pytest.approx(0.5 * len(hours.behind) / (len(hours.behind) + len(hours.ahead)))
    assert raw.used > 2 * corrected.used
    assert corrected.gone is None
    assert corrected.allowed == pytest.approx(raw.allowed)  # slots that are left out count as the others


def test_a_line_that_loses_nothing_never_uses_it_up() -> None:
    counted = Period(YEAR.first, date(2013, 3, 29))
    ledger = line_days(counted.first, counted.last, lambda _: CallSlot(offered=5, answered=5))
    line = line_totals(ledger, [], LINE, opened, counted)
    found = budget(line, hours_of(counted), corrected=True)
    assert found is not None
    assert (found.used, found.gone) == (0, None)


def test_where_nothing_was_counted_there_is_no_budget() -> None:
    counted = Period(date(2013, 1, 5), date(2013, 1, 6))  # a weekend
    line = line_totals([], [], LINE, opened, counted)
    assert budget(line, hours_of(counted), corrected=False) is None


@pytest.mark.parametrize("passed", [1, 3, SLOTS])
@pytest.mark.parametrize("today", [date(2013, 1, 1), date(2013, 6, 28)])
def test_what_is_to_come_of_today_is_not_behind(today: date, passed: int) -> None:
    first, counted = slot_at(today, 9), Period(YEAR.first, today)
    ledger = line_days(YEAR.first, today, lambda _: CallSlot(offered=20, answered=19, lost=1))
    for slot_no in range(first + passed, first + SLOTS):
        del ledger[-1].slots[slot_no]
    line = line_totals(ledger, [], LINE, opened, counted)
    found = budget(line, hours_of(counted, (first + passed) * QUARTER_MS), corrected=False)
    assert found is not None
    assert found.allowed == pytest.approx(0.10 * 20 * len(days(YEAR.first, YEAR.last)) * SLOTS)


def test_before_the_first_slot_has_passed_there_is_no_budget() -> None:
    today = Period(YEAR.first, YEAR.first)
    line = line_totals([], [], LINE, opened, today)
    assert budget(line, hours_of(today, slot_at(YEAR.first, 9) * QUARTER_MS + 1), corrected=False) is None


def test_the_hours_pass_from_the_first_day_that_was_counted() -> None:
    autumn = Period(date(2013, 9, 2), date(2013, 9, 13))
    assert hours_of(autumn).elapsed == 10 / len(days(autumn.first, YEAR.last))
    noon = hours_of(autumn, slot_at(autumn.last, 10) * QUARTER_MS)
    assert noon.elapsed == 9.5 / len(days(autumn.first, YEAR.last))
    assert len(noon.behind) + len(noon.ahead) == len(hours_of(autumn).behind) + len(hours_of(autumn).ahead)


def test_the_year_passes_by_its_opening_hours() -> None:
    assert elapsed(YEAR, date(2013, 1, 1), opened) == 0
    assert elapsed(YEAR, date(2014, 1, 1), opened) == 1
    half = elapsed(YEAR, date(2013, 7, 1), opened)
    assert half == len(days(YEAR.first, date(2013, 6, 30))) / len(days(YEAR.first, YEAR.last))
    assert elapsed(Period(date(2013, 1, 5), date(2013, 1, 6)), date(2013, 1, 6), opened) is None
