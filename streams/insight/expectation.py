"""The lost rate and wait that the observed staff makes likely, beside the measured lost rate and wait.

Hour by hour, arrivals, talk and agents give the expected lost rate and wait by Erlang A, with the line's own patience.
The agents of a slot are those who answered or talked in it. Agents who waited in vain for a call are not seen, which
makes the expectation too high. Breaks within a slot and work after the talk are not seen, which makes it too low.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from streams.calls.hours import Hour
from streams.insight.erlang import Demand, agents_for_lost, expect


class Expectation(Struct, frozen=True):
    """Measured and expected figures over the hours with known calls, waits, talk and agents."""

    hours: int
    calls: int  # that ended
    lost: float  # lost rate
    expected_lost: float
    wait: float  # mean over the calls, s
    expected_wait: float
    agents: float  # seen agents, mean over the calls
    needed: float | None  # agents needed to keep each hour at the target, mean over the calls; None for a target of 0


def expectation(
    hours: Mapping[int, Hour], staff: Mapping[int, int], giving_up: float | None, target: float
) -> Expectation | None:
    """Return the expectation, or None if no hour has known calls, waits, talk and agents.

    `staff` has the agents of each hour's four slots, summed (`Staff.by_hour`). `giving_up` is the rate at which callers
    give up, per ms (`Patience.rate`). `target` is the maximum of the lost rate.
    """
    known = [
        (figures, staff[hour])
        for hour, figures in hours.items()
        if figures.talks and figures.talked and figures.waits and staff.get(hour)
    ]
    if not known or not giving_up:
        return None
    patience = 1 / (giving_up * 1000)
    calls = lost = 0
    wait = expected_lost = expected_wait = agents = needed = 0.0
    for figures, seen in known:
        ended = figures.ended
        demand = Demand(arrivals=ended / 3600, talk=figures.talked / figures.talks / 1000, patience=patience)
        lost_share, mean_wait = _between(demand, seen / 4)
        calls += ended
        lost += figures.lost
        wait += ended * figures.waited / figures.waits / 1000
        expected_lost += ended * lost_share
        expected_wait += ended * mean_wait
        agents += ended * seen / 4
        needed += ended * agents_for_lost(demand, target) if target else 0
    return Expectation(
        hours=len(known),
        calls=calls,
        lost=lost / calls,
        expected_lost=expected_lost / calls,
        wait=wait / calls,
        expected_wait=expected_wait / calls,
        agents=agents / calls,
        needed=needed / calls if target else None,
    )


def _between(demand: Demand, agents: float) -> tuple[float, float]:
    """Return the lost share and the mean wait, linearly interpolated between whole numbers of agents."""
    whole, part = divmod(agents, 1)
    fewer, more = expect(demand, int(whole)), expect(demand, int(whole) + 1)
    assert fewer is not None  # callers give up, so no queue grows for ever
    assert more is not None
    return fewer.lost + part * (more.lost - fewer.lost), fewer.wait + part * (more.wait - fewer.wait)
