"""A channel over a period: its rates, and its requests by reason."""

from __future__ import annotations

from datetime import date

import pytest

from streams.indicators.channel import ChannelTotals, ReasonCount, channel_totals
from streams.indicators.plan import ChannelPlan
from streams.ledger.day import ChannelDay, RequestSlot

TODAY = date(2014, 2, 1)


def totals(*slots: tuple[str, RequestSlot], target: int | None = 5) -> ChannelTotals:
    days = [ChannelDay(id="lozere/email", day=day, slots={1: slot}) for day, slot in slots]
    return channel_totals(days, ChannelPlan("Courriels", target, "working"), TODAY)


def test_a_share_in_time_is_over_all_requests_and_a_mean_delay_over_the_answers() -> None:
    found = totals(
        ("2013-03-04", RequestSlot(received=6, answered=3, within=2, days=12, open=3)),
        ("2013-04-04", RequestSlot(received=2, answered=1, within=0, days=8, open=1)),
    )
    assert (found.within_target, found.mean_days) == (2 / 8, 20 / 4)


@pytest.mark.parametrize(
    ("slot", "target", "within", "mean"),
    [
        (RequestSlot(received=4, answered=2, days=6), None, None, 3.0),
        (RequestSlot(received=4, open=4), 5, 0.0, None),
        (RequestSlot(), 5, None, None),
    ],
)
def test_a_rate_without_a_target_a_request_or_an_answer_is_unknown(
    slot: RequestSlot, target: int | None, within: float | None, mean: float | None
) -> None:
    found = totals(("2013-03-04", slot), target=target)
    assert (found.within_target, found.mean_days) == (within, mean)


def test_reasons_come_by_their_number_then_by_name_with_the_months_that_have_them() -> None:
    found = totals(
        ("2013-03-04", RequestSlot(received=5, reasons={"error": 2, "delay": 3})),
        ("2013-03-05", RequestSlot(received=3, reasons={"access": 1, "error": 1, "gone": 0})),
        ("2013-04-04", RequestSlot(received=1, reasons={"access": 2})),
    )
    assert found.reasons == [
        ReasonCount("access", 3, 2), ReasonCount("delay", 3, 1), ReasonCount("error", 3, 1)
    ]  # fmt: skip
