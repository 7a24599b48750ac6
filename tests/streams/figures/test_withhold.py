"""One rule decides when a sum is withheld, for every kind of sum."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from streams.calls.counts import Counts
from streams.figures.counted import NOTHING_COUNTED, Counted
from streams.figures.withhold import believed, believed_so_far
from streams.periods.slots import RequestCounts
from streams.watch.guard import Guard, Reason

CALLS = Counts(10, answered=9, lost=1)
SOUND = Counted.sound(CALLS, slots=4)


@pytest.mark.parametrize("reason", ["no baseline", "above the prior"])
def test_a_reason_that_holds_everywhere_withholds_every_part(reason: Reason) -> None:
    assert believed(SOUND, Guard(reason)) is None


def test_a_doubt_withholds_the_parts_that_it_lies_in() -> None:
    assert believed(SOUND, Guard("undecided")) == CALLS
    assert believed(replace(SOUND, in_doubt=1), Guard("undecided")) is None
    assert believed(replace(SOUND, in_doubt=1), None) == CALLS, "it moves no figure"


def test_too_few_slots_or_counts_that_cannot_be_withhold_a_part() -> None:
    assert believed(replace(SOUND, left_out=1), Guard("coverage")) == CALLS, "enough of this part is known"
    assert believed(replace(SOUND, left_out=2), None) is None
    assert believed(Counted.sound(Counts(10, answered=9), 4), None) is None, "a call without an outcome"
    assert believed(Counted.sound(Counts(8, answered=9, lost=-1), 4), None) is None
    assert believed(Counted.sound(RequestCounts(received=3, answered=-1), 4), None) is None


def test_a_day_that_goes_on_shows_what_is_believed_of_it_unless_that_is_nothing() -> None:
    unknown = Counted(CALLS, Counts(), slots=1, left_out=1)
    assert believed_so_far(unknown) is None
    assert believed_so_far(Counted(CALLS, Counts(2, answered=2), slots=4, left_out=3)) == Counts(2, answered=2)
    assert believed_so_far(NOTHING_COUNTED) == Counts()
