"""Seals of records: what they contain, and that no record of the topic can make sealing fail."""

from __future__ import annotations

from streams.ledger.day import CallSlot, LineDay, WitnessDay, read_day, write_day
from streams.ledger.seal import Seal, contradict


def sealed(value: bytes) -> Seal:
    return Seal(value, read_day(value))


def of_line(**counts: int) -> bytes:
    slot = CallSlot()
    for name, count in counts.items():
        setattr(slot, name, count)
    return write_day(LineDay(id="lozere/standard", day="2013-03-04", closed=True, slots={1: slot}))


def test_what_laws_name_of_a_closed_day_may_differ_and_its_calls_may_not() -> None:
    told, named, other = (
        sealed(of_line(offered=2, lost=1, answered=1)),
        sealed(of_line(offered=2, lost=1, answered=1, talked=1)),
        sealed(of_line(offered=2, lost=2)),
    )
    assert told.whole != named.whole
    assert not contradict(told, named)
    assert contradict(told, other)
    both = sealed(write_day(WitnessDay(id="lozere/standard", day="2013-03-04", closed=True)))
    assert not contradict(both, other), "two inputs are read in any order"


def test_a_record_with_junk_beside_its_day_has_digests_of_its_own() -> None:
    sound = of_line(offered=1, lost=1)
    first, second = (sealed(sound[:-1] + b',"x":"' + junk + b'"}') for junk in (b"\xff", b"\xfe"))
    assert len({each.whole for each in (sealed(sound), first, second)}) == 3
    assert contradict(first, second)
