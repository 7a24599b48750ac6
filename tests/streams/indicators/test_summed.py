"""Running sums of days give the same figures as their slots, one by one."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from streams.indicators.annual import annual
from streams.indicators.judged import JudgedSlots
from streams.indicators.period import Period
from streams.indicators.plan import LinePlan
from streams.kept.waits import Waits
from streams.ledger.day import CallSlot, LineDay
from streams.watch.incident import Incident
from tests.streams.indicators.telling import LINE, held, incident, opened, plan, slot_at

FIRST = date(2013, 2, 25)
DAYS = 25
PERIOD = Period(FIRST, FIRST + timedelta(DAYS - 1))


@st.composite
def call_slots(draw: st.DrawFn) -> CallSlot:
    answered, lost, diverted, unresolved = draw(st.tuples(*[st.integers(0, 30)] * 4))
    talked, ghosts = (draw(st.integers(0, lost)) for _ in range(2))
    offered = answered + lost + diverted + unresolved
    return CallSlot(
        offered=offered,
        answered=answered,
        lost=lost,
        diverted=diverted,
        unresolved=unresolved,
        within=draw(st.integers(0, answered)),
        talked=talked,
        ghosts=ghosts,
    )


@st.composite
def line_days(draw: st.DrawFn) -> list[LineDay]:
    """Draw days of the period and one of the year before; some are missing, and some have calls at night."""
    found = []
    for passed in (-365, *draw(st.sets(st.integers(0, DAYS - 1), min_size=5))):
        day = FIRST + timedelta(passed)
        numbers = draw(st.sets(st.sampled_from([*opened(day), slot_at(day, 2), slot_at(day, 20)]), max_size=6))
        waits = Waits()
        for wait in draw(st.lists(st.integers(0, 90_000), max_size=4)):
            waits.add(wait)
        slots = {number: draw(call_slots()) for number in numbers}
        found.append(LineDay(id="lozere/circulation", day=day.isoformat(), slots=slots, answered_waits=waits))
    return found


@st.composite
def incidents(draw: st.DrawFn) -> Incident:
    first = FIRST + timedelta(draw(st.integers(-2, DAYS)))
    kind = draw(st.sampled_from(["drift", "closed-hours", "answered-as-lost", "phantom", "missing"]))
    verdict = draw(st.sampled_from(["miscount", "undecided", "overload"]))
    found = incident(first, first + timedelta(draw(st.integers(0, 3))), kind=kind, verdict=verdict)
    return replace(found, id=f"{found.id}-{kind}", cause=draw(st.sampled_from(["rise", "silence"])))


lines = st.builds(replace, st.just(LINE), correction=st.sampled_from(["exclude", "impute"]), totals=st.booleans())


@given(line_days(), st.lists(incidents(), max_size=3), lines)
def test_sums_of_days_give_the_figures_that_every_slot_gives(
    days: list[LineDay], known: list[Incident], line: LinePlan
) -> None:

    def told() -> bytes:
        office = plan(lines={"circulation": line}, services={}, channels={})
        return msgspec.json.encode(annual(held(days, known), office, PERIOD, PERIOD.last))

    summed = told()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(JudgedSlots, "_touched", lambda *_: True)
        assert told() == summed
