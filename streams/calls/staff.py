"""Agents at work and their occupancy, as far as answered calls show them.

An agent is seen in every slot in which he or she answered or talked. Agents who were present but answered no call are
not seen. Therefore occupancy is an upper bound, and the number of agents is a lower bound.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

from streams.calls.call import ANSWERED, Call
from streams.calls.hours import HOURS_KEPT
from streams.kept.times import DAY_MS, HOUR_MS, QUARTER_MS

MAX_AGENTS: Final = 100  # of one slot; sources choose the agents' names, so their number must be bounded
OTHERS: Final = 0  # counts all further agents as one


@dataclass(slots=True)
class Staff:
    """The agents of each slot for a day, and the sums of earlier slots."""

    # By slot number and agent: calls, and talk (ms)
    slots: dict[int, dict[int, tuple[int, int]]] = field(default_factory=dict)
    # By epoch hour: the agents seen in its four slots, added up slot by slot once a slot is summed
    hours: dict[int, int] = field(default_factory=dict)
    staffed: int = 0  # ms: agents' time in the slots that are summed
    talked: int = 0  # ms: talk in them
    unplaced: int = 0  # ms: talk that arrived after its slot was summed; no other figure includes it
    latest: int = 0  # the latest start of a call that was counted, epoch ms

    def copy(self) -> Staff:
        """Return a copy that shares nothing that changes."""
        slots = {slot: agents.copy() for slot, agents in self.slots.items()}
        return replace(self, slots=slots, hours=self.hours.copy())

    def add(self, call: Call, times: int = 1) -> None:
        """Count an answered call with a known agent in the slots of its talk, or remove it if `times` is -1.

        Talk beyond a day is ignored as implausible.
        """
        if call.outcome != ANSWERED or not call.agent:
            return
        if call.start > self.latest:  # noqa: PLR1730 -- once a call, and faster than max()
            self.latest = call.start
        at, talk = call.answered, call.talked
        end = at if talk < 0 else at + min(talk, DAY_MS)
        if at < self.latest - DAY_MS and at < (oldest := self._oldest() * HOUR_MS):
            self.unplaced += times * (min(end, oldest) - at)
            at = oldest
            if end <= at:
                return
        slot = at // QUARTER_MS
        while (edge := (slot + 1) * QUARTER_MS) < end:
            self._add(slot, call.agent, times, times * (edge - at))
            at, slot = edge, slot + 1
        self._add(slot, call.agent, times, times * (end - at))

    def _add(self, slot: int, agent: int, calls: int, talk: int) -> None:
        agents = self.slots.get(slot)
        if agents is None:
            self.prune()
            agents = self.slots[slot] = {}
        had = agents.get(agent)
        if had is None:
            if calls < 0 or OTHERS in agents or len(agents) >= MAX_AGENTS:
                # Once `OTHERS` is in use no new agent is added, so a call is always removed from the place where it was
                # counted.
                agent = OTHERS
            had = agents.get(agent, (0, 0))
        if calls := calls + had[0]:
            agents[agent] = (calls, had[1] + talk)
        else:
            del agents[agent]

    def seen(self, slot_no: int) -> set[int]:
        """Return the agents of a slot and of the one before; `OTHERS` stands for all agents beyond `MAX_AGENTS`."""
        return {*self.slots.get(slot_no - 1, ()), *self.slots.get(slot_no, ())}

    def prune(self) -> None:
        """Sum the slots older than a day, and drop hours older than a month."""
        oldest = self._oldest()
        for slot in [slot for slot in self.slots if slot * QUARTER_MS // HOUR_MS < oldest]:
            agents = self.slots.pop(slot)
            self.staffed += QUARTER_MS * len(agents)
            self.talked += sum(talk for _, talk in agents.values())
            hour = slot * QUARTER_MS // HOUR_MS
            self.hours[hour] = self.hours.get(hour, 0) + len(agents)
        while self.hours and (hour := min(self.hours)) < oldest - HOURS_KEPT:
            del self.hours[hour]

    def _oldest(self) -> int:
        return (self.latest - DAY_MS) // HOUR_MS

    @property
    def occupancy(self) -> float | None:
        """Return talk time over agents' time, an upper bound, or None if no agent is known."""
        staffed = self.staffed + QUARTER_MS * sum(map(len, self.slots.values()))
        talked = self.talked + sum(talk for agents in self.slots.values() for _, talk in agents.values())
        return talked / staffed if staffed else None

    def by_hour(self) -> dict[int, int]:
        """Return, by epoch hour, the agents seen in its four slots, added up."""
        hours = dict(self.hours)
        for slot, agents in self.slots.items():
            hour = slot * QUARTER_MS // HOUR_MS
            hours[hour] = hours.get(hour, 0) + len(agents)
        return hours
