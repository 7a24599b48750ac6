"""A state's record is shown with its small fields, or with the reason why it cannot be read."""

from __future__ import annotations

from agents.states.records import StateRecord
from streams.desks.line_state import LineState
from streams.intake_state import IntakeState
from streams.kept import record
from streams.kept.record import Position


def test_a_record_tells_its_format_its_position_and_what_is_small_in_it() -> None:
    state = LineState("lozere/standard", offset=7, offered=3, counts={16: 2, 32: 1})
    one = StateRecord("line lozere/standard", 0, 70, 0, record.encode(state))
    assert (one.format, one.position, one.trouble) == (record.FORMAT, Position(0, 7, -2), None)
    told = one.summary()
    assert (told["line"], told["offered"], told["counts"], told["live"]) == ("lozere/standard", 3, 2, 0)


def test_a_record_that_cannot_be_read_says_why() -> None:
    bad = {
        "line lozere/standard": record.encode(IntakeState(3)),
        "intake calls 0": b"",
        "nothing": record.encode(IntakeState(3)),
        "line lozere/circulation": b"\x05 old",
    }
    for key, value in bad.items():
        assert StateRecord(key, 0, 0, 0, value).trouble
        assert StateRecord(key, 0, 0, 0, value).refused is not key.startswith("intake ")
    good = record.encode(LineState("lozere/standard"))
    assert not StateRecord("line lozere/standard", 0, 0, 0, b"junk", good).refused, (
        "a worker goes on from the one before"
    )
    assert StateRecord("line lozere/standard", 0, 0, 0, bytes([record.FORMAT + 1]), good).refused
    assert StateRecord("line lozere/circulation", 0, 0, 0, b"\x05 old").position is None
