"""What a configuration may name of events is what events have: `config/` knows nothing of `streams/`."""

from __future__ import annotations

from typing import get_args

from config import quantities as q
from config.mapping import MEANINGS, MOMENTS
from streams.events import CallType, Mode, Reason, RequestType, TicketType

OURS = {"open", "ignore"}  # no type of an event: the row has no outcome yet, or says nothing


def test_the_reasons_of_a_call_are_the_same() -> None:
    assert get_args(q.Reason) == get_args(Reason)


def test_what_a_mapping_can_mean_are_types_of_events() -> None:
    types = {
        "calls": get_args(CallType),
        "tickets": get_args(TicketType),
        "readings": get_args(Mode),
        "requests": get_args(RequestType),
        "polls": (),
    }
    for kind, meanings in MEANINGS.items():
        assert set(meanings) - OURS <= set(types[kind]), kind
    for kind in ("calls", "tickets", "requests"):
        assert set(MOMENTS[kind]) <= set(types[kind]), kind
