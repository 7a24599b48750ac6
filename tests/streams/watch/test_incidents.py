"""Incidents have permanent ids, are bounded in number, and quarantine only miscounted slots."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from streams.kept.times import QUARTER_MS, utc_day
from streams.watch.facts import CounterOff
from streams.watch.incident import Evidence, Incident, Judgement
from streams.watch.incidents import (
    MAX_KEPT,
    UNDECIDED,
    Incidents,
    awaits,
    counted_wrong,
    keep_slots,
    quarantined_slots,
    unjudged_since,
)
from streams.watch.slot import Slot
from streams.watch.state import WatchState

HOUR = 4 * QUARTER_MS


def begun(incidents: Incidents, start: int = HOUR, end: int = 2 * HOUR, cause: str = "rise", **more: Any) -> Incident:
    """Return an incident of an hour."""
    given = {"kind": "drift", "verdict": "miscount", **more}
    return incidents.begin(cause, Judgement(**given, evidence=[]), start=start, now=end, calls=7)


def test_the_id_tells_line_moment_and_cause() -> None:
    found = begun(Incidents("circulation", WatchState()), 1_359_450_000_000, cause="copied rows")
    assert found.id == "circulation-20130129T090000Z-copied-rows"


def test_no_two_incidents_share_an_id() -> None:
    incidents = Incidents("circulation", WatchState())
    found = [begun(incidents).id for _ in range(3)]
    assert found == ["circulation-19700101T010000Z-rise" + end for end in ("", "-2", "-3")]


def test_an_incident_is_found_by_its_cause_while_it_is_open() -> None:
    incidents = Incidents("circulation", WatchState())
    found = begun(incidents)
    assert incidents.by_cause("fall", "rise") is found
    assert incidents.by_cause("fall") is None
    found.close()
    assert incidents.by_cause("rise") is None


def test_those_that_ended_longest_ago_go_first_and_an_open_one_stays() -> None:
    incidents = Incidents("circulation", WatchState())
    still_open = begun(incidents, cause="fall")
    for number in range(MAX_KEPT + 5):
        begun(incidents, end=(1000 - number) * HOUR).close()
    assert len(incidents.kept) == MAX_KEPT
    assert still_open in incidents.kept
    ends = [each.end for each in incidents.kept if each.status == "closed"]
    assert max(ends) == 1000 * HOUR, "the one that ended last stays, though it began first"


@pytest.mark.parametrize(
    ("verdict", "status", "wrong"),
    [
        ("miscount", "open", True),
        ("miscount", "closed", True),
        ("miscount", "confirmed", True),
        ("miscount", "dismissed", False),
        ("undecided", "open", False),
        ("undecided", "closed", False),
        ("undecided", "confirmed", True),
        ("undecided", "dismissed", False),
        ("overload", "open", False),
        ("overload", "confirmed", False),
        ("overload", "dismissed", False),
    ],
)
def test_quarantine_is_of_miscounts_that_nobody_dismissed(verdict: str, status: str, *, wrong: bool) -> None:
    incidents = Incidents("circulation", WatchState())
    found = begun(incidents, verdict=verdict)
    found.status = status  # type: ignore[assignment]  # one of those above
    assert counted_wrong(found) == wrong
    assert (incidents.covering(4, open=True) is found) == wrong


def test_the_slots_that_an_incident_touches_are_covered() -> None:
    incidents = Incidents("circulation", WatchState())
    begun(incidents, HOUR + 1, 2 * HOUR + 1)
    assert [slot_no for slot_no in range(20) if incidents.covering(slot_no, open=True)] == [4, 5, 6, 7, 8]
    assert incidents.covering(5, open=False) is None


def test_closed_hours_cover_closed_slots_alone() -> None:
    incidents = Incidents("circulation", WatchState())
    found = begun(incidents, cause="closed hours", kind="closed-hours")
    assert incidents.covering(5, open=False) is found
    assert incidents.covering(5, open=True) is None


@pytest.mark.parametrize(
    ("incident", "explains"),
    [
        ({}, True),
        ({"verdict": "undecided"}, True),
        ({"verdict": "overload", "kind": "overload"}, False),
        ({"kind": "closed-hours"}, False),
        ({"cause": "counter of calls lost", "kind": "missing"}, False),
    ],
)
def test_only_events_of_opening_hours_that_may_be_miscounted_explain_what_else_looks_wrong(
    incident: dict[str, Any], *, explains: bool
) -> None:
    incidents = Incidents("circulation", WatchState())
    begun(incidents, **incident)
    assert incidents.explain(HOUR, 2 * HOUR) is explains
    assert not incidents.explain(2 * HOUR, 3 * HOUR)


@pytest.mark.parametrize(
    ("verdict", "status", "waits"),
    [
        ("miscount", "open", True),
        ("overload", "open", True),
        ("miscount", "closed", True),
        ("undecided", "closed", True),
        ("overload", "closed", False),
        ("miscount", "confirmed", False),
        ("undecided", "dismissed", False),
    ],
)
def test_what_decides_the_figures_awaits_a_person_also_once_it_is_over(
    verdict: str, status: str, *, waits: bool
) -> None:
    incident = begun(Incidents("standard", WatchState()))
    incident.verdict, incident.status = verdict, status  # type: ignore[assignment]  # as the table has them
    assert awaits(incident) is waits
    incident.cause = "counter of calls lost"
    assert awaits(incident) is (status == "open"), "what only a counter says is in no figure"


def test_evidence_reads_the_same_after_a_restart() -> None:
    evidence = Evidence("counter of calls offered", -1, 0, 0.0, CounterOff("reset", "offered", -1, 735_000, 9))
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(evidence), type=Evidence)
    assert msgspec.json.encode(again) == msgspec.json.encode(evidence)


def test_the_slots_in_quarantine_are_those_that_miscounts_touch() -> None:
    incidents = Incidents("circulation", WatchState())
    begun(incidents, HOUR + 1, 2 * HOUR + 1)
    begun(incidents, 5 * HOUR, 6 * HOUR, verdict="undecided", cause="fall")
    assert quarantined_slots(incidents.kept, utc_day, None) == {4, 5, 6, 7, 8}


def test_only_opening_hours_of_every_day_of_a_miscount_are_in_quarantine() -> None:
    day = 24 * HOUR
    incidents = Incidents("circulation", WatchState())
    begun(incidents, 10 * HOUR, day + 9 * HOUR)
    hours = {utc_day(number * day): [(number * day + 9 * HOUR, number * day + 11 * HOUR)] for number in range(3)}
    found = quarantined_slots(incidents.kept, utc_day, hours.__getitem__)
    assert found == {*range(4 * 10, 4 * 11)}, "the second day opens only as it ends"
    incidents.kept[0].end += QUARTER_MS
    assert quarantined_slots(incidents.kept, utc_day, hours.__getitem__) == {*range(4 * 10, 4 * 11), 4 * 33}


@pytest.mark.parametrize(
    ("verdict", "status", "kept"),
    [
        ("miscount", "closed", "drift"),
        ("undecided", "closed", UNDECIDED),
        ("miscount", "dismissed", None),
        ("overload", "closed", None),
    ],
)
def test_the_slots_of_a_dropped_incident_stay_in_quarantine_under_its_kind(
    verdict: str, status: str, kept: str | None
) -> None:
    state = WatchState()
    dropped = begun(Incidents("circulation", state), verdict=verdict)
    dropped.status = status  # type: ignore[assignment]  # as the table has them
    for _ in range(2):
        state.quarantined[dropped.id] = 3
        state.mended[dropped.id] = Slot(offered=10, lost=4)
        keep_slots(state, dropped)
    assert state.quarantined == ({} if kept is None else {kept: 6})
    sums = {kind: (slot.offered, slot.lost) for kind, slot in state.mended.items()}
    assert sums == ({} if kept is None else {kept: (20, 8)})


def test_only_an_incident_that_moves_figures_leaves_unjudged_calls_out() -> None:
    found = begun(Incidents("circulation", WatchState()))
    found.judged_until = 3 * HOUR
    assert unjudged_since(found) == 3 * HOUR
    found.status = "dismissed"
    assert unjudged_since(found) is None
