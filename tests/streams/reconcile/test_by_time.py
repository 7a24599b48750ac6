"""Calls of two records without common ids, joined by time."""

from __future__ import annotations

import pytest

from streams.calls.call import ANSWERED, LOST
from streams.reconcile.by_time import join
from tests.streams.reconcile.seen import MONDAY, elsewhere, office, seen


@pytest.mark.parametrize("callers", [True, False])
def test_a_day_is_joined_rightly(*, callers: bool) -> None:
    first = office(500)
    second = [elsewhere(one, drift=0, caller=callers) for one in first]
    joined = join(first, second, lambda _: 37_000)
    assert all(one.call[1:] == other.call[1:] for one, other in joined.certain)
    assert len(joined.certain) + len(joined.ambiguous) == 500
    assert len(joined.ambiguous) <= 5


def test_a_call_that_one_record_lacks_takes_nobody_elses() -> None:
    first = office(300)
    second = [elsewhere(one, drift=0) for one in first[::2]]
    joined = join(first, second, lambda _: 37_000)
    assert {one.call for one, _ in joined.certain} == {one.call for one in first[::2]}


def test_another_caller_is_another_call() -> None:
    one, other = seen("a", caller="hmac:00000001"), seen("b", caller="hmac:00000002")
    assert join([one], [other], lambda _: 0) == ([], [])


def test_another_line_is_another_call() -> None:
    assert join([seen("a")], [seen("b", line="etrangers")], lambda _: 0) == ([], [])


def test_twins_are_ambiguous() -> None:
    twins = [seen("a"), seen("b")]
    joined = join(twins, [seen("c"), seen("d")], lambda _: 0)
    assert joined.certain == []
    assert len(joined.ambiguous) == 2


def test_twins_of_two_outcomes_count_by_their_outcomes() -> None:
    first = [seen("a", outcome=ANSWERED), seen("b", outcome=ANSWERED), seen("e", outcome=LOST)]
    second = [seen("c", outcome=LOST), seen("d", outcome=ANSWERED), seen("f", outcome=ANSWERED)]
    joined = join(first, second, lambda _: 0)
    assert all(one.kind == other.kind for one, other in [*joined.certain, *joined.ambiguous])


def test_the_caller_decides_between_two_at_once() -> None:
    first = [seen("a", caller="hmac:00000001"), seen("b", caller="hmac:00000002")]
    second = [seen("d", MONDAY + 400, caller="hmac:00000002"), seen("c", MONDAY + 400, caller="hmac:00000001")]
    joined = join(first, second, lambda _: 0)
    assert {(one.call, other.call) for one, other in joined.certain} == {("a", "c"), ("b", "d")}
