"""A state is read from its record whole or not at all; its offset is read without decoding."""

from __future__ import annotations

import zlib

import msgspec
import pytest

from streams.calls.rules import LineRules
from streams.desks.line import Line
from streams.desks.line_state import LineState
from streams.intake_state import IntakeState
from streams.kept import record
from streams.kept.record import Position
from tests.streams.telling import event


def state() -> LineState:
    line = Line(LineRules(site="lozere", line="circulation"))
    for number in range(50):
        line.fold(event("offered", number * 1_000, f"é{number}", id="\x00"))
        line.fold(event("answered", number * 1_000 + 7, f"é{number}", wait=7, talk=90))
    line.state.offset, line.state.epoch = 2**40, 3
    line.state.readings.offset, line.state.reviews.offset = 2**33, 7
    return line.state


def test_a_state_comes_back_as_it_was() -> None:
    assert record.decode(record.encode(state()), LineState) == state()


def test_the_same_state_is_the_same_record() -> None:
    assert record.encode(state()) == record.encode(state())


def test_how_far_it_was_folded_stands_in_front() -> None:
    assert record.position(record.encode(state())) == Position(3, 2**40, 2**33 + 7)
    assert record.position(record.encode(LineState("x"))) == Position(0, -1, -2)


@pytest.mark.parametrize(
    "written", [b"", b"\x00", b"\x05" * 99, b"\x0a", b"\xff" + record.encode(LineState("x"))[1:], b"{}", b"\x80" * 99]
)
def test_an_unknown_format_is_refused(written: bytes) -> None:
    for read in (record.position, lambda read: record.decode(read, LineState)):
        with pytest.raises(ValueError, match="state record of unknown format"):
            read(written)


@pytest.mark.parametrize("length", [1, 2, 20, 21, 28, -1])
def test_a_record_that_was_cut_off_is_refused(length: int) -> None:
    with pytest.raises((ValueError, zlib.error)):
        record.decode(record.encode(state())[:length], LineState)


def test_a_record_of_another_state_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        record.decode(record.encode(IntakeState(3)), LineState)
