"""A record that no worker can have written is recognised by itself, or by the sum of its day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from streams.calls.counts import Counts
from streams.calls.definition import LineDefinition
from streams.kept.waits import Waits
from streams.ledger.day import (
    BothSlot,
    CallSlot,
    ChannelDay,
    LedgerDay,
    LineDay,
    RequestSlot,
    ServiceDay,
    TicketSlot,
    WitnessDay,
)
from streams.ledger.possible import calls_moved, impossible, impossible_together

ID, DAY = "lozere/standard", "2013-03-04"
DEFINED = LineDefinition(lost_reasons=("abandoned",), short_call=5_000, within=20_000)


def of_line(slot: CallSlot | None = None, **more: Any) -> LineDay:
    return LineDay(**{"id": ID, "day": DAY, "slots": {} if slot is None else {1: slot}} | more)


POSSIBLE: list[LedgerDay] = [
    of_line(CallSlot(offered=3, lost=1, open=2, lost_for={"abandoned": 1}, talked=2)),
    of_line(CallSlot(answered=1, lost=-1, within=-3), part="0.95", offset=95),
    of_line(CallSlot(lost=-1, answered=1), part="0.95", epoch=1, offset=2),
    of_line(CallSlot(offered=1, lost=1, lost_for={"abandoned": -1}, lost_short=-1)),  # counted by an earlier version
    of_line(CallSlot(offered=1, answered=1, within=-1)),  # as above
    ServiceDay(id=ID, day=DAY, slots={1: TicketSlot(issued=2, served=1, open=1)}, waits=Waits({0: 1}, 1, 0, 0)),
    ChannelDay(id=ID, day=DAY, slots={1: RequestSlot(received=1, answered=1, delays={2: -1})}),  # as above
    WitnessDay(id=ID, day=DAY, slots={1: BothSlot(offered=1, lost=1)}, told=Counts(1, 0, 1), matched=1),
    of_line(CallSlot(offered=1, answered=1, reported=31 * 96)),
    WitnessDay(id=ID, day=DAY, covered=[(0, 96)]),
    of_line(talks=Waits({3: -1, 4: 1}, 0, -50, 50)),  # an earlier version wrote no talk that a later one withdraws
]

IMPOSSIBLE: list[tuple[LedgerDay, str]] = [
    (of_line(day="9999-12-31"), "9999-12-31 is no date"),
    (of_line(day="1969-12-31"), "is no date"),
    (of_line(day="2013-W10-1"), "is no date"),
    (of_line(day="20130304"), "is no date"),
    (of_line(day="tomorrow"), "is no date"),
    (of_line(part="late"), "no event opens a part"),
    (of_line(part="0.1152921504606846976000"), "no event opens a part"),
    (of_line(part="0.095", offset=200), "no event opens a part"),
    (of_line(part="0.95", offset=94), "the part ends at offset 94"),
    (of_line(part="1.5", epoch=0, offset=99), "the part ends at offset 99"),
    (WitnessDay(id=ID, day=DAY, part="0.5", offset=9), "no event opens a part"),
    (of_line(CallSlot(offered=1, answered=1, reported=2**31)), "more than 400 days"),
    (WitnessDay(id=ID, day=DAY, covered=[(0, 1), (5, 2**40)]), "more than 400 days"),
    (of_line(CallSlot(offered=2, lost=1)), "not each in one outcome"),
    (ServiceDay(id=ID, day=DAY, slots={1: TicketSlot(issued=1, served=1, open=1)}), "not each in one outcome"),
    (of_line(CallSlot(offered=5, answered=25, lost=-20)), "below zero: lost -20"),
    (of_line(CallSlot(talked=-1)), "below zero: talked -1"),
    (of_line(CallSlot(offered=1, lost=1, lost_for={"full": 2, "abandoned": -1})), "below zero: abandoned -1"),
    (of_line(CallSlot(offered=1, answered=1, within=-1), definitions=[DEFINED]), "below zero: within -1"),
    (of_line(CallSlot(offered=2**62, lost=2**62)), "too great"),
    (of_line(lost_waits=Waits({3: -1}, -1, -50, 50)), "below zero: lost_waits -1"),
    (of_line(answered_waits=Waits({}, 1, -50, 50)), "below zero: answered_waits -50"),
    (ChannelDay(id=ID, day=DAY, slots={1: RequestSlot(days=-1)}), "below zero: days -1"),
    (WitnessDay(id=ID, day=DAY, told=Counts(offered=-1)), "below zero: offered -1"),
    (WitnessDay(id=ID, day=DAY, matched=-1), "below zero: matched -1"),
]


@pytest.mark.parametrize("day", POSSIBLE, ids=str)
def test_what_a_worker_writes_is_possible(day: LedgerDay) -> None:
    assert impossible(day) is None


@pytest.mark.parametrize(("day", "why"), IMPOSSIBLE, ids=str)
def test_what_no_worker_writes_is_impossible(day: LedgerDay, why: str) -> None:
    assert why in (impossible(day) or "")


def test_no_day_is_after_the_latest() -> None:
    assert impossible(of_line(), date(2013, 3, 4)) is None
    assert "to 2013-03-03" in (impossible(of_line(), date(2013, 3, 3)) or "")


def test_a_part_that_takes_more_than_its_day_has_is_named_and_the_later_ones_are_added() -> None:
    told = of_line(CallSlot(offered=4, answered=1, lost=3, lost_for={"abandoned": 3}), definitions=[DEFINED])
    late = of_line(CallSlot(answered=1, lost=-1, lost_for={"abandoned": -1}), part="0.90", offset=1_000)
    forged = of_line(CallSlot(answered=3, lost=-3), part="0.95", offset=95)
    last = of_line(CallSlot(answered=1, lost=-1, lost_for={"abandoned": -1}), part="0.100", offset=100)
    assert [*impossible_together([last, late, told])] == []
    (found,) = impossible_together([forged, last, late, told])
    assert found == (forged, "it takes out more than its day has: lost -1")
    reasons = of_line(CallSlot(lost_for={"abandoned": -4, "full": 4}), part="0.95", offset=95)
    assert [why for _, why in impossible_together([told, reasons])] == [
        "it takes out more than its day has: abandoned -1"
    ]
    waits = of_line(part="0.95", offset=95, lost_waits=Waits({3: -1}, -1, -50, 0))
    assert [part for part, _ in impossible_together([told, waits])] == [waits]


def test_a_call_that_a_part_moves_counts_once_and_so_does_each_ticket() -> None:
    slots = {1: CallSlot(offered=-1, lost=-1), 2: CallSlot(offered=1, answered=1)}
    assert calls_moved(of_line(part="0.95", slots=slots)) == 1
    assert calls_moved(ServiceDay(id=ID, day=DAY, part="0.95", slots={1: TicketSlot(issued=2, served=2)})) == 2
    assert calls_moved(of_line(part="0.95")) == 0
