"""A request is the same for any order of its events, and contradictions are reported."""

from __future__ import annotations

from itertools import permutations

import pytest

from streams.events import RequestType
from streams.requests.request import Request

Told = tuple[RequestType, int]


def request(*told: Told) -> Request:
    found = Request()
    for kind, at in told:
        found.note(kind, at)
    return found


@pytest.mark.parametrize(
    ("told", "done", "pending", "anomalies"),
    [
        ([("received", 10)], -1, True, []),
        ([("received", 10), ("answered", 20)], 20, False, []),
        ([("received", 10), ("delivered", 20), ("answered", 30)], 20, False, []),
        ([("received", 10), ("withdrawn", 20)], -1, False, []),
        ([("received", 10), ("withdrawn", 20), ("answered", 30)], 30, False, []),
        ([("received", 10), ("received", 15), ("answered", 20)], 20, False, []),
        ([("received", 0), ("answered", 0)], 0, False, []),
        ([("received", 10), ("answered", 20), ("received", 30)], 20, False, ["received-again"]),
        ([("answered", 5), ("received", 10)], 5, False, ["answered-before-received"]),
        ([("answered", 5)], 5, False, ["never-received"]),
        ([("withdrawn", 5)], -1, False, ["never-received"]),
        ([], -1, False, []),
    ],
)
def test_any_order_tells_the_same(told: list[Told], done: int, pending: bool, anomalies: list[str]) -> None:  # noqa: FBT001
    for order in permutations(told):
        for found in (request(*order), request(*order, *order)):
            assert (found.done, found.pending, found.anomalies()) == (done, pending, anomalies)
