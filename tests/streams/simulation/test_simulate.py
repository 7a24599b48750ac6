"""Simulated events agree with the truth one by one, and are the same for the same seed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

import msgspec
import pytest
from msgspec.structs import replace

from streams.calls.call import ANSWERED, DIVERTED, LOST, UNRESOLVED
from streams.calls.rules import LineRules
from streams.desks.line import Line
from streams.events import CallEvent, Event, milliseconds
from streams.kept.times import DAY_MS
from streams.simulation.faults.mechanisms import MECHANISMS
from streams.simulation.office import LineProfile, Office
from streams.simulation.overload import Overload
from streams.simulation.placing import random_faults, random_overloads
from streams.simulation.simulate import simulate
from streams.simulation.truth import AttemptTotals, TrueAndTold, Truth
from tests.streams.simulation.offices import LINE, OTHER, calls, days, fault, office, readings, run

WEEKS = days(42)
TWO = office(LINE, OTHER)
FINAL = office(replace(LINE, lifecycle="final"))


def counted(events: Sequence[Event], line: str = LINE.line) -> AttemptTotals:
    """Return Tocsin's own count of the events."""
    fold = Line(LineRules(site="lozere", line=line))
    for event in calls(events):
        if event.line == line:
            fold.fold(event)
    fold.advance(milliseconds(events[-1].at) + 2 * DAY_MS)  # all calls have settled
    fold.check()
    return AttemptTotals(fold.state.offered, *map(fold.figures.count, (ANSWERED, LOST, DIVERTED, UNRESOLVED)))


def summed(totals: Sequence[AttemptTotals]) -> AttemptTotals:
    return AttemptTotals(*(sum(column) for column in zip(*map(msgspec.structs.astuple, totals), strict=True)))


def encoded(events: Sequence[Event]) -> bytes:
    return msgspec.json.Encoder().encode_lines(events)


@pytest.mark.slow
def test_the_same_seed_tells_the_same_bytes_and_another_not() -> None:
    faults = random_faults(5, TWO, WEEKS, 3)
    overloads = random_overloads(3, TWO, WEEKS, 3)
    first, again = (run(TWO, WEEKS, faults, overloads, seed=3) for _ in range(2))
    assert encoded(first[0]) == encoded(again[0])
    assert msgspec.json.encode(first[1]) == msgspec.json.encode(again[1])
    assert encoded(run(TWO, WEEKS, faults, overloads, seed=4)[0]) != encoded(first[0])


@pytest.mark.slow
def test_without_faults_truth_told_and_the_fold_agree() -> None:
    events, truth = run(TWO, WEEKS)
    for line, known in truth.lines.items():
        assert known.totals.true == known.totals.told == counted(events, line)
        assert known.totals.true == summed([both.true for both in known.days.values()])
        assert known.totals.true.offered > 1_500
        assert known.totals.true.lost > 0


def test_a_line_tells_the_same_whichever_lines_stand_beside_it() -> None:
    def numberless(events: Sequence[Event]) -> list[CallEvent]:
        return [replace(event, seq=None) for event in calls(events) if event.line == LINE.line]

    assert numberless(run(TWO, WEEKS)[0]) == numberless(run(office(), WEEKS)[0])


def test_events_are_of_the_contract_in_order_unique_and_numbered() -> None:
    events, _ = run(office(LINE, OTHER, readings="interval"), WEEKS)
    for event in events:
        assert msgspec.json.decode(msgspec.json.encode(event), type=type(event)) == event
    assert len({event.id for event in events}) == len(events)
    assert all(milliseconds(first.at) <= milliseconds(then.at) for first, then in pairwise(events))
    numbers = defaultdict(list)
    for event in events:
        numbers[event.source].append(event.seq)
    assert set(numbers) == {"switch", "counter"}
    assert all(found == list(range(len(found))) for found in numbers.values())


def test_a_call_is_told_from_its_offer_to_its_end() -> None:
    events, _ = run(office(), WEEKS)
    by_call = defaultdict(list)
    for event in calls(events):
        by_call[event.call].append(event)
    forms = Counter(tuple(event.type for event in of_call if event.type != "ringing") for of_call in by_call.values())
    assert set(forms) == {("offered", "answered", "ended"), ("offered", "lost"), ("offered", "diverted")}
    ringing = sum(any(event.type == "ringing" for event in of_call) for of_call in by_call.values())
    assert ringing / forms["offered", "answered", "ended"] == pytest.approx(0.3, abs=0.03)
    for offered, *_, last in by_call.values():
        decided = next(event for event in by_call[offered.call] if event.type in {"answered", "lost", "diverted"})
        assert decided.wait == round((milliseconds(decided.at) - milliseconds(offered.at)) / 1000, 3)
        if last.type == "ended":
            assert last.talk == round((milliseconds(last.at) - milliseconds(decided.at)) / 1000, 3)


@pytest.mark.slow
def test_a_final_line_tells_outcomes_alone_and_the_same_truth() -> None:
    events, truth = run(FINAL, WEEKS)
    assert {event.type for event in calls(events)} == {"answered", "lost", "diverted"}
    assert counted(events) == truth.lines[LINE.line].totals.true == run(office(), WEEKS)[1].lines[LINE.line].totals.true


@pytest.mark.slow
@pytest.mark.parametrize("of", [office(), FINAL], ids=["full", "final"])
@pytest.mark.parametrize("mechanism", [name for name, each in MECHANISMS.items() if each.distort is None])
def test_the_fold_counts_what_the_truth_says_was_told(mechanism: str, of: Office) -> None:
    events, truth = run(of, WEEKS, [fault(mechanism, 14, 27, WEEKS)])
    known, injected = truth.lines[LINE.line], truth.faults[0]
    assert counted(events) == known.totals.told == summed([both.told for both in known.days.values()])
    assert known.totals.true == run(of, WEEKS)[1].lines[LINE.line].totals.true
    assert injected.kinds == MECHANISMS[mechanism].kinds
    if not (of is FINAL and mechanism == "ends-missing" and not injected.effect.affected):
        assert injected.effect.affected > 5
        assert injected.effect.first is not None
        assert WEEKS[14].start * 1000 <= injected.effect.first < WEEKS[27].end * 1000
    first = str(WEEKS[14].date)
    before = [both for day, both in known.days.items() if day < first]
    assert all(both.true == both.told for both in before)
    assert injected.episode.before.true.offered == sum(both.true.offered for both in before)
    assert injected.episode.within.true == summed(
        [both.true for day, both in known.days.items() if first <= day <= str(WEEKS[27].date)]
    )


def test_a_fault_leaves_what_is_told_of_other_lines_as_it_was() -> None:
    _, truth = run(TWO, WEEKS, [fault("phantoms", 0, 41, WEEKS)])
    assert truth.lines[OTHER.line].totals.true == truth.lines[OTHER.line].totals.told
    assert truth.lines[LINE.line].totals.told.lost > 2 * truth.lines[LINE.line].totals.true.lost


@pytest.mark.slow
def test_a_fault_and_an_overload_may_overlap() -> None:
    overload = Overload(line=LINE.line, cause="absence", start=WEEKS[7].start, end=WEEKS[20].end, severity=0.7)
    events, truth = run(office(), WEEKS, [fault("lost-missing", 14, 27, WEEKS)], [overload])
    known = truth.lines[LINE.line]
    assert counted(events) == known.totals.told
    assert truth.overloads[0].strong
    assert truth.faults[0].episode.within.told.lost == 0 < truth.faults[0].episode.within.true.lost


def test_a_mild_overload_is_not_strong() -> None:
    overload = Overload(line=LINE.line, cause="rush", start=WEEKS[7].start, end=WEEKS[20].end, severity=1.1)
    _, truth = run(office(), WEEKS, (), [overload])
    assert not truth.overloads[0].strong


def test_silence_of_the_source_leaves_no_gap_and_lost_events_do() -> None:
    def numbers(mechanism: str) -> list[int | None]:
        return [event.seq for event in run(office(), WEEKS, [fault(mechanism, 14, 27, WEEKS)])[0]]

    assert numbers("silent") == list(range(len(numbers("silent"))))
    found = numbers("events-lost")
    assert found == sorted(found, key=lambda number: number or 0)
    assert len(set(range(len(found))) - set(found)) > 0
    late = numbers("events-late")
    assert late != sorted(late, key=lambda number: number or 0)
    assert sorted(late, key=lambda number: number or 0) == list(range(len(late)))


def test_random_places_are_within_the_days_and_within_the_ranges() -> None:
    many = office(LINE, OTHER, readings="cumulative")
    faults, overloads = random_faults(200, many, WEEKS, 1), random_overloads(50, many, WEEKS, 1)
    assert {each.mechanism for each in faults} == set(MECHANISMS)
    for each in faults:
        mildest, worst = sorted(MECHANISMS[each.mechanism].severity[1:])
        assert mildest - 0.001 <= each.severity <= worst + 0.001
    for start, end in [(each.start, each.end) for each in faults] + [(each.start, each.end) for each in overloads]:
        assert WEEKS[0].start <= start < end <= WEEKS[-1].end
    assert not {each.mechanism for each in random_faults(200, TWO, WEEKS, 1)} & {"stuck", "reset", "wrap"}
    assert "overflow" not in {each.cause for each in random_overloads(50, office(), WEEKS, 1)}


def test_what_cannot_be_is_refused_with_what_was_expected() -> None:
    usual = fault("phantoms", 0, 1, WEEKS)
    for wrong, says in (
        (replace(usual, mechanism="ghosts"), "mechanism 'ghosts' is unknown; expected one of answered-as-lost"),
        (replace(usual, line="x"), "line 'x' is none of the office's: circulation"),
        (fault("stuck", 0, 1, WEEKS), "stuck is a fault of the readings; expected readings"),
    ):
        with pytest.raises(ValueError, match=says):
            simulate(office(), WEEKS, 1, [wrong])
    with pytest.raises(ValueError, match="a fault is listed twice"):
        simulate(office(), WEEKS, 1, [usual, usual])


def test_the_truth_is_plain_data() -> None:
    _, truth = run(office(readings="cumulative"), days(7), [fault("stuck", 1, 2, days(7))])
    decoded = msgspec.json.decode(msgspec.json.encode(truth), type=Truth)
    assert decoded.lines[LINE.line].totals == truth.lines[LINE.line].totals != TrueAndTold()


@pytest.mark.slow
@pytest.mark.parametrize("calls_a_day", [1.0, 3.0])
def test_a_line_that_hardly_rings_works(calls_a_day: float) -> None:
    line = LineProfile(line=LINE.line, calls_a_day=calls_a_day, expected_lost_rate=0.05)
    events, truth = run(office(line, readings="cumulative"), WEEKS)
    assert counted(events) == truth.lines[line.line].totals.told
    assert readings(events)
