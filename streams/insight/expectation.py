"""What the staff that was seen should have come to, beside what was measured.

Hour by hour, arrivals, talk and agents give the expected lost rate and wait by Erlang A, with the
line's own patience. Agents are those who answered or spoke, by the quarter of an hour: whoever waited for a call
in vain is missing, which makes the expectation too high; breaks within a quarter and work after the talk are not
seen, which makes it too low.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from streams.calls.hours import Hour
from streams.insight.erlang import Demand, agents_for_lost, expect


class Expectation(Struct, frozen=True):
    """Hold the measured and the expected over the hours in which all is known; waits in seconds, over all calls.

    `agents` were seen and `needed` would keep each hour at the target, both as means over the calls; a target of 0
    needs more than can be told.
    """

    hours: int
    calls: int
    lost: float
    expected_lost: float
    wait: float
    expected_wait: float
    agents: float
    needed: float | None


def expectation(
    hours: Mapping[int, Hour], staff: Mapping[int, int], giving_up: float | None, target: float
) -> Expectation | None:
    """Return what was to be expected, or None where in no hour calls, waits, talk and agents are all known.

    `staff` has the agents of the four quarters of each hour together (`Staff.by_hour`), `giving_up` is the rate of
    the patience, per ms (`Patience.rate`); `target` the lost rate to stay below.
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
    """Return the lost share and the mean wait, for a part of an agent straight between those of whole ones."""
    whole, part = divmod(agents, 1)
    fewer, more = expect(demand, int(whole)), expect(demand, int(whole) + 1)
    assert fewer is not None  # callers give up, so no queue grows without end
    assert more is not None
    return fewer.lost + part * (more.lost - fewer.lost), fewer.wait + part * (more.wait - fewer.wait)
