"""Metrics of the request channels."""

from __future__ import annotations

from collections.abc import Iterator

from agents.metrics.family import CHANNEL, Family
from streams.desks.channel import Channel
from streams.requests.request import NEVER_RECEIVED


def families(channels: list[Channel], now: int) -> Iterator[Family]:
    received = Family("counter", "tocsin_requests_received", "Requests received.", CHANNEL)
    answered = Family("counter", "tocsin_requests_answered", "Requests answered or delivered.", CHANNEL)
    forgotten = Family(
        "counter",
        "tocsin_requests_forgotten",
        "Old requests no longer remembered: if repeated, they would be counted again.",
        CHANNEL,
    )
    pending = Family("gauge", "tocsin_requests_pending", "Requests neither answered nor withdrawn yet.", CHANNEL)
    overdue = Family("gauge", "tocsin_requests_overdue", "Pending requests beyond their target.", CHANNEL)
    unreceived = Family(
        "gauge",
        "tocsin_requests_never_received",
        "Requests answered or withdrawn without having been received.",
        CHANNEL,
    )
    for channel in channels:
        label, state = (channel.rules.site, channel.rules.channel), channel.state
        received.add(label, state.total.received)
        answered.add(label, state.total.answered)
        forgotten.add(label, state.forgotten)
        pending.add(label, state.total.open)
        if channel.rules.target_days is not None:
            overdue.add(label, channel.overdue(now))
        unreceived.add(label, state.anomalies.get(NEVER_RECEIVED, 0))
    yield from (received, answered, forgotten, pending, overdue, unreceived)
