"""States survive being written and read."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
import pytest
from msgspec import Struct

from streams.calls.call import Call
from streams.desks.line_state import LineState
from streams.desks.service_state import ServiceState
from streams.kept.packing import ARRAYS, form_of, pack, unpack
from streams.kept.waits import Waits
from streams.ledger.day import CallSlot, LedgerDay, LineDay, ServiceDay, read_day, write_day
from streams.tickets import ticket as module


@dataclass(slots=True)
class Held:
    """A made-up state with every kind of field."""

    name: str
    waits: Waits = field(default_factory=Waits)
    by_slot: dict[int, dict[int, Call]] = field(default_factory=dict)
    pair: tuple[dict[str, Call], int] = field(default_factory=lambda: ({}, 0))
    days: list[LineDay] = field(default_factory=list)
    last: LedgerDay | None = None


class Holder(Struct):
    """A Struct that holds a state's class in an unsupported way."""

    waits: set[Waits]


@dataclass(slots=True)
class HeldByModule:
    """A made-up state whose field's class is named with its module."""

    one: module.Ticket


@dataclass(slots=True)
class HeldSum:
    """A made-up state whose field has no type."""

    count: 1 + 2  # type: ignore[valid-type]


WAITS = Waits({3: 1}, 1, 50, 50)
FULL = Held(
    "x",
    WAITS,
    {1: {2: Call(5, identities=[7])}},
    ({"a": Call(6)}, 2),
    [
        LineDay(
            id="lozere/standard", day="2013-03-04", slots={4: CallSlot(offered=1)}, lost_waits=Waits({3: 1}, 1, 50, 50)
        )
    ],
    ServiceDay(id="lozere/cards", day="2013-03-04"),
)


@pytest.mark.parametrize("held", [Held("y"), FULL], ids=["empty", "full"])
def test_what_is_packed_comes_back(held: Held) -> None:
    assert unpack(msgspec.msgpack.encode(pack(held)), Held) == held


def test_classes_are_written_as_maps_or_as_arrays_and_a_day_without_its_defaults() -> None:
    written = msgspec.msgpack.decode(msgspec.msgpack.encode(pack(FULL)), strict=False)
    assert list(written) == ["name", "waits", "by_slot", "pair", "days", "last"]
    assert written["waits"] == [{3: 1}, 1, 50, 50]
    assert written["by_slot"][1][2][:3] == [5, 0, 0]
    assert written["days"][0] == {
        "of": "line",
        "id": "lozere/standard",
        "day": "2013-03-04",
        "slots": {4: {"offered": 1}},
        "answered_waits": [{}, 0, 0, 0],
        "lost_waits": [{3: 1}, 1, 50, 50],
    }


def test_what_an_earlier_version_did_not_write_has_its_default() -> None:
    found = unpack(msgspec.msgpack.encode({"name": "x", "waits": [{}, 0]}), Held)
    assert found == Held("x")
    assert unpack(b"\x91\x05", Call) == Call(5)


@pytest.mark.parametrize(
    "bad", [b"\x05", b"\x80", b"\x81\xa4name\x05", msgspec.msgpack.encode({"name": "x", "waits": [3]})]
)
def test_what_is_no_state_is_refused(bad: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        unpack(bad, Held)


def test_what_nobody_said_how_to_pack_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="nobody has said how"):
        form_of(Holder)


def test_a_day_is_read_as_its_kind() -> None:
    for day in (FULL.days[0], ServiceDay(id="lozere/cards", day="2013-03-04", waits=Waits({1: 2}, 2, 3, 2))):
        assert read_day(write_day(day)) == day


def test_every_class_that_is_to_be_written_as_an_array_is_one_of_a_state() -> None:
    """A renamed class would otherwise be written as a map, unnoticed."""
    for kind in (LineState, ServiceState):
        form_of(kind)
    found = {each.__name__ for each in Struct.__subclasses__() if each.__struct_config__.array_like}
    assert found >= ARRAYS


def test_a_class_may_be_named_with_its_module() -> None:
    held = HeldByModule(module.Ticket(5, called=9))
    assert msgspec.to_builtins(pack(held))["one"][0] == 5
    assert unpack(msgspec.msgpack.encode(pack(held)), HeldByModule) == held


def test_what_is_no_type_is_refused_in_its_own_words() -> None:
    with pytest.raises(TypeError, match=r"^1 \+ 2 is no type of a state's field$"):
        form_of(HeldSum)
