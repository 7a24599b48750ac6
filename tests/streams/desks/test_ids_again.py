"""An exchange may use an id again: two calls of one id start further apart than a call can last."""

from __future__ import annotations

from itertools import permutations

import pytest

from streams.calls.call import ANSWERED, LOST, UNRESOLVED
from streams.calls.rules import LineRules
from streams.desks.line import Line
from streams.events import CallEvent, CallType
from streams.kept.times import DAY_MS

DAY = 86_400.0
MORNING = 1_362_382_200.0
RULES = LineRules(site="lozere", line="circulation")


def event(call: str, kind: CallType, at: float, **more: float) -> CallEvent:
    return CallEvent(line="circulation", call=call, type=kind, at=at, id=f"{call}:{kind}:{at}", **more)  # type: ignore[arg-type]  # durations


def folded(*events: CallEvent) -> Line:
    line = Line(RULES)
    for each in events:
        line.fold(each)
        line.check()
    return line


def told(line: Line) -> tuple[int, int, int, int]:
    line.advance(line.state.high + 2 * DAY_MS)  # all calls have settled
    return line.state.offered, *(line.figures.count(each) for each in (ANSWERED, LOST, UNRESOLVED))  # type: ignore[return-value]  # four


def days(number: int, apart: float = DAY) -> list[CallEvent]:
    """Return ten calls a day with the ids 1 to 10: those before the last day are answered, then all are lost."""
    events = []
    for day in range(number):
        for call in range(1, 11):
            at = MORNING + day * apart + call * 60
            outcome: CallType = "answered" if day < number - 1 else "lost"
            events += [event(str(call), "offered", at), event(str(call), outcome, at + 20)]
    return events


@pytest.mark.parametrize("apart", [3 * 3600, DAY, 30 * DAY])
def test_ids_that_begin_again_are_other_calls(apart: float) -> None:
    line = folded(*days(3, apart))
    assert told(line) == (30, 20, 10, 0)
    assert line.state.again == 20
    assert line.figures.total().answered_waits.mean() == 20_000


@pytest.mark.parametrize("settled", [False, True])
@pytest.mark.parametrize(("beyond", "again"), [(0.0, 0), (0.001, 1)])
def test_an_outcome_later_than_the_longest_call_is_of_another_call(beyond: float, again: int, *, settled: bool) -> None:
    line = folded(event("1", "offered", MORNING), *([event("2", "lost", MORNING + DAY)] if settled else []))
    line.fold(event("1", "lost", MORNING + RULES.max_call / 1000 + beyond))
    assert line.state.again == again


def test_their_events_in_any_order_and_repeated_count_the_same() -> None:
    events = days(2)[:4] + days(2)[20:24]
    for some in permutations(range(0, len(events), 2)):
        ordered = [events[place + step] for place in some for step in (1, 0)]
        line = folded(*ordered, *ordered)
        assert told(line) == (4, 2, 2, 0)
        assert line.state.results[1] == len(events)


def test_a_long_wait_or_talk_is_one_call() -> None:
    waits = [event("1", "offered", MORNING), event("1", "answered", MORNING + 3 * 3600, wait=3 * 3600)]
    talks = [event("2", "offered", MORNING), event("2", "answered", MORNING + 9)]
    talks.append(event("2", "ended", MORNING + 4 * 3600))
    for events in (waits, talks, [talks[0], talks[2], talks[1]], [talks[2], *talks[:2]]):
        line = folded(*events)
        assert told(line) == (1, 1, 0, 0)
        assert line.state.again == 0
