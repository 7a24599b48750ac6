"""The most advanced status of each line and service is shown until it is deleted, or an hour older than the latest."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from agents.history.statuses import FURTHER_MS, PublishedStatuses
from agents.kafka.client import Topic, partition_of
from agents.kafka.input_ends import InputEnds
from config.settings import Settings
from tests.agents.board import morning

STANDARD = replace(morning.statuses()[0], offset=20)
KEY = STANDARD.id.encode()


def take(found: PublishedStatuses, offset: int, written: int) -> None:
    found.take(KEY, msgspec.json.encode(replace(STANDARD, offset=offset)), written)


def test_the_status_that_was_folded_furthest_is_kept_until_it_is_deleted() -> None:
    found = PublishedStatuses()
    for offset in (10, 20, 15):
        take(found, offset, written=0)
    assert found.lines() == {STANDARD.id: STANDARD}
    assert found.services() == {}
    found.take(KEY, None, 0)
    assert found.lines() == {}


@pytest.mark.parametrize("written", [1_000, 9 * FURTHER_MS])
def test_a_forged_position_keeps_a_status_for_an_hour_at_most_whatever_moment_it_names(written: int) -> None:
    found = PublishedStatuses()
    take(found, 2**60, written)
    take(found, 20, 2_000)
    take(found, 20, 1_001 + FURTHER_MS)
    assert found.lines() == {STANDARD.id: STANDARD}


def test_a_position_beyond_the_end_of_the_calls_counts_for_nothing() -> None:
    found, shared = PublishedStatuses(), Settings(site="lozere")
    ends = {Topic.CALL_ATTEMPTS: 30, Topic.LINE_READINGS: 0}
    home = partition_of(KEY, shared.kafka.partitions)
    found.reach(InputEnds(shared, {(each, home): end for each, end in ends.items()}, 0))
    for offset, shown, beyond in (
        (20, 20, False),
        (15, 20, False),
        (2**60, 2**60, True),
        (15, 15, True),
        (25, 25, True),
        (20, 25, True),
    ):
        take(found, offset, written=0)
        assert (found.lines()[STANDARD.id].offset, found.beyond) == (shown, beyond)


def test_a_status_under_another_key_is_refused() -> None:
    found = PublishedStatuses()
    with pytest.raises(ValueError, match=STANDARD.id):
        found.take(b"lozere/another", msgspec.json.encode(STANDARD), 0)
    assert found.lines() == {}
