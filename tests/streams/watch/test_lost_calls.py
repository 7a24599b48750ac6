"""The lost calls that are not believed are the calls of the law, as many as the figures subtract."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.calls.call import Call
from streams.calls.rules import always
from streams.kept.times import QUARTER_MS
from streams.watch.belief import Belief
from streams.watch.incident import Incident
from streams.watch.lost_calls import doubted
from streams.watch.slot import slots_of, sum_of
from tests.streams.watch.telling import answered, lost

A, B = "hmac:aaaaaaaa", "hmac:bbbbbbbb"
LATER = 100 * QUARTER_MS
OPEN_KINDS = ("answered-as-lost", "phantom", "multi-leg", "duplicate", "drift", "missing")


def miscount(kind: str = "answered-as-lost", slots: int = 4, **more: str) -> Incident:
    end = slots * QUARTER_MS
    given = {"verdict": "miscount", "status": "open", **more}
    return Incident("i", "standard", "a law", given["verdict"], kind, 0, end, end, 0, given["status"])  # type: ignore[arg-type] # from literals


def talked(at: int, caller: str = A) -> Call:
    return lost(at, 5, caller, talk=60)


calls = st.lists(
    st.one_of(
        st.builds(lost, st.integers(0, 3_500), st.sampled_from([0, 0.5, 5]), st.sampled_from([A, B, ""])),
        st.builds(talked, st.integers(0, 3_500), st.sampled_from([A, B])),
        st.builds(answered, st.integers(0, 3_500), st.sampled_from([0, 5]), st.sampled_from([A, B, ""])),
    ),
    max_size=12,
)


@given(calls, st.sampled_from(OPEN_KINDS))
def test_as_many_are_doubted_as_the_recount_of_the_slots_takes_back(calls: list[Call], kind: str) -> None:
    found = doubted(calls, [miscount(kind)], always)
    whole = sum_of(slots_of(calls, range(4), LATER).values())
    named = Belief(kind).wrong(whole)
    every = sum(call.lost >= 0 and call.answered < 0 for call in calls)
    assert all(calls[place].lost >= 0 and calls[place].answered < 0 for place in found)
    if Belief(kind).explains(whole) and named is not None:
        assert len(found) == named.lost
    else:
        assert len(found) == every


def test_the_law_names_the_calls_with_a_conversation_and_the_others_are_lost() -> None:
    found = doubted([talked(0), lost(100, 7, B), answered(200, 5, B), talked(300)], [miscount()], always)
    assert found == {0: "answered", 3: "answered"}


def test_where_the_law_explains_too_little_nobody_can_say_of_any_lost_call() -> None:
    calls = [talked(0), *(lost(100 * number, 7, B) for number in range(1, 4))]
    assert doubted(calls, [miscount()], always) == dict.fromkeys(range(4), "miscount")


@pytest.mark.parametrize(
    "incident",
    [
        miscount(status="dismissed"),
        miscount(verdict="overload"),
        miscount(verdict="undecided"),
        miscount("closed-hours"),
        miscount(slots=0),
    ],
)
def test_what_the_figures_count_as_lost_is_lost(incident: Incident) -> None:
    assert doubted([talked(0)], [incident], always) == {}


def test_a_call_of_closed_hours_is_doubted_by_the_law_of_closed_hours_alone() -> None:
    def closed(_: int) -> bool:
        return False

    assert doubted([lost(0, 7, A)], [miscount("closed-hours")], closed) == {0: "miscount"}
    assert doubted([talked(0)], [miscount()], closed) == {}
