"""Metrics of the request channels."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from agents.metrics.labels import CHANNEL
from streams.desks.channel import Channel
from streams.requests.request import NEVER_RECEIVED


def families(channels: list[Channel], now: int) -> Iterator[Metric]:
    received = CounterMetricFamily("tocsin_requests_received", "Requests received.", labels=CHANNEL)
    answered = CounterMetricFamily("tocsin_requests_answered", "Requests answered or delivered.", labels=CHANNEL)
    forgotten = CounterMetricFamily(
        "tocsin_requests_forgotten",
        "Old requests no longer remembered: if repeated, they would be counted again.",
        labels=CHANNEL,
    )
    pending = GaugeMetricFamily(
        "tocsin_requests_pending", "Requests neither answered nor withdrawn yet.", labels=CHANNEL
    )
    overdue = GaugeMetricFamily("tocsin_requests_overdue", "Pending requests beyond their target.", labels=CHANNEL)
    unreceived = GaugeMetricFamily(
        "tocsin_requests_never_received", "Requests answered or withdrawn without having been received.", labels=CHANNEL
    )
    for channel in channels:
        label, state = (channel.rules.site, channel.rules.channel), channel.state
        received.add_metric(label, state.total.received)
        answered.add_metric(label, state.total.answered)
        forgotten.add_metric(label, state.forgotten)
        pending.add_metric(label, state.total.open)
        if channel.rules.target_days is not None:
            overdue.add_metric(label, channel.overdue(now))
        unreceived.add_metric(label, state.anomalies.get(NEVER_RECEIVED, 0))
    yield from (received, answered, forgotten, pending, overdue, unreceived)
