"""How many of a line's answered callers called again lately."""

from __future__ import annotations

from typing import Final

from streams.desks.line import Line
from streams.indicators.repeats import Repeats
from streams.kept.times import SLOTS_A_DAY
from streams.watch.incidents import counted_wrong, doubtful, holding

WEEK: Final = 7 * SLOTS_A_DAY


def repeats_of(line: Line) -> Repeats:
    """Return the answered calls of the last week, without the slots of a miscount or a doubt."""
    watch, end = line.watch, line.watch.state.due
    judged = [each for each in watch.state.incidents if counted_wrong(each) or doubtful(each)]
    slots = [
        slot
        for slot_no, slot in watch.state.kept(end - WEEK, end)
        if holding(judged, slot_no, open=watch.slot_times.of(slot_no).open) is None
    ]
    answered, known = sum(slot.answered for slot in slots), sum(slot.known_answered for slot in slots)
    return Repeats("", answered, known, sum(slot.called_again for slot in slots))
