"""Faults in transmission: no delivery, lost or late events, a wrong clock."""

from __future__ import annotations

from random import Random
from typing import Final

from msgspec.structs import replace

from streams.kept.times import HOUR_MS
from streams.said import said
from streams.simulation.faults.fault import Delivery, Mechanism, Severity


def silent(delivery: Delivery, share: float, random: Random) -> Delivery | None:
    """Send nothing, with continuous sequence numbers, as if there had been no event."""
    return None if random.random() < share else delivery


def lost(delivery: Delivery, share: float, random: Random) -> Delivery:
    """Lose an event on its way, so that the source's numbers have a gap."""
    if random.random() < share:
        delivery.lost = True
    return delivery


def late(delivery: Delivery, seconds: float, random: Random) -> Delivery:
    """Deliver an event late, by an exponential time with a mean of `seconds`."""
    delivery.late += round(random.expovariate(1 / (seconds * 1000)))
    return delivery


def clock_step(delivery: Delivery, hours: float, _: Random) -> Delivery:
    return _shifted(delivery, hours)


def zone_mix(delivery: Delivery, share: float, random: Random) -> Delivery:
    """Date some events in another zone, an hour behind."""
    return _shifted(delivery, -1.0) if random.random() < share else delivery


def _shifted(delivery: Delivery, hours: float) -> Delivery:
    at = delivery.event.at
    assert isinstance(at, float)
    delivery.event = replace(delivery.event, at=max(0, round(at * 1000) + round(hours * HOUR_MS)) / 1000)
    return delivery


OF_FEED: Final = {
    "silent": Mechanism(
        says=said("share of the line's events and readings that its source does not send"),
        kinds=("missing",),
        severity=Severity(1.0, mildest=1.0, worst=1.0),
        carry=silent,
        readings=True,
    ),
    "events-lost": Mechanism(
        says=said("share of the events that are lost on their way, so that the source's numbers have gaps"),
        kinds=("missing", "mismatch"),
        severity=Severity(0.2, mildest=0.02, worst=1.0),
        carry=lost,
    ),
    "events-late": Mechanism(
        says=said("seconds that events arrive late, in the mean; the totals stay right"),
        kinds=("missing", "clock"),
        severity=Severity(1_800.0, mildest=60.0, worst=14_400.0),
        carry=late,
    ),
    "clock-step": Mechanism(
        says=said("hours by which the source's clock is wrong; negative is behind"),
        kinds=("clock", "closed-hours"),
        severity=Severity(-5.0, mildest=-1.0, worst=-8.0),
        carry=clock_step,
    ),
    "zone-mix": Mechanism(
        says=said("share of the events that are dated an hour back"),
        kinds=("clock", "closed-hours"),
        severity=Severity(0.5, mildest=0.1, worst=0.9),
        carry=zone_mix,
    ),
}
