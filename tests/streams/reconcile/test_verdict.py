"""The joint verdict of two records about one call."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from streams.calls.call import ANSWERED, DIVERTED, LOST, OPEN, REASON_INDEX
from streams.kept.times import DAY_MS, utc_day
from streams.reconcile.sighting import Sight, Sighting
from streams.reconcile.verdict import Judged, of_both, of_one
from tests.streams.reconcile.seen import MONDAY, seen

QUEUE, CHANNELS, ROWS, TOLD = Sight(phones=True, queues=True), Sight(phones=True), Sight(rows=True), Sight()
FULL = LOST | REASON_INDEX["full"]
UNKNOWN = LOST | REASON_INDEX["unknown"]
KEY = DIVERTED | REASON_INDEX["key"]


def both(first: Sighting, second: Sighting, sights: tuple[Sight, Sight], ahead: int = 0) -> Judged:
    return of_both(first, second, sights, ahead, utc_day)


def test_one_outcome_at_one_time_is_agreed_on_whatever_its_reason() -> None:
    timeout = LOST | REASON_INDEX["timeout"]
    assert both(seen(), seen(outcome=timeout), (QUEUE, QUEUE)) == ("matched", None, seen().outcome)


@pytest.mark.parametrize("sights", [(QUEUE, ROWS), (ROWS, QUEUE)])
def test_a_machines_answer_is_not_believed_against_who_sees_phones(sights: tuple[Sight, Sight]) -> None:
    answered, lost = seen(outcome=ANSWERED), seen()
    first, second = (lost, answered) if sights[0] is QUEUE else (answered, lost)
    assert both(first, second, sights) == ("contradicted", "false-answer", lost.outcome)


def test_a_phones_answer_is_believed_against_rows() -> None:
    assert both(seen(outcome=ANSWERED), seen(), (CHANNELS, ROWS)).outcome == ANSWERED


def test_where_neither_sees_phones_the_answer_is_believed() -> None:
    assert both(seen(), seen(outcome=ANSWERED), (TOLD, TOLD)) == ("contradicted", "unknown", ANSWERED)


@pytest.mark.parametrize(("cut", "why"), [(True, "cut-by-restart"), (False, "no-row")])
def test_an_outcome_is_believed_over_none(*, cut: bool, why: str) -> None:
    found = both(seen(outcome=OPEN, cut=cut), seen(), (QUEUE, CHANNELS))
    assert found == ("contradicted", why, seen().outcome)


def test_a_flow_is_believed_over_a_loss() -> None:
    assert both(seen(), seen(outcome=KEY), (ROWS, QUEUE)) == ("contradicted", "transfer", KEY)


@pytest.mark.parametrize(
    ("later", "sights", "why"),
    [
        (4_000, (QUEUE, CHANNELS), None),
        (6_000, (QUEUE, CHANNELS), "clock"),
        (6_000, (QUEUE, ROWS), None),  # a row begins before the menu
        (3_600_000, (QUEUE, ROWS), "clock"),
    ],
)
def test_the_same_call_at_another_time_is_a_wrong_clock(
    later: int, sights: tuple[Sight, Sight], why: str | None
) -> None:
    assert both(seen(), seen(start=MONDAY + later), sights).why == why


def test_the_offset_of_the_clocks_is_no_wrong_clock() -> None:
    assert both(seen(), seen(start=MONDAY + 3_600_000), (QUEUE, CHANNELS), 3_600_000).why is None


def test_a_call_that_is_counted_on_another_day_is_told_even_where_the_clocks_are_apart() -> None:
    assert both(seen(), seen(start=MONDAY + DAY_MS), (QUEUE, CHANNELS), DAY_MS).why == "clock"


@pytest.mark.parametrize(
    ("outcome", "lasts", "sights", "why"),
    [
        (FULL, 0, (CHANNELS, QUEUE), "turned-away"),
        (LOST | REASON_INDEX["no_agents"], 30_000, (CHANNELS, QUEUE), "unknown"),
        (UNKNOWN, 4_000, (ROWS, QUEUE), "turned-away"),
        (LOST, 30_000, (CHANNELS, QUEUE), "unknown"),
        (LOST, 30_000, (QUEUE, ROWS), "no-row"),
        (ANSWERED, 30_000, (QUEUE, ROWS), "no-row"),
        (ANSWERED, 30_000, (ROWS, QUEUE), "unknown"),
    ],
)
def test_why_a_record_lacks_a_call(outcome: int, lasts: int, sights: tuple[Sight, Sight], why: str) -> None:
    call = seen(outcome=outcome, lasts=lasts)
    assert of_one(call, 0, sights, elsewhere=False) == ("only_first", why, outcome)
    assert of_one(call, 1, (sights[1], sights[0]), elsewhere=False) == ("only_second", why, outcome)


@pytest.mark.parametrize(("other", "why"), [(QUEUE, "before-queue"), (CHANNELS, "unknown"), (ROWS, "no-row")])
def test_a_caller_who_hung_up_before_the_queue_is_missing_from_a_record_of_queues(other: Sight, why: str) -> None:
    call = replace(seen(outcome=UNKNOWN), before_queue=True)
    assert of_one(call, 1, (other, ROWS), elsewhere=False).why == why


def test_another_attempt_of_a_caller_who_is_known_is_a_transfer() -> None:
    assert of_one(seen(), 0, (QUEUE, ROWS), elsewhere=True).why == "transfer"
    assert of_one(seen("7#2"), 0, (TOLD, TOLD), elsewhere=False).why == "transfer"


def test_who_was_cut_by_a_restart_stands_in_one_record_alone() -> None:
    assert of_one(seen(outcome=OPEN, cut=True), 0, (CHANNELS, ROWS), elsewhere=False).why == "cut-by-restart"
