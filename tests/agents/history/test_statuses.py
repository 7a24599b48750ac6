"""The most advanced status of each line and service is shown until it is deleted."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from agents.history.statuses import PublishedStatuses
from tests.agents.board import morning

STANDARD = replace(morning.statuses()[0], offset=20)
KEY = STANDARD.id.encode()


def test_the_status_that_was_folded_furthest_is_kept_until_it_is_deleted() -> None:
    found = PublishedStatuses()
    for offset in (10, 20, 15):
        found.take(KEY, msgspec.json.encode(replace(STANDARD, offset=offset)))
    assert found.lines() == {STANDARD.id: STANDARD}
    assert found.services() == {}
    found.take(KEY, None)
    assert found.lines() == {}
