"""Corrected beside raw: raw is what is valid and what is in quarantine, slot by slot."""

from __future__ import annotations

from typing import Any

import pytest

from streams.calls.counts import Counts
from streams.desks.line import Line
from streams.kept.times import QUARTER_MS
from streams.watch.correction import correct, quarantined_slots
from streams.watch.incident import Incident, Judgement
from streams.watch.slot import Slot
from streams.watch.watch import Watch
from tests.streams.watch.telling import A_DAY, DAY, FIRST, RULES, Telling, closed, incidents, opening, slot_no

OPEN_A_DAY = 32


def watch(*days: dict[int, Slot], opened: int | None = None) -> Watch:
    """Return a watch that has these slots, by place, of days."""
    found = Line(RULES).watch
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
    """Return a day of which every open slot counts the same."""
    first = slot_no(opening(number))
    return dict.fromkeys(range(first, first + OPEN_A_DAY), slot)


USUAL = Slot(offered=10, answered=8, lost=1, diverted=1)
RAW = Counts(offered=640, answered=512, lost=64, diverted=64, unresolved=0)
FIRST_PLACE = slot_no(opening(0))


def test_nothing_wrong_leaves_raw_itself() -> None:
    found = correct(RAW, watch(day(0, USUAL), day(1, USUAL)))
    assert (found.counts, found.method, found.coverage, found.quarantined) == (RAW, "none", 1.0, 0)


@pytest.mark.parametrize("more", [{"verdict": "overload", "kind": "overload"}, {"verdict": "undecided"}])
def test_what_is_no_miscount_leaves_raw_itself(more: dict[str, str]) -> None:
    of = watch(day(0, USUAL), day(1, USUAL))
    incident(of, **{"kind": "drift", **more}, first=FIRST_PLACE, last=FIRST_PLACE + 7)
    assert correct(RAW, of).counts == RAW


def test_slots_in_quarantine_are_left_out_and_coverage_says_so() -> None:
    of = watch(day(0, USUAL), day(1, USUAL))
    found = incident(of, "drift", FIRST_PLACE, FIRST_PLACE + 7)
    corrected = correct(RAW, of)
    assert corrected.counts == Counts(offered=560, answered=448, lost=56, diverted=56, unresolved=0)
    assert (corrected.method, corrected.coverage, corrected.quarantined) == ("exclude", 1 - 8 / 64, 8)
    assert quarantined_slots(of) == 8
    found.status = "dismissed"
    assert (correct(RAW, of).counts, quarantined_slots(of)) == (RAW, 0)


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


RECOUNTS = {
    "answered-as-lost": (Slot(offered=10, answered=4, lost=6, talked=3), Counts(20, 11, 9, 0, 0)),
    "multi-leg": (Slot(offered=10, answered=4, lost=6, legs=3), Counts(17, 8, 9, 0, 0)),
    "duplicate": (Slot(offered=10, answered=4, lost=6, copies=4, copies_lost=2), Counts(16, 6, 10, 0, 0)),
    "phantom": (Slot(offered=10, answered=4, lost=6, ghosts=3), Counts(17, 8, 9, 0, 0)),
}


@pytest.mark.parametrize("kind", RECOUNTS)
def test_calls_that_a_law_names_are_recounted(kind: str) -> None:
    slot, expected = RECOUNTS[kind]
    of = watch({FIRST_PLACE: slot, FIRST_PLACE + 1: Slot(offered=10, answered=4, lost=6)})
    incident(of, kind, FIRST_PLACE, FIRST_PLACE)
    corrected = correct(Counts(20, 8, 12, 0, 0), of)
    assert corrected.counts == expected
    assert (corrected.method, corrected.coverage, corrected.quarantined) == ("recount", 1.0, 1)


@pytest.mark.parametrize("kind", [kind for kind in RECOUNTS if kind != "duplicate"])
def test_a_law_that_explains_less_than_half_of_the_lost_leaves_the_slots_out(kind: str) -> None:
    slot = Slot(offered=10, answered=4, lost=6, talked=2, legs=2, ghosts=2)
    of = watch({FIRST_PLACE: slot}, opened=32)
    incident(of, kind, FIRST_PLACE, FIRST_PLACE)
    corrected = correct(Counts(20, 8, 12, 0, 0), of)
    assert (corrected.counts, corrected.method) == (Counts(10, 4, 6, 0, 0), "exclude")


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
    of = watch({FIRST_PLACE: RECOUNTS["phantom"][0], FIRST_PLACE + 1: USUAL}, opened=32)
    incident(of, "phantom", FIRST_PLACE, FIRST_PLACE)
    incident(of, "drift", FIRST_PLACE + 1, FIRST_PLACE + 1)
    corrected = correct(Counts(20, 12, 7, 1, 0), of)
    assert (corrected.counts, corrected.method) == (Counts(7, 4, 3, 0, 0), "exclude")
    assert corrected.coverage == 1 - 1 / 32


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
