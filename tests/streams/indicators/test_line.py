"""A line over a year: raw is the sum of valid and quarantined slots; corrected is given beside it."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calls.counts import Counts
from streams.calls.definition import LineDefinition
from streams.indicators.line import LineTotals, line_totals
from streams.indicators.period import Period
from streams.ledger.day import CallSlot, LineDay
from tests.streams.indicators.telling import LINE, SLOTS, days, incident, line_days, opened, slot_at

YEAR = Period.of_year(2013)
USUAL = CallSlot(offered=10, answered=9, lost=1, within=8)
SEPTEMBER = (date(2013, 9, 2), date(2013, 9, 30))


def year(slot_of: Any = lambda _: USUAL) -> list[LineDay]:
    return line_days(date(2013, 1, 1), date(2013, 12, 31), slot_of)


def wrong_in_september(wrong: CallSlot) -> list[LineDay]:
    covered = {slot_no for day in days(*SEPTEMBER) for slot_no in opened(day)}
    return year(lambda slot_no: wrong if slot_no in covered else USUAL)


def test_a_year_without_an_incident_is_itself() -> None:
    found = line_totals(year(), [], LINE, opened, YEAR)
    slots = SLOTS * len(days(YEAR.first, YEAR.last))
    assert found.raw == found.corrected == found.all_raw == Counts(10 * slots, 9 * slots, slots)
    assert (found.method, found.coverage, found.slots, found.in_quarantine) == ("none", 1.0, slots, 0)
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.1 < found.high
    assert [month.name for month in found.months] == [f"2013-{month:02}" for month in range(1, 13)]
    assert sum(month.raw.offered for month in found.months) == found.raw.offered
    assert sum(week.raw.offered for week in found.weeks) == found.raw.offered


def test_what_no_law_names_is_left_out_and_coverage_says_so() -> None:
    wrong = CallSlot(offered=20, answered=10, lost=10)
    found = line_totals(wrong_in_september(wrong), [incident(*SEPTEMBER)], LINE, opened, YEAR)
    working, out = len(days(YEAR.first, YEAR.last)), len(days(*SEPTEMBER))
    assert (found.method, found.coverage) == ("exclude", 1 - out / working)
    assert found.corrected == Counts(10 * SLOTS * (working - out), 9 * SLOTS * (working - out), SLOTS * (working - out))
    assert found.raw.lost == SLOTS * (working - out + 10 * out)
    assert found.incidents == ["circulation-20130902T000000Z-rise"]
    september = found.months[8]
    assert (september.corrected, september.in_quarantine, september.left_out) == (None, SLOTS * out, SLOTS * out)
    assert september.quarantined == september.raw


def test_what_a_law_names_is_recounted_at_no_cost_of_coverage() -> None:
    wrong = CallSlot(offered=10, answered=1, lost=9, talked=8)
    known = incident(*SEPTEMBER, kind="answered-as-lost", cause="no talk in a lost call")
    found = line_totals(wrong_in_september(wrong), [known], LINE, opened, YEAR)
    assert (found.method, found.coverage) == ("recount", 1.0)
    assert found.corrected == line_totals(year(), [], LINE, opened, YEAR).raw
    assert found.months[8].corrected == Counts(1680, 1512, 168)


@pytest.mark.parametrize(
    ("more", "method"),
    [
        ({"status": "dismissed"}, "none"),
        ({"verdict": "overload", "kind": "overload"}, "none"),
        ({"verdict": "undecided", "over": True}, "none"),
        ({"verdict": "undecided"}, "unavailable"),
        ({"verdict": "undecided", "status": "confirmed"}, "exclude"),
        ({"cause": "counter stuck", "kind": "stuck"}, "none"),
    ],
)
def test_only_miscounts_that_nobody_dismissed_are_left_out(more: dict[str, Any], method: str) -> None:
    found = line_totals(year(), [incident(*SEPTEMBER, **more)], LINE, opened, YEAR)
    assert found.method == method
    assert found.undecided == (more.get("verdict") == "undecided" and method != "exclude")


def test_a_doubt_that_a_miscount_explains_is_none() -> None:
    within = incident(date(2013, 9, 9), date(2013, 9, 10), verdict="undecided", id="within")
    beyond = incident(date(2013, 9, 30), date(2013, 10, 1), verdict="undecided", id="beyond")
    known = incident(*SEPTEMBER)
    found = line_totals(year(), [known, within], LINE, opened, YEAR)
    assert (found.undecided, found.incidents) == (False, [known.id])
    found = line_totals(year(), [known, within, beyond], LINE, opened, YEAR)
    assert (found.undecided, found.incidents) == (True, [known.id, "beyond"])


def test_below_three_quarters_no_corrected_figure_is_there() -> None:
    found = line_totals(year(), [incident(date(2013, 1, 1), date(2013, 4, 15))], LINE, opened, YEAR)
    assert found.coverage < 0.75
    assert (found.method, found.corrected, found.all_corrected, found.low) == ("unavailable", None, None, None)
    assert found.raw.offered > 0


def test_an_indicator_is_about_opening_hours_the_line_about_all() -> None:
    ledger = year()
    night = slot_at(date(2013, 3, 4), 22)
    ledger[44].slots[night] = CallSlot(offered=5, lost=5)
    assert ledger[44].day == "2013-03-04"
    found = line_totals(ledger, [], LINE, opened, YEAR)
    assert found.all_raw == found.raw + Counts(offered=5, lost=5)
    known = incident(date(2013, 3, 4), date(2013, 3, 4), kind="closed-hours", cause="closed hours")
    found = line_totals(ledger, [known], LINE, opened, YEAR)
    assert (found.all_corrected, found.corrected, found.coverage) == (found.raw, found.raw, 1.0)
    assert found.all_raw.lost == found.raw.lost + 5


def test_imputed_slots_stand_for_their_hour_and_month() -> None:
    plan = msgspec.structs.replace(LINE, correction="impute")
    half = (date(2013, 9, 16), date(2013, 9, 30))
    covered = {slot_no for day in days(*half) for slot_no in opened(day)}

    def slot(slot_no: int) -> CallSlot:
        if slot_no in covered:
            return CallSlot(offered=40, lost=40)
        lost = 4 if date.fromordinal(719_163 + slot_no // 96).month == 9 else 1
        return CallSlot(offered=10, answered=10 - lost, lost=lost)

    found = line_totals(year(slot), [incident(*half)], plan, opened, YEAR)
    assert found.corrected is not None
    working = len(days(YEAR.first, YEAR.last))
    september = len(days(date(2013, 9, 1), date(2013, 9, 30)))
    assert found.method == "impute"
    assert found.corrected.offered == 10 * SLOTS * working
    assert found.corrected.lost == SLOTS * (working + 3 * september)
    assert found.coverage == 1 - len(days(*half)) / working
    left_out = line_totals(year(slot), [incident(*half)], LINE, opened, YEAR)
    assert left_out.corrected is not None
    assert left_out.corrected.lost_rate is not None
    assert found.corrected.lost_rate is not None
    assert left_out.corrected.lost_rate < found.corrected.lost_rate  # a bad month is not partly forgotten
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.corrected.lost_rate < found.high


def test_a_line_of_which_nothing_is_known_has_no_figure() -> None:
    found = line_totals([], [], LINE, opened, None)
    assert (found.raw.lost_rate, found.low, found.coverage, found.method) == (None, None, 1.0, "none")


counts = st.builds(
    lambda answered, lost, diverted, talked: CallSlot(
        offered=answered + lost + diverted, answered=answered, lost=lost, diverted=diverted, talked=min(talked, lost)
    ),
    *(st.integers(0, 9) for _ in range(4)),
)
week = (date(2013, 3, 4), date(2013, 3, 8))


@given(
    st.lists(counts, min_size=5 * SLOTS, max_size=5 * SLOTS),
    st.integers(0, 4),
    st.integers(0, 4),
    st.sampled_from(["drift", "answered-as-lost", "missing"]),
)
def test_raw_is_valid_and_quarantined_in_every_slot(slots: list[CallSlot], first: int, length: int, kind: str) -> None:
    feed = iter(slots)
    ledger = line_days(*week, lambda _: next(feed))
    starts, ends = date(2013, 3, 4 + first), date(2013, 3, min(8, 4 + first + length))
    found = line_totals(ledger, [incident(starts, ends, kind=kind)], LINE, opened, Period(*week))
    (stretch,) = found.weeks
    inside = [
        slot for day in ledger if starts.isoformat() <= day.day <= ends.isoformat() for slot in day.slots.values()
    ]
    outside = [slot for day in ledger for slot in day.slots.values() if not any(slot is each for each in inside)]
    quarantined, valid = (sum((Counts.of(each) for each in part), Counts()) for part in (inside, outside))
    assert stretch.quarantined == quarantined
    assert found.raw == valid + quarantined
    if found.corrected is not None:
        talked = sum(slot.talked for slot in inside)
        mended = Counts(answered=talked, lost=-talked)
        assert found.corrected == (valid + quarantined + mended if found.method == "recount" else valid)
    check(found)


def check(found: LineTotals) -> None:
    for each in (found.raw, found.corrected, found.all_raw, found.all_corrected):
        if each is not None:
            assert each.offered == each.answered + each.lost + each.diverted + each.unresolved
    for stretches in (found.months, found.weeks):
        assert sum((each.raw for each in stretches), Counts()) == found.raw
        assert sum(each.slots for each in stretches) == found.slots
        assert sum(each.in_quarantine for each in stretches) == found.in_quarantine


def counted_within(*seconds: int) -> list[LineDefinition]:
    return [LineDefinition(lost_reasons=(), short_call=0, within=1000 * each) for each in seconds]


def test_the_limit_for_an_answer_in_time_is_the_one_by_which_the_days_were_counted() -> None:
    found = line_totals(year(), [], LINE, opened, YEAR)
    assert found.answer_limit == LINE.within == 20.0, "the days name none"
    one, two = (msgspec.structs.replace(found, definitions=counted_within(*each)) for each in ((30, 30), (20, 30)))
    assert (one.answer_limit, two.answer_limit) == (30.0, None)
    readings = msgspec.structs.replace(found, plan=msgspec.structs.replace(LINE, totals=True))
    assert readings.answer_limit is None


def test_the_service_level_is_over_all_calls_and_unknown_by_two_limits() -> None:
    ledger = line_days(date(2013, 3, 4), date(2013, 3, 4), lambda _: USUAL)
    for day in ledger:
        for _ in range(9 * SLOTS):
            day.answered_waits.add(10_000)
    found = line_totals(ledger, [], LINE, opened, YEAR)
    assert found.service_level == 0.8
    assert msgspec.structs.replace(found, definitions=counted_within(20, 30)).service_level is None


def test_a_configured_rate_is_contradicted_only_if_the_counted_one_surely_differs() -> None:
    found = line_totals(year(), [], LINE, opened, YEAR)
    assert found.raw.lost_rate == 0.1
    assert found.contradicted == LINE.expected == 0.02
    for expected in (0.09, None):
        plan = msgspec.structs.replace(LINE, expected=expected)
        assert msgspec.structs.replace(found, plan=plan).contradicted is None


def test_the_slots_outside_opening_hours_are_imputed_nothing() -> None:
    plan = msgspec.structs.replace(LINE, correction="impute")
    half, night = (date(2013, 9, 16), date(2013, 9, 30)), slot_at(date(2013, 9, 17), 22)
    ledger = year()
    expected = line_totals(ledger, [incident(*half)], plan, opened, YEAR)
    next(day for day in ledger if day.day == "2013-09-17").slots[night] = CallSlot(offered=90, lost=90)
    found = line_totals(ledger, [incident(*half)], plan, opened, YEAR)
    assert found.method == "impute"
    assert (found.raw, found.corrected) == (expected.raw, expected.corrected)
    assert found.all_raw == found.raw + Counts(offered=90, lost=90)


def test_diverted_calls_are_imputed_in_the_proportion_of_all() -> None:
    diverting = CallSlot(offered=10, answered=6, lost=1, diverted=3, diverted_for={"key": 2, "voicemail": 1})
    plan = msgspec.structs.replace(LINE, correction="impute", agentless=("key",))
    half = (date(2013, 9, 16), date(2013, 9, 30))
    found = line_totals(year(lambda _: diverting), [incident(*half)], plan, opened, YEAR)
    assert found.corrected is not None
    assert (found.method, found.corrected.diverted) == ("impute", found.raw.diverted)
    assert found.corrected_diverted == found.raw_diverted
    assert found.corrected_diverted.agentless == 2 * found.corrected.diverted / 3


def test_a_line_as_a_part_of_a_sum_leaves_out_all_its_calls_if_it_is_withheld() -> None:
    sound = line_totals(year(), [], LINE, opened, YEAR)
    assert (sound.of_all_hours.believed, sound.of_all_hours.left_out) == (sound.all_raw, 0)
    assert sound.at_any_hour.counts == sound.all_corrected == sound.all_raw
    withheld = line_totals(year(), [incident(date(2013, 1, 1), date(2013, 4, 15))], LINE, opened, YEAR)
    part = withheld.of_opening_hours
    assert (part.believed, part.left_out, part.calls_left_out) == (Counts(), withheld.slots, withheld.raw.offered)
    assert (withheld.at_any_hour.counts, withheld.at_any_hour.method) == (None, "unavailable")
