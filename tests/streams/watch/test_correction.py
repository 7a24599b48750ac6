"""Corrected beside raw: raw is the sum of valid and quarantined slots."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import default_rng

from streams.calls.counts import Counts
from streams.checks.interval import jeffreys
from streams.desks.line import Line
from streams.kept.times import QUARTER_MS
from streams.questions.sample import WrongShares, sample_of
from streams.watch import quarantine
from streams.watch.correction import Corrected, Interval, Intervals, intervals
from streams.watch.guard import Guard
from streams.watch.incident import Incident, Judgement
from streams.watch.slot import Slot
from streams.watch.thresholds import GATE
from streams.watch.watch import Watch
from tests.streams.questions.test_sample import told
from tests.streams.watch.telling import A_DAY, DAY, FIRST, RULES, Telling, closed, incidents, opening, slot_no

OPEN_A_DAY = 32


def correct(raw: Counts, of: Watch) -> Corrected:
    """Return the corrected counts, whose quarantine can also be known without them."""
    found = quarantine.correct(raw, of)
    assert quarantine.slots_in_quarantine(of) == found.quarantined
    return found


def watch(*days: dict[int, Slot], opened: int | None = None) -> Watch:
    """Return a watch that has these slots, by place, of days."""
    found = Line(msgspec.structs.replace(RULES, expected=0.1)).watch
    for number, day in enumerate(days):
        found.state.days[number] = day
    found.state.due = slot_no(FIRST + len(days) * DAY)
    found.state.opened = OPEN_A_DAY * len(days) if opened is None else opened
    return found


def incident(of: Watch, kind: str, first: int, last: int, **more: Any) -> Incident:
    """Put slots, the last one included, into an incident."""
    start, end = first * QUARTER_MS, (last + 1) * QUARTER_MS
    given: dict[str, Any] = {"kind": kind, "verdict": "miscount", **more}
    return of.incidents.begin(kind, Judgement(**given, evidence=[]), start=start, now=end, calls=1)


def day(number: int, slot: Slot) -> dict[int, Slot]:
    """Return a day with the same counts in every open slot."""
    first = slot_no(opening(number))
    return dict.fromkeys(range(first, first + OPEN_A_DAY), slot)


USUAL = Slot(offered=10, answered=8, lost=1, diverted=1)
RAW = Counts(offered=640, answered=512, lost=64, diverted=64, unresolved=0)
FIRST_PLACE = slot_no(opening(0))


def test_nothing_wrong_leaves_raw_itself() -> None:
    found = correct(RAW, watch(day(0, USUAL), day(1, USUAL)))
    assert (found.counts, found.method, found.coverage, found.quarantined) == (RAW, "none", 1.0, 0)


def test_what_is_no_miscount_leaves_raw_itself() -> None:
    of = watch(day(0, USUAL), day(1, USUAL))
    incident(of, kind="overload", verdict="overload", first=FIRST_PLACE, last=FIRST_PLACE + 7)
    assert correct(RAW, of).counts == RAW


def test_slots_in_quarantine_are_left_out_and_coverage_says_so() -> None:
    of = watch(day(0, USUAL), day(1, USUAL))
    found = incident(of, "drift", FIRST_PLACE, FIRST_PLACE + 7)
    corrected = correct(RAW, of)
    assert corrected.counts == Counts(offered=560, answered=448, lost=56, diverted=56, unresolved=0)
    assert (corrected.method, corrected.coverage, corrected.quarantined) == ("exclude", 1 - 8 / 64, 8)
    found.status = "dismissed"
    assert (correct(RAW, of).counts, correct(RAW, of).quarantined) == (RAW, 0)


def test_raw_is_valid_and_quarantined_slot_by_slot() -> None:
    slots = {slot_no: Slot(slot_no % 5 + slot_no % 3, slot_no % 5, slot_no % 3) for slot_no in day(0, USUAL)}
    of = watch(slots)
    incident(of, "drift", FIRST_PLACE + 3, FIRST_PLACE + 9)
    whole, valid = Slot(), Slot()
    for each, slot in slots.items():
        whole.add(slot)
        if not FIRST_PLACE + 3 <= each <= FIRST_PLACE + 9:
            valid.add(slot)
    raw = Counts(whole.offered, whole.answered, whole.lost, 0, 0)
    assert correct(raw, of).counts == Counts(valid.offered, valid.answered, valid.lost, 0, 0)


WRONG = Slot(offered=20, answered=8, lost=11, diverted=1)
MENDED = {
    "answered-as-lost": ({"talked": 9}, Counts(20, 17, 2, 1, 0)),
    "multi-leg": ({"legs": 10}, Counts(10, 8, 1, 1, 0)),
    "duplicate": ({"copies": 11, "copies_lost": 9}, Counts(9, 6, 2, 1, 0)),
    "phantom": ({"ghosts": 10}, Counts(10, 8, 1, 1, 0)),
}
SOUND_DAYS = [day(number, USUAL) for number in range(1, 13)]
SOUND = Counts(offered=3840, answered=3072, lost=384, diverted=384, unresolved=0)


@pytest.mark.parametrize("kind", MENDED)
def test_calls_that_a_law_names_are_recounted(kind: str) -> None:
    named, mended = MENDED[kind]
    wrong = replace(WRONG, **named)
    of = watch(day(0, USUAL) | {FIRST_PLACE: wrong}, *SOUND_DAYS)
    incident(of, kind, FIRST_PLACE, FIRST_PLACE)
    beside = Counts(310, 248, 31, 31, 0) + SOUND
    corrected = correct(Counts.of(wrong) + beside, of)
    assert corrected.counts == mended + beside
    assert (corrected.method, corrected.coverage, corrected.quarantined) == ("recount", 1.0, 1)


@pytest.mark.parametrize("kind", [kind for kind in MENDED if kind != "duplicate"])
def test_a_law_that_explains_less_than_half_of_the_lost_leaves_the_slots_out(kind: str) -> None:
    slot = Slot(offered=10, answered=4, lost=6, talked=2, legs=2, ghosts=2)
    of = watch({FIRST_PLACE: slot}, opened=32)
    incident(of, kind, FIRST_PLACE, FIRST_PLACE)
    corrected = correct(Counts(20, 13, 7, 0, 0), of)
    assert (corrected.counts, corrected.method) == (Counts(10, 9, 1, 0, 0), "exclude")


def test_what_came_in_closed_hours_is_taken_out_at_no_cost_of_coverage() -> None:
    night = slot_no(FIRST + 22 * 3600)
    of = watch({**day(0, USUAL), night: Slot(offered=5, lost=4, answered=1)})
    incident(of, "closed-hours", FIRST_PLACE, night)
    corrected = correct(Counts(325, 257, 36, 32, 0), of)
    assert corrected.counts == Counts(320, 256, 32, 32, 0)
    assert (corrected.method, corrected.coverage, corrected.quarantined) == ("recount", 1.0, 0)


@pytest.mark.parametrize(("slots", "method"), [(8, "exclude"), (9, "unavailable")])
def test_below_three_quarters_nothing_is_published(slots: int, method: str) -> None:
    of = watch(day(0, USUAL))
    incident(of, "drift", FIRST_PLACE, FIRST_PLACE + slots - 1)
    corrected = correct(RAW, of)
    assert (corrected.method, corrected.coverage) == (method, 1 - slots / 32)
    assert (corrected.counts is None) == (method == "unavailable")


def test_a_recount_beside_an_exclusion_is_an_exclusion() -> None:
    wrong = replace(WRONG, ghosts=10)
    of = watch(day(0, USUAL) | {FIRST_PLACE: wrong}, *SOUND_DAYS)
    incident(of, "phantom", FIRST_PLACE, FIRST_PLACE)
    incident(of, "drift", FIRST_PLACE + 1, FIRST_PLACE + 1)
    corrected = correct(Counts.of(wrong) + Counts(310, 248, 31, 31, 0) + SOUND, of)
    assert (corrected.counts, corrected.method) == (Counts(310, 248, 31, 31, 0) + SOUND, "exclude")
    assert corrected.coverage == 1 - 1 / (13 * 32)


def test_a_recount_that_leaves_what_the_line_never_has_is_left_out() -> None:
    """Half of the losses are named, and the rest would be four times the usual rate."""
    wrong = Slot(offered=10, answered=2, lost=8, ghosts=4)
    of = watch(day(0, wrong), *SOUND_DAYS)
    incident(of, "phantom", FIRST_PLACE, FIRST_PLACE + 31)
    corrected = correct(Counts(320, 64, 256, 0, 0) + SOUND, of)
    assert (corrected.counts, corrected.method, corrected.coverage) == (SOUND, "exclude", 1 - 1 / 13)
    assert corrected.guard is None


def test_where_the_recount_is_no_figure_and_too_little_is_left_nothing_is_published() -> None:
    wrong = Slot(offered=10, answered=2, lost=8, ghosts=4)
    of = watch(*(day(number, wrong) for number in range(8)), *(day(number, USUAL) for number in range(8, 20)))
    incident(of, "phantom", FIRST_PLACE, slot_no(opening(7)) + 31)
    corrected = correct(Counts(2560, 512, 2048, 0, 0) + SOUND, of)
    assert (corrected.counts, corrected.method, corrected.guard) == (None, "unavailable", Guard("recount"))


def test_counts_that_do_not_add_up_are_withheld() -> None:
    of = watch(day(0, USUAL), day(1, USUAL))
    assert correct(Counts(640, 512, 64, 64, 3), of).guard == Guard("counts")
    incident(of, "drift", FIRST_PLACE, FIRST_PLACE + 7)
    assert correct(Counts(640, 575, 1, 64, 0), of).guard == Guard("counts"), "fewer were lost than the slots hold"


def test_a_line_without_a_baseline_has_no_figure() -> None:
    of = Line(msgspec.structs.replace(RULES, expected=None)).watch
    of.state.opened, of.state.due = 64, slot_no(FIRST + 2 * DAY)
    corrected = correct(RAW, of)
    assert (corrected.counts, corrected.method, corrected.guard) == (None, "unavailable", Guard("no baseline"))
    of.state.typical.days = 9.0
    assert correct(RAW, of).counts == RAW


def doubted(slot: Slot, **more: Any) -> tuple[Counts, Watch, Incident]:
    """Return a line of thirteen days with an undecided first one."""
    of = watch(day(0, slot), *SOUND_DAYS)
    found = incident(of, "drift", FIRST_PLACE, FIRST_PLACE + 31, verdict="undecided")
    for name, value in more.items():
        setattr(found, name, value)
    raw = sum((Counts.of(slot) for _ in range(OPEN_A_DAY)), SOUND)
    return raw, of, found


def test_while_nobody_knows_what_goes_on_nothing_is_published() -> None:
    raw, of, found = doubted(USUAL)
    assert correct(raw, of).guard == Guard("undecided", found.start)


def test_a_doubt_that_moves_nothing_is_published_and_widens_the_interval() -> None:
    raw, of, found = doubted(Slot(offered=2, answered=2), over=True, status="closed")
    corrected, alone = correct(raw, of), correct(SOUND, watch(*SOUND_DAYS))
    assert (corrected.counts, corrected.method, corrected.guard) == (raw, "none", None)
    bounds, others = corrected.intervals.underlying, alone.intervals.underlying
    assert bounds is not None
    assert others is not None
    assert bounds.low < others.low < 0.1 < others.high == bounds.high
    raw, of, found = doubted(Slot(offered=10, answered=2, lost=8), over=True, status="closed")
    assert correct(raw, of).guard == Guard("undecided", found.start)


@pytest.mark.parametrize(("status", "method"), [("dismissed", "none"), ("confirmed", "exclude")])
def test_a_person_settles_a_doubt(status: str, method: str) -> None:
    raw, of, _ = doubted(Slot(offered=10, answered=2, lost=8), status=status)
    corrected = correct(raw, of)
    assert (corrected.method, corrected.counts) == (method, raw if method == "none" else SOUND)


def test_a_doubt_outlives_the_days_that_are_kept() -> None:
    of = watch(*SOUND_DAYS)
    of.state.opened = 13 * OPEN_A_DAY
    found = incident(of, "drift", FIRST_PLACE, FIRST_PLACE + 31, verdict="undecided")
    found.over, found.status = True, "closed"
    of.state.mended[found.id] = Slot(offered=320, answered=64, lost=256)
    of.state.quarantined[found.id] = OPEN_A_DAY
    raw = Counts(320, 64, 256, 0, 0) + SOUND
    assert correct(raw, of).guard == Guard("undecided", found.start)
    found.status = "confirmed"
    assert (correct(raw, of).counts, correct(raw, of).method) == (SOUND, "exclude")


def test_the_interval_is_of_the_rate_underneath_and_what_was_realised_is_said_apart() -> None:
    of = watch(day(0, USUAL), *SOUND_DAYS)
    raw = Counts(320, 256, 32, 32, 0) + SOUND
    whole = correct(raw, of).intervals
    binomial = jeffreys(raw.lost, raw.offered)
    assert whole.underlying is not None
    assert binomial is not None
    # Of days that are correlated by .03, 320 calls a day carry as much information as 30.
    assert 2.5 < (whole.underlying.high - whole.underlying.low) / (binomial[1] - binomial[0]) < 3.5
    assert whole.realised == (0.1, 0.1)
    incident(of, "drift", FIRST_PLACE, FIRST_PLACE + 31)
    left = correct(raw, of).intervals
    assert left.underlying is not None
    assert left.realised is not None
    assert left.underlying.low < left.realised.low < 0.1 < left.realised.high < left.underlying.high


@pytest.mark.parametrize("coverage", [0.75, 0.4])
def test_the_rate_of_all_calls_lies_in_the_realised_interval_19_times_in_20(coverage: float) -> None:
    calls, years, within = 4_000, 1_000, 0
    known = round(coverage * calls)
    lost = default_rng(7).binomial([known, calls - known], 0.1, (years, 2))
    for of_known, left_out in lost.tolist():
        realised = intervals(of_known / known, known, coverage).realised
        assert realised is not None
        within += realised.low <= (of_known + left_out) / calls <= realised.high
    assert within / years == pytest.approx(0.95, abs=0.02)


def test_no_call_has_no_rate() -> None:
    assert Counts(0, 0, 0, 0, 0).lost_rate is None
    assert Counts(8, 6, 2, 0, 0).lost_rate == 0.25


def test_a_quarantine_outlives_the_days_that_are_kept() -> None:
    told = Telling()
    for number in range(60):
        told.day(number)
    for number in range(6):
        told.call("lost", opening(5) + number * 300 + 30, talk=60)
    line = closed(told.folded())
    state = line.state.watch
    assert [each.kind for each in incidents(line)] == ["answered-as-lost"]
    assert min(state.days) > (FIRST + 5 * DAY) // DAY + 719_163
    corrected = correct(Counts(60 * 96 + 6, 60 * 95, 66, 0, 0), line.watch)
    assert corrected.counts == Counts(60 * 96 + 6, 60 * 95 + 6, 60, 0, 0)
    assert (corrected.method, corrected.quarantined) == ("recount", 2)
    assert state.opened == 60 * OPEN_A_DAY
    assert A_DAY == 3 * OPEN_A_DAY


def test_an_exclusion_that_leaves_a_rate_far_above_the_line_is_withheld() -> None:
    bad = Slot(offered=10, answered=6, lost=3, diverted=1)  # the miscount reaches into days that it does not name
    of = watch(*[day(number, bad) for number in range(12)])
    incident(of, "drift", FIRST_PLACE, FIRST_PLACE + OPEN_A_DAY - 1)
    raw = Counts(3840, 2304, 1152, 384, 0)
    corrected = correct(raw, of)
    assert (corrected.counts, corrected.guard) == (None, Guard("above the prior"))
    of.incidents.kept[0].status = "dismissed"
    assert correct(raw, of).counts == raw, "without a miscount the line may be that bad"


def sampled(wrong_days: int, sample: WrongShares | None, *more: tuple[str, int, int]) -> tuple[Counts, Watch]:
    """Return a line with days that no law explains, and persons' answers about them; `more` are other incidents."""
    of = watch(*(day(number, WRONG) for number in range(wrong_days)), *(day(number, USUAL) for number in range(8, 20)))
    incident(of, "drift", FIRST_PLACE, slot_no(opening(wrong_days - 1)) + 31).sample = sample
    for kind, first, last in more:
        incident(of, kind, first, last)
    wrong = sum((Counts.of(WRONG) for _ in range(OPEN_A_DAY * wrong_days)), Counts())
    return wrong + SOUND, of


def test_answers_about_a_sample_give_a_figure_if_too_little_is_left_without_its_calls() -> None:
    assert correct(*sampled(8, None)).guard == Guard("coverage")
    found = correct(*sampled(8, WrongShares(lost=0.9, of_lost=40)))
    wrong = round(8 * 32 * 11 * 0.9)
    assert found.counts == Counts(8 * 640, 8 * 256 + wrong, 8 * 352 - wrong, 8 * 32, 0) + SOUND
    assert (found.method, found.coverage, found.quarantined) == ("sample", 1.0, 8 * OPEN_A_DAY)
    few = correct(*sampled(8, WrongShares(lost=0.9, of_lost=38)))
    bounds, wider = found.intervals.underlying, few.intervals.underlying
    assert bounds is not None
    assert wider is not None
    assert wider.high - wider.low > bounds.high - bounds.low, "fewer answers, a wider interval"


def test_an_estimate_from_too_few_answers_is_withheld_unless_enough_is_left_without_its_calls() -> None:
    answered = WrongShares(lost=0.9, of_lost=40, others=0.3, of_others=2)
    found = correct(*sampled(8, answered))
    assert (found.counts, found.method, found.guard) == (None, "unavailable", Guard("answers"))
    assert correct(*sampled(1, answered)).method == "exclude"


@given(wrong=st.integers(0, 12), right=st.integers(0, 12), missed=st.integers(0, 3), others=st.integers(0, 8))
def test_no_published_estimate_has_an_interval_wider_than_the_bound(
    wrong: int, right: int, missed: int, others: int
) -> None:
    drawn = [*told("lost", right, wrong), *told("answered", others, missed)]
    found = correct(*sampled(8, sample_of(drawn, {"lost": 2_816, "answered": 2_048})))
    if found.counts is None:
        assert found.guard in {Guard("answers"), Guard("coverage")}
    else:
        bounds = found.intervals.underlying
        assert bounds is not None
        assert found.method == "sample"
        assert bounds.high - bounds.low <= GATE.widest


def test_a_sample_does_not_replace_a_figure_without_its_calls_that_is_more_precise() -> None:
    found = correct(*sampled(1, WrongShares(lost=0.9, of_lost=40)))
    assert (found.counts, found.method, found.coverage) == (SOUND, "exclude", 1 - 1 / 13)


def test_a_sample_is_no_figure_if_other_miscounts_leave_too_little() -> None:
    first = slot_no(opening(8))
    raw, of = sampled(8, WrongShares(lost=0.9, of_lost=40), ("missing", first, slot_no(opening(13)) + 31))
    assert correct(raw, of).guard == Guard("coverage")
    of.incidents.kept[1].status = "dismissed"
    assert correct(raw, of).method == "sample"


def test_an_interval_widens_by_what_a_sample_leaves_open_and_stays_a_share() -> None:
    alone = Intervals(Interval(0.07, 0.14), None)
    assert alone.widened(None, 0.4, 0.4) == alone
    wide = alone.widened(0.1, 0.04, 0.03).underlying
    assert wide is not None
    assert tuple(wide) == pytest.approx((0.1 - 0.05, 0.1 + 0.05))
    assert alone.widened(0.1, 0.5, 2.0) == Intervals(Interval(0.0, 1.0), None)


def test_the_hull_with_an_unknown_interval_is_the_known_one() -> None:
    known = Intervals(Interval(0.1, 0.2), Interval(0.12, 0.18))
    assert known.hull(Intervals()) == known
    assert known.hull(Intervals(Interval(0.0, 0.15), Interval(0.13, 0.4))) == ((0.0, 0.2), (0.12, 0.4))
