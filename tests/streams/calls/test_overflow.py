"""Overflowed calls are counted by destination, if the events name one."""

from __future__ import annotations

from streams.calls.call import DIVERTED, Call
from streams.calls.overflow import MAX_DESTINATIONS, OTHER, Overflow
from streams.calls.rules import LineRules
from streams.desks.line import Line
from tests.streams.telling import event

RULES = LineRules(site="lozere", line="circulation")


def line_of(*names: str | None) -> Line:
    line = Line(RULES)
    for number, name in enumerate(names):
        line.fold(event("diverted", 100 + number, str(number), to=name))
    return line


def test_the_most_first_live_and_settled() -> None:
    line = line_of("a", "b", "b", None)
    assert list(line.figures.overflow().items()) == [("b", 2), ("a", 1)]
    line.advance(10**9)
    line.check()
    assert list(line.figures.overflow().items()) == [("b", 2), ("a", 1)]


def test_a_call_that_was_answered_after_all_flowed_nowhere() -> None:
    line = line_of("a", "b")
    line.advance(10**9)
    line.fold(event("answered", 500, "0"))
    line.check()
    assert line.figures.overflow() == {"b": 1}


def test_of_two_places_the_earlier_counts_in_any_order() -> None:
    for places in (("a", 5), ("b", 4)), (("b", 4), ("a", 5)):
        line = Line(RULES)
        for name, at in places:
            line.fold(event("diverted", at, to=name, id=name))
        assert line.figures.overflow() == {"b": 1}


def test_names_beyond_the_cap_count_together_and_each_call_leaves_from_where_it_counts() -> None:
    line = line_of(*(f"place {number}" for number in range(MAX_DESTINATIONS + 3)))
    line.advance(10**9)
    line.check()
    assert len(line.figures.overflow()) == MAX_DESTINATIONS + 1
    assert line.figures.overflow()[OTHER] == 3
    line.fold(event("answered", 500, "0"))
    line.fold(event("answered", 500, str(MAX_DESTINATIONS)))
    line.advance(10**9)
    line.check()
    assert len(line.figures.overflow()) == MAX_DESTINATIONS
    assert line.figures.overflow()[OTHER] == 2


def test_a_destination_that_is_a_callers_pseudonym_is_not_kept_by_name() -> None:
    overflow = Overflow()
    call = Call(0, outcome=DIVERTED, to="hmac:00112233445566778899aabbccddeeff")
    overflow.settle(call)
    assert (call.to, overflow.counts) == ("number", {"number": 1})
    overflow.recall(call)
    assert overflow.counts == {}
