"""Differences of two records are reported unless a witness that loses a few calls explains them."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from msgspec.structs import replace

from streams.desks.line import Line
from streams.desks.line_witness_state import LineWitnessState
from streams.events import milliseconds
from streams.kept.times import DAY_MS, HOUR_MS
from streams.watch.incidents import Incidents
from streams.watch.second_record import FEW, MAX_NAMED, Disputed, SecondRecord
from streams.watch.state import WatchState
from tests.streams.desks.test_line_witness import RULES, Made, events, folded, found, named, office, second, told


def lossy(made: list[Made], share: float, seed: int = 1) -> list[Made]:
    chance = Random(seed)
    return [each for each in made if chance.random() >= share]


def by(own: list[Made], others: list[Made], names: str) -> Line:
    return folded(events(own), second(events(others), names=names))


@pytest.mark.slow
@pytest.mark.parametrize("names", ["", "x"])
@pytest.mark.parametrize("share", [0.005, 0.02])
def test_a_witness_that_loses_a_little_opens_no_incident(share: float, names: str) -> None:
    made = office(60.0, per_hour=10)
    seen = lossy(made, share)
    assert len(seen) < len(made)
    assert not told(by(made, seen, names))


@pytest.mark.parametrize("names", ["", "x"])
def test_a_witness_that_loses_much_is_told_with_its_calls(names: str) -> None:
    made = office(24.0, per_hour=10)
    seen = lossy(made, 0.15)
    line = by(made, seen, names)
    hidden = {each.call for each in set(made) - set(seen)}
    assert {each.cause for each in told(line)} == {"only here"}
    assert named(line) <= hidden
    assert len(named(line)) > 0.6 * len(hidden), "but those among which it seemed silent"


@pytest.mark.slow
@pytest.mark.parametrize("names", ["", "x"])
def test_a_line_that_makes_up_one_call_in_twenty_is_told_though_no_day_shows_it(names: str) -> None:
    chance, made = Random(5), office(150.0, per_hour=10)
    invented = [
        each._replace(call=f"9{each.call:0>6}", at=round(each.at + 100, 1)) for each in made if chance.random() < 0.05
    ]
    line = by(sorted(made + invented, key=lambda each: each.at), made, names)
    (incident, *_) = told(line)
    assert {each.cause for each in told(line)} == {"only here"}
    assert len(incident.evidence[0].calls) >= FEW
    assert named(line) <= {each.call for each in invented}


@pytest.mark.slow
def test_evidence_against_a_witness_that_loses_a_little_is_forgotten() -> None:
    made = office(150.0, per_hour=10)
    line = by(made, lossy(made, 0.02), "")
    assert not told(line)
    state = line.state.witness
    assert state.only_here > FEW
    assert len(state.lacked) < state.only_here


def test_one_call_that_the_line_lacks_is_told_however_few_there_are() -> None:
    made = office(6.0, per_hour=10)
    assert named(by(made[:20] + made[21:], made, "")) == {made[20].call}


def test_a_call_that_the_line_hides_is_told_beside_one_that_the_witness_lost() -> None:
    made = office(6.0, per_hour=24)
    hidden, lost = next(
        (one, other) for one, other in pairwise(made[30:]) if 10 < other.at - one.at < 50 and one.wait < other.wait
    )
    line = by([each for each in made if each != hidden], [each for each in made if each != lost], "x")
    assert named(line) == {f"x{hidden.call}"}


def test_a_clock_that_drifts_overnight_opens_no_incident_in_the_morning() -> None:
    """After each night the records are 15 s farther apart than the last calls of the evening were."""
    made = [
        call._replace(call=f"{day}{call.call:0>3}", at=call.at + 86_400 * day)
        for day in range(5)
        for call in office(8.0, per_hour=10, seed=day)
    ]
    line = Line(RULES)
    own, seen = events(made), []
    for day in range(5):
        some = [each for each in made if each.call.startswith(str(day))]
        seen += second(events(some), 40.0 + 15 * day, names="x", callers=False)
    rows = sorted(
        [*((each.at, 0, each) for each in own), *((each.at, 1, each) for each in seen)], key=lambda row: row[0]
    )
    for at, side, each in rows:
        line.advance(milliseconds(at) - RULES.lateness)
        line.bear(each) if side else line.fold(each)
    line.close(line.state.high)
    assert line.witness is not None
    assert line.witness.state.way == "time"
    assert not told(line)


@pytest.mark.parametrize("witness", ["asterisk-cel", "queue-log"])
@pytest.mark.parametrize("early", [True, False])
def test_callers_who_gave_up_before_the_queue_contradict_no_record(witness: str, *, early: bool) -> None:
    """The record of queues cannot have them, so they count as losses by the other record."""
    made = office(24.0, per_hour=10)
    menu = [
        each._replace(call=f"9{each.call:0>6}", at=round(each.at + 100, 1), wait=9.0, kind="lost") for each in made[::9]
    ]
    channels, queues = events([*made, *menu]), events(made)
    for event in channels:
        event.before_queue = early and event.type == "lost" and len(event.call) > 6
    for told_by, source in ((channels, "asterisk-cel"), (queues, "queue-log")):
        for event in told_by:
            event.source = source
    sides = (queues, channels) if witness == "asterisk-cel" else (channels, queues)
    line = folded(*sides, rules=replace(RULES, witness=witness))
    assert {each.cause for each in told(line)} == (
        set() if early else {"only there" if witness == "asterisk-cel" else "only here"}
    )
    assert found(line).best.lost == sum(each.kind == "lost" for each in [*made, *menu])


def only_there(at: int, call: str = "") -> Disputed:
    """Return a call that the line surely lacks, at a moment (ms)."""
    return Disputed("only there", at, at, call or f"{at}", sure=True)


def records() -> tuple[SecondRecord, Incidents]:
    incidents = Incidents("accueil", WatchState())
    return SecondRecord(LineWitnessState(), incidents), incidents


def test_an_incident_of_two_records_closes_after_a_day_without_a_difference() -> None:
    record, incidents = records()
    record.tell([only_there(10 * HOUR_MS), only_there(11 * HOUR_MS)], 0)
    (found,) = incidents.kept
    end = 11 * HOUR_MS + HOUR_MS // 4
    assert (found.start, found.end) == (10 * HOUR_MS, end)
    record.close(end + DAY_MS)
    assert not found.over
    record.close(end + DAY_MS + 1)
    assert found.over


def test_a_difference_more_than_a_day_later_closes_the_incident_and_begins_another() -> None:
    record, incidents = records()
    record.tell([only_there(10 * HOUR_MS), only_there(40 * HOUR_MS)], 0)
    assert [(each.start, each.over) for each in incidents.kept] == [(10 * HOUR_MS, True), (40 * HOUR_MS, False)]


def test_an_incident_names_so_many_calls_and_the_next_one_begins_another() -> None:
    record, incidents = records()
    record.tell([only_there(10 * HOUR_MS, f"{number:03}") for number in range(MAX_NAMED + 1)], 0)
    assert [(len(each.evidence[0].calls), each.over) for each in incidents.kept] == [(MAX_NAMED, True), (1, False)]


def test_calls_that_the_witness_lacks_day_after_day_extend_the_incident_that_is_open() -> None:
    record, incidents = records()
    for day in range(2):
        for hour in range(12):
            at = day * DAY_MS + hour * HOUR_MS
            record.settle(at, Disputed("only here", at, at, f"{at}", sure=False), at)
    (found,) = incidents.kept
    assert found.cause == "only here"
    assert found.end > DAY_MS
    assert len(found.evidence[0].calls) > 12
