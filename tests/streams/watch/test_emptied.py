"""Missing kinds of calls: losses, short losses and diverted calls that vanish, and sound lines on which none do."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from streams.calls.rules import LineRules
from streams.desks.line import Line
from streams.simulation.simulate import simulate
from streams.watch.emptied import SORTS
from streams.watch.facts import NoCallOfSort
from streams.watch.incident import Incident
from tests.streams.simulation.offices import LINE, calls, days, fault, office
from tests.streams.watch.telling import Telling, closed, folded, incidents, opening

SOUND, FAULTY, AFTER = 40, 20, 8  # days
MONTHS = days(140)
BUSY = replace(LINE, calls_a_day=100.0, expected_lost_rate=0.0187)


def told(*, losses: bool = True, short: bool = True, diverted: bool = True) -> Telling:
    """Return the events of a line on which some calls are absent for a while."""
    telling = Telling()
    for day in range(SOUND + FAULTY + AFTER):
        sound = not SOUND <= day < SOUND + FAULTY
        telling.day(day, losses=(40, 60) if sound or losses else ())
        if sound or (losses and short):
            telling.call("lost", opening(day) + 7_000, 5.0)
        if sound or diverted:
            telling.call("diverted", opening(day) + 9_000, reason="key")
    return telling


def missed(line: Line) -> list[Incident]:
    return [each for each in incidents(line) if each.cause in SORTS]


@pytest.mark.parametrize(
    ("line", "cause", "kind", "last", "again"),
    [
        (told(short=False), "no short losses", "drift", 7_000, 7_000),
        (told(diverted=False), "no diverted", "drift", 9_000, 9_000),
    ],
)
def test_what_vanishes_is_told_from_the_last_such_call_to_the_next(
    line: Telling, cause: str, kind: str, last: int, again: int
) -> None:
    (found,) = missed(closed(line.folded()))
    assert (found.cause, found.kind, found.verdict, found.status) == (cause, kind, "miscount", "closed")
    slot = 900
    assert found.start == (opening(SOUND - 1) + last) // slot * slot * 1000 + slot * 1000
    assert found.end == (opening(SOUND + FAULTY) + again) // slot * slot * 1000
    assert found.calls > 800
    (evidence,) = found.evidence
    assert evidence.observed == 0
    assert evidence.expected == pytest.approx(FAULTY, abs=1)
    assert isinstance(evidence.facts, NoCallOfSort)
    assert (evidence.facts.cause, evidence.facts.day) == (cause, date(2024, 11, 12).toordinal())


def test_a_miscount_that_is_open_explains_what_vanishes() -> None:
    line = closed(told(losses=False).folded())
    stretches = [each for each in incidents(line) if each.verdict == "miscount"]
    assert len(stretches) == 1
    assert stretches[0].cause in {"fall", "no losses"}


def test_days_without_what_vanished_are_not_learnt() -> None:
    line = closed(told(diverted=False).folded())
    gap = line.state.watch.gaps["no diverted"]
    assert gap.calls / gap.events == pytest.approx(98, rel=0.02)


def test_a_sound_line_has_nothing_that_vanishes() -> None:
    assert missed(closed(told().folded())) == []


def simulated(mechanism: str | None, seed: int) -> Line:
    faults = [fault(mechanism, 98, 125, MONTHS)] if mechanism else []
    opened = [(opens * 1000, closes * 1000) for day in MONTHS for opens, closes in day.opened]
    rules = LineRules(
        site="lozere",
        line="circulation",
        expected=BUSY.expected_lost_rate,
        open=lambda at: any(opens <= at < closes for opens, closes in opened),
    )
    return closed(folded(calls(list(simulate(office(BUSY), MONTHS, seed, faults)[0])), rules))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mechanism", "causes"),
    [
        ("lost-missing", {"no losses", "fall"}),
        ("short-dropped", {"no short losses"}),
        ("diverted-as-lost", {"no diverted"}),
        (None, set()),
    ],
)
def test_what_a_simulated_fault_empties_is_told(mechanism: str | None, causes: set[str]) -> None:
    found = {each.cause for each in incidents(simulated(mechanism, seed=4)) if each.verdict == "miscount"}
    assert found <= causes
    assert bool(found) == bool(causes)
