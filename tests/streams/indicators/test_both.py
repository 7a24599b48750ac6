"""A year of a line with a witness: covered slots count by both records, the rest is estimated."""

from __future__ import annotations

from datetime import date

import msgspec

from streams.calls.counts import Counts
from streams.indicators.both import slots_of, witness_totals
from streams.indicators.line import LineTotals, line_totals
from streams.indicators.period import Period
from streams.ledger.day import BothSlot, CallSlot, LineDay, WitnessDay
from streams.watch.guard import Guard
from streams.watch.incident import Incident
from tests.streams.indicators.telling import LINE, SLOTS, days, incident, line_days, opened

YEAR = Period.of_year(2013)
COUNTED = CallSlot(offered=6, answered=5, lost=1)
TRUE = BothSlot(offered=10, answered=5, lost=5)  # four more were turned away
ALWAYS = incident(YEAR.first, YEAR.last, kind="missing", cause="only there")
DAYS = len(days(YEAR.first, YEAR.last))


def witnessed(first: date = YEAR.first, last: date = YEAR.last, slot: BothSlot = TRUE) -> list[WitnessDay]:
    """Return each working day of a period as the line and its witness record it."""
    found = []
    for day in days(first, last):
        own = sorted(opened(day))
        found.append(
            WitnessDay(
                id="lozere/circulation",
                day=day.isoformat(),
                source="cel",
                covered=[(own[0], own[-1] + 1)],
                slots=dict.fromkeys(own, slot) if slot.offered else {},
                told=Counts(10 * len(own), 5 * len(own), 5 * len(own)),
                matched=6 * len(own),
                only_there=4 * len(own),
            )
        )
    return found


def year(slot: CallSlot = COUNTED) -> list[LineDay]:
    return line_days(YEAR.first, YEAR.last, lambda _: slot)


def totals(told: list[WitnessDay], *known: Incident, guard: Guard | None = None) -> LineTotals:
    return line_totals(year(), known, LINE, opened, YEAR, guard, told)


def test_a_line_that_always_turns_callers_away_has_its_year_by_both_records() -> None:
    assert totals([], ALWAYS).method == "unavailable"
    found = totals(witnessed(), ALWAYS)
    slots = SLOTS * DAYS
    assert (found.method, found.coverage, found.guard) == ("witness", 1.0, None)
    assert found.corrected == found.all_corrected == Counts(10 * slots, 5 * slots, 5 * slots)
    assert found.raw == Counts(6 * slots, 5 * slots, slots)
    assert found.in_quarantine == slots
    assert found.incidents == [ALWAYS.id]
    assert {month.rates("lost_rate")[1] for month in found.months} == {0.5}
    assert found.witness is not None
    assert (found.witness.source, found.witness.only_there, found.witness.coverage) == ("cel", 4 * slots, 1.0)


def test_days_without_the_witness_count_as_inferred_and_coverage_says_so() -> None:
    begun = date(2013, 2, 1)
    before = len(days(YEAR.first, date(2013, 1, 31)))
    known = incident(begun, YEAR.last, kind="missing", cause="only there")
    found = totals(witnessed(begun), known)
    assert found.method == "witness"
    assert found.coverage == (DAYS - before) / DAYS
    assert found.corrected == Counts(
        SLOTS * (6 * before + 10 * (DAYS - before)), SLOTS * 5 * DAYS, SLOTS * (before + 5 * (DAYS - before))
    )
    assert found.months[0].corrected == found.months[0].raw


def test_a_miscount_outside_of_the_witness_is_left_out_as_ever() -> None:
    gap = date(2013, 2, 4), date(2013, 2, 8)
    told = [each for each in witnessed() if not gap[0].isoformat() <= each.day <= gap[1].isoformat()]
    found = totals(told, incident(*gap))
    out = len(days(*gap))
    assert (found.method, found.coverage) == ("witness", 1 - out / DAYS)
    assert found.corrected == Counts(SLOTS * 10 * (DAYS - out), SLOTS * 5 * (DAYS - out), SLOTS * 5 * (DAYS - out))


def test_a_witness_of_a_part_of_the_year_that_is_too_short_corrects_nothing() -> None:
    autumn = witnessed(date(2013, 10, 1))
    assert msgspec.structs.replace(totals(autumn), witness=None) == totals([])
    found = totals(autumn)
    assert found.witness is not None
    assert 0.2 < found.witness.coverage < 0.3


def test_the_witness_is_believed_whatever_else_would_withhold_the_figure() -> None:
    doubt = incident(date(2013, 9, 2), date(2013, 9, 30), verdict="undecided")
    for known, guard in (([doubt], None), ([], Guard("no baseline"))):
        assert totals([], *known, guard=guard).corrected is None
        found = totals(witnessed(), *known, guard=guard)
        assert (found.method, found.coverage, found.undecided) == ("witness", 1.0, False)


def test_a_silence_that_neither_record_breaks_stays_one() -> None:
    stretch = date(2013, 9, 2), date(2013, 9, 6)
    silence = incident(*stretch, kind="missing", cause="silence")
    out = len(days(*stretch))
    nothing = witnessed(*stretch, slot=BothSlot())
    others = [each for each in witnessed() if each.day not in {quiet.day for quiet in nothing}]
    assert totals(others + nothing, silence).coverage == 1 - out / DAYS
    assert totals(witnessed(), silence).coverage == 1.0


def test_a_call_that_the_witness_alone_has_in_closed_hours_counts_at_any_hour() -> None:
    (day,) = witnessed(date(2013, 9, 2), date(2013, 9, 2))
    night = min(opened(date(2013, 9, 2))) - 8
    day.covered.insert(0, (night, night + 1))
    day.slots[night] = BothSlot(offered=2, lost=2)
    period = Period(date(2013, 9, 2), date(2013, 9, 2))
    own = [each for each in year() if each.day == "2013-09-02"]
    found = line_totals(own, [], LINE, opened, period, witnessed=[day])
    assert found.corrected == Counts(10 * SLOTS, 5 * SLOTS, 5 * SLOTS)
    assert found.all_corrected == Counts(10 * SLOTS + 2, 5 * SLOTS, 5 * SLOTS + 2)


def test_only_covered_slots_say_anything_and_an_empty_one_says_that_nobody_called() -> None:
    day = WitnessDay(id="lozere/circulation", day="2013-09-02", covered=[(4, 6)], slots={5: TRUE})
    assert slots_of([day]) == {4: Counts(), 5: Counts(10, 5, 5)}
    assert witness_totals([], 0.0) is None
