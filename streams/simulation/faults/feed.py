"""Faults on the way: nothing told, events lost or late, a clock that is wrong."""

from __future__ import annotations

from random import Random
from typing import Final

from msgspec.structs import replace

from streams.kept.times import HOUR_MS
from streams.simulation.faults.fault import Mechanism, Sent


def silent(sent: Sent, share: float, random: Random) -> Sent | None:
    """Tell nothing; the source's numbers go on as though there had been nothing to tell."""
    return None if random.random() < share else sent


def lost(sent: Sent, share: float, random: Random) -> Sent:
    """Lose an event on its way, so that the source's numbers have a gap."""
    if random.random() < share:
        sent.lost = True
    return sent


def late(sent: Sent, seconds: float, random: Random) -> Sent:
    """Deliver an event late by so much in the mean."""
    sent.late += round(random.expovariate(1 / (seconds * 1000)))
    return sent


def clock_step(sent: Sent, hours: float, _: Random) -> Sent:
    """Let the source's clock be wrong."""
    return _shifted(sent, hours)


def zone_mix(sent: Sent, share: float, random: Random) -> Sent:
    """Write some moments in another zone, an hour behind."""
    return _shifted(sent, -1.0) if random.random() < share else sent


def _shifted(sent: Sent, hours: float) -> Sent:
    at = sent.event.at
    assert isinstance(at, float)
    sent.event = replace(sent.event, at=max(0, round(at * 1000) + round(hours * HOUR_MS)) / 1000)
    return sent


OF_FEED: Final = {
    "silent": Mechanism(
        says="share of the line's events and readings that its source does not tell",
        kinds=("missing",),
        severity=1.0,
        mildest=1.0,
        worst=1.0,
        carry=silent,
        readings=True,
    ),
    "events-lost": Mechanism(
        says="share of the events that are lost on their way, so that the source's numbers have gaps",
        kinds=("missing", "mismatch"),
        severity=0.2,
        mildest=0.02,
        worst=1.0,
        carry=lost,
    ),
    "events-late": Mechanism(
        says="seconds that events arrive late, in the mean; the totals stay right",
        kinds=("missing", "clock"),
        severity=1_800.0,
        mildest=60.0,
        worst=14_400.0,
        carry=late,
    ),
    "clock-step": Mechanism(
        says="hours by which the source's clock is wrong; negative is behind",
        kinds=("clock", "closed-hours"),
        severity=-5.0,
        mildest=-1.0,
        worst=-8.0,
        carry=clock_step,
    ),
    "zone-mix": Mechanism(
        says="share of the events that are dated an hour back",
        kinds=("clock", "closed-hours"),
        severity=0.5,
        mildest=0.1,
        worst=0.9,
        carry=zone_mix,
    ),
}
