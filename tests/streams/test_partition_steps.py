"""Events that are folded while records are written desk by desk are counted once, wherever a crash cuts the writing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.partition import Partition, Records
from tests.streams.partitions import CIRCULATION, STANDARD, partition
from tests.streams.telling import Message
from tests.streams.telling import value as told

LINES = {STANDARD: "standard", CIRCULATION: "circulation"}
KINDS = ("offered", "answered", "ended", "lost")


def messages(count: int) -> list[Message]:
    """Return calls of two lines; some have two outcomes, and every seventh record is no event."""
    found = []
    for offset in range(count):
        key = (STANDARD, CIRCULATION)[offset // 2 % 2]
        event = told(KINDS[offset % 4], 100.0 + 40 * offset, f"{offset // 5}", LINES[key])
        found.append(Message(offset, key, b"{}" if offset % 7 == 6 else event))
    return found


def totals(owned: Partition) -> list[object]:
    lines = [(line.state.offered, line.state.counts, line.state.offset) for line in owned.lines.values()]
    return [*lines, owned.calls.results(), owned.calls.rejected()]


@settings(deadline=None)
@given(data=st.data())
def test_what_comes_between_two_desks_is_counted_once_through_every_crash(data: st.DataObject) -> None:
    told, straight = messages(60), partition()
    straight.calls.take(told)
    owned, records, at = partition(), dict[bytes, bytes](), 0

    def fold(fewest: int, most: int) -> None:
        nonlocal at
        count = data.draw(st.integers(fewest, most))
        owned.calls.take(told[at : at + count])
        at = min(len(told), at + count)

    while at < len(told):
        fold(1, 9)
        changed = Records.none()
        for _ in owned.changing(changed):
            fold(0, 3)
        written = list((changed.desks | changed.intakes).items())
        cut = data.draw(st.none() | st.integers(0, len(written)))
        records |= dict(written[:cut])
        if cut is not None:
            owned = partition(records)
            assert not owned.behind()
            at = owned.calls.positions.cursor + 1
    assert totals(owned) == totals(straight)


@pytest.mark.parametrize("steps", range(4))
def test_records_that_were_broken_off_count_as_changed_again(steps: int) -> None:
    owned, whole = partition(), partition()
    for each in (owned, whole):
        each.calls.take(messages(20))
    changed = Records.none()
    for _ in zip(range(steps), owned.changing(changed), strict=False):
        pass
    owned.unwritten(changed)
    assert owned.changed() == whole.changed()
