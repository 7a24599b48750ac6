"""Metrics of lines' staff and callers, of the losses and waits to expect, and of the causes of losses."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import asdict

from agents.metrics.family import LINE, Family
from streams.desks.line import Line
from streams.desks.line_repeats import repeats_of
from streams.insight.expectation import expectation
from streams.insight.losses import losses
from streams.insight.patience import giving_up
from streams.kept.times import DAY_MS, HOUR_MS


def families(lines: list[Line], target: Callable[[Line], float], now: int) -> Iterator[Family]:
    """Yield the metric families of the day that ends at `now` (ms); unknown values have no sample.

    `target` returns the lost rate below which a line should stay.
    """
    busy = Family(
        "gauge",
        "tocsin_call_occupancy_ratio",
        "Talk time over the time of the agents seen at work; an upper bound. Updated every 30 s.",
        LINE,
    )
    lost = Family(
        "gauge",
        "tocsin_lost_call_ratio_erlang",
        "Lost calls over calls to expect with the agents seen (Erlang A). Updated every 30 s.",
        LINE,
    )
    wait = Family(
        "gauge",
        "tocsin_call_wait_seconds_erlang",
        "Mean wait to expect with the agents seen (Erlang A). Updated every 30 s.",
        LINE,
    )
    agents = Family(
        "gauge", "tocsin_call_agents", "Agents seen at work, averaged over calls. Updated every 30 s.", LINE
    )
    needed = Family(
        "gauge",
        "tocsin_call_agents_needed",
        "Agents that would keep the line below its target. Updated every 30 s.",
        LINE,
    )
    callers = Family(
        "gauge",
        "tocsin_net_lost_caller_ratio",
        "Share of the callers who reached no agent on the day of their call, over all days. Updated every 30 s.",
        LINE,
    )
    causes = Family(
        "gauge",
        "tocsin_calls_lost_over_target",
        "Calls lost in hours above the target in the last month, by cause: too few agents for the usual callers, more "
        "callers than usual, neither, or unknown. Updated every 30 s.",
        (*LINE, "cause"),
    )
    for line in lines:
        label = (line.rules.site, line.rules.line)
        staff, since = line.figures.staff(), (now - DAY_MS) // HOUR_MS
        if staff.occupancy is not None:
            busy.add(label, staff.occupancy)
        if (share := line.figures.callers().unreached_share) is not None:
            callers.add(label, share)
        month, seen, impatience = line.figures.by_hour(), staff.by_hour(), giving_up(line.figures.tallies())
        if seen:
            for cause, count in asdict(losses(month, seen, impatience, target(line))).items():
                causes.add((*label, cause), count)
        day = {hour: figures for hour, figures in month.items() if hour > since}
        due = expectation(day, seen, impatience, target(line))
        if due is None:
            continue
        lost.add(label, due.expected_lost)
        wait.add(label, due.expected_wait)
        agents.add(label, due.agents)
        if due.needed is not None:
            needed.add(label, due.needed)
    yield from (busy, lost, wait, agents, needed, callers, causes)


def repeat_families(lines: list[Line], _now: int) -> Iterator[Family]:
    """Yield the metric family of answered callers who call again; without a sample if most callers are unknown."""
    again = Family(
        "gauge",
        "tocsin_called_again_ratio",
        "Share of the last week's answers to known callers that another call of the caller followed within half an "
        "hour. Updated every 30 s.",
        LINE,
    )
    for line in lines:
        if (share := repeats_of(line).share) is not None:
            again.add((line.rules.site, line.rules.line), share)
    yield again
