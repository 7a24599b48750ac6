"""The watch as a whole: nothing is left out, restarts change nothing, and faults are not learnt."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from streams.calls.call import LOST
from streams.calls.rules import LineRules
from streams.desks.line import Line
from streams.events import CallEvent
from streams.simulation.faults.mechanisms import MECHANISMS
from streams.simulation.simulate import simulate
from streams.watch.counting import EVERY_LAW
from streams.watch.laws import NAMED
from streams.watch.slot import Slot, log_wait
from streams.watch.state import KEPT_DAYS
from streams.watch.watch import MAX_LEFT
from tests.streams.reading_back import read_back
from tests.streams.simulation.offices import LINE, calls, days, fault, office
from tests.streams.telling import event
from tests.streams.watch.telling import (
    A_DAY,
    DAY,
    FIRST,
    RULES,
    Telling,
    brief,
    closed,
    folded,
    incidents,
    lost,
    opening,
    slot_no,
)

WEEKS = days(28)


def simulated_open(at: int) -> bool:
    """Return whether the simulated office is open at a moment (ms)."""
    return any(opens * 1000 <= at < closes * 1000 for day in WEEKS for opens, closes in day.opened)


SIMULATED = LineRules(site="lozere", line="circulation", expected=LINE.expected_lost_rate, open=simulated_open)


def told(mechanism: str | None = None, first: int = 21, last: int = 25) -> list[CallEvent]:
    """Return four weeks of a line with some days miscounted by a mechanism."""
    faults = [fault(mechanism, first, last, WEEKS)] if mechanism else []
    return calls(list(simulate(office(), WEEKS, 3, faults)[0]))


def counted(line: Line) -> Slot:
    whole = Slot()
    for _, slot in line.state.watch.kept(0, line.state.watch.due):
        whole.add(slot)
    return whole


def seen(line: Line) -> Any:
    """Return the whole memory of the watch, as it is written."""
    return msgspec.to_builtins(line.state.watch)


@pytest.mark.parametrize("max_call", [7_200_000, 3_600_000, 600_000])
def test_every_call_is_in_a_slot_however_soon_the_line_settles_it(max_call: int) -> None:
    line = closed(folded(told(), replace(SIMULATED, max_call=max_call)))
    whole = counted(line)
    total = line.figures.total()
    assert (whole.offered, whole.answered, whole.lost, whole.diverted) == (
        line.state.offered,
        total.answered,
        total.lost,
        total.diverted,
    )
    assert sum(slot.offered for day in line.state.watch.days.values() for slot in day.values()) > 1000
    assert not line.state.watch.missed


def test_a_call_that_left_and_is_told_of_again_counts_once() -> None:
    rules = replace(RULES, max_call=600_000)
    start = opening(0)
    first = [event("offered", start - 4000, "0"), event("offered", start, "1"), event("offered", start + 800, "2")]
    line = folded(first, rules)
    assert start * 1000 in [call.start for call in line.state.watch.left.values()], "it has left"
    assert "1" not in line.state.live
    line.fold(event("lost", start + 30, "1"))
    line.fold(event("offered", start + 2400, "3"))
    assert line.state.watch.days[(FIRST // DAY) + 719_163][slot_no(start)] == Slot(
        offered=2,
        lost=1,
        pending=1,
        anonymous=2,
        lost_log_waits=round(log_wait(30_000)),
        lost_waited=1,
    )


def test_who_has_left_has_no_pseudonym_once_the_day_is_over() -> None:
    rules = replace(RULES, max_call=600_000)
    line = folded([event("offered", opening(0) + 900 * (number > 1), f"{number}") for number in range(3)], rules)
    left = line.state.watch.left
    for number, caller in enumerate(["hmac:aaaaaaaa", "hmac:aaaaaaaa", "hmac:bbbbbbbb", "", "-"]):
        left[number] = lost(opening(0) + number, caller=caller)
    line.watch.day_over(rules.day(opening(1) * 1000))
    assert [left[number].caller for number in range(5)] == ["0", "0", "1", "", "-"]


def test_what_is_left_is_bounded_and_what_was_dropped_is_counted() -> None:
    line = Line(RULES)
    for number in range(MAX_LEFT + 3):
        call = lost(opening(0))
        call.name = number + 1
        line.watch.leave(str(number), call)
    assert (len(line.state.watch.left), line.state.watch.missed) == (MAX_LEFT, 3)
    assert line.shed()
    assert (len(line.state.watch.left), line.state.watch.missed) == (0, MAX_LEFT + 3)


def restarted(events: Sequence[CallEvent], every: int, rules: LineRules) -> Line:
    """Return a line that was written and read again at regular intervals of events."""
    line = Line(rules)
    for number, each in enumerate(events):
        line.fold(each)
        if number % every == 0:
            line = Line(rules, read_back(line.state))
    return line


@pytest.mark.slow
@pytest.mark.parametrize("mechanism", ["answered-as-lost-silently", "rows-twice"])
def test_restarts_change_nothing(mechanism: str) -> None:
    events = told(mechanism)
    whole, often = closed(folded(events, SIMULATED)), closed(restarted(events, 13, SIMULATED))
    assert incidents(whole)
    assert seen(often) == seen(whole)


def test_a_restart_after_any_event_changes_nothing() -> None:
    """Before, on and after the day on which the fault is found."""
    told = Telling()
    for day in range(4):
        told.day(day, every=600, losses=range(0, 48, 3) if day > 1 else ())
    events = sorted(told.events, key=attrgetter("at"))
    whole = closed(folded(events))
    assert incidents(whole)
    assert seen(closed(restarted(events, 1, RULES))) == seen(whole)


def test_an_honest_month_has_bad_days_but_no_miscount() -> None:
    assert {each.verdict for each in incidents(closed(folded(told(), SIMULATED)))} <= {"overload"}


@pytest.mark.parametrize(
    ("mechanism", "kind"),
    [
        ("answered-as-lost", "answered-as-lost"),
        ("rows-twice", "duplicate"),
        ("legs-as-lost", "multi-leg"),
        ("phantoms", "phantom"),
        ("night-calls", "closed-hours"),
        ("ends-missing", "missing"),
    ],
)
def test_a_simulated_fault_is_found_in_its_days(mechanism: str, kind: str) -> None:
    found = [each for each in incidents(closed(folded(told(mechanism), SIMULATED))) if each.verdict == "miscount"]
    assert [each.kind for each in found] == [kind]
    assert kind in MECHANISMS[mechanism].kinds
    start, end = WEEKS[21].start * 1000, WEEKS[25].end * 1000
    assert start - 3 * DAY * 1000 <= found[0].start < end
    assert start < found[0].detected < end


def test_a_day_is_learnt_two_days_after_it_is_over() -> None:
    told = Telling()
    for day in range(4):
        told.day(day)
    today = (FIRST // DAY) + 719_163
    learnt = []
    line = Line(RULES)
    for each in sorted(told.events, key=attrgetter("at")):
        line.fold(each)
        learnt.append(
            (each.at, line.state.watch.learnt, sum(cell.offered for cell in line.state.watch.baseline.cells.values()))
        )
    first = next(at for at, _, offered in learnt if offered)
    assert first == opening(3), "with the first word of the third day after it"
    assert learnt[-1][1:] == (today, 96)


def test_a_day_in_quarantine_is_not_learnt() -> None:
    told, honest = Telling(), Telling()
    for day in range(12):
        honest.day(day)
        told.day(day)
        for number in range(96 if day == 5 else 0):
            told.call("lost", opening(day) + number * 300 + 150, talk=60)
    line = told.folded()
    assert [each.kind for each in incidents(line)] == ["answered-as-lost"]
    rate = line.watch.slot_times.expected(line.watch.slot_times.of(slot_no(opening(3))))
    usual = honest.folded().watch.slot_times
    assert rate == pytest.approx(
        usual.expected(usual.of(slot_no(opening(3)))), rel=0.1
    )  # by a day's fading; 0.08 if it were learnt
    assert line.state.watch.law("no talk in a lost call").broken == 0


def test_a_line_that_is_idle_for_months_begins_anew_and_stays_small() -> None:
    told = Telling()
    for day in (*range(5), *range(200, 203)):
        told.day(day)
    line = closed(told.folded())
    assert brief(line) == [], "months of silence are a line that was away"
    assert set(line.state.watch.days) <= {(FIRST // DAY) + 719_163 + day for day in range(200 - 1, 203)} | {
        (FIRST // DAY) + 719_163 + day for day in range(203)
    }


def test_a_line_with_few_calls_for_months_keeps_forty_days() -> None:
    told = Telling()
    for day in range(0, 120, 10):
        told.call("answered", opening(day) + 600)
    line = told.folded()
    assert sorted(line.state.watch.days) == [line.state.watch.day - back for back in range(KEPT_DAYS, 0, -1)]
    closed(line)
    assert set(line.state.watch.laws) <= {*EVERY_LAW, NAMED}
    assert line.state.watch.opened == pytest.approx(111 * A_DAY / 3, abs=A_DAY / 3)


def test_closing_counts_the_last_calls_of_a_file() -> None:
    told = Telling()
    told.day(0)
    line = told.folded()
    before = counted(line)
    after = counted(closed(line))
    assert before.offered < 96
    assert (after.offered, after.lost, line.figures.count(LOST)) == (96, 1, 1)


def test_closing_an_empty_line_is_no_harm() -> None:
    assert brief(closed(Line(RULES))) == []
