"""Who was at work, as far as the answered calls tell, and how busy.

An agent is seen in a quarter of an hour in which he or she answered or spoke. Whoever was there
and answered nobody is not seen, so the occupancy is an upper bound, and the staff a lower one.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from streams.calls.call import ANSWERED, Call
from streams.calls.hours import HOURS_KEPT
from streams.kept.times import DAY_MS, HOUR_MS, QUARTER_MS

MAX_AGENTS: Final = 100  # told apart in a slot
OTHERS: Final = 0  # all agents beyond, as if they were one


class Staff(Struct, array_like=True):
    """Keep, by quarter of an hour, each agent's number of calls and talk time (ms) in it.

    What lies a day before the call that settled last goes into sums: `staffed` (agents' time) and
    `talked`, both ms, and into `hours` the agents seen in its four quarters. Talk (ms) that was told only
    after that is `unplaced`: it counts in none of these.
    """

    slots: dict[int, dict[int, tuple[int, int]]] = {}
    hours: dict[int, int] = {}
    staffed: int = 0
    talked: int = 0
    unplaced: int = 0
    latest: int = 0

    def add(self, call: Call, times: int = 1) -> None:
        """Count an answered call whose agent is known, over the slots that its talk covers; `times=-1` takes it back.

        Talk beyond a day is not believed.
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
                # Nobody new is told apart once there are others: so each call is taken out from where it was put.
                agent = OTHERS
            had = agents.get(agent, (0, 0))
        if calls := calls + had[0]:
            agents[agent] = (calls, had[1] + talk)
        else:
            del agents[agent]

    def prune(self) -> None:
        """Let the hours go that lie a day back."""
        oldest = self._oldest()
        for slot in [slot for slot in self.slots if slot * QUARTER_MS // HOUR_MS < oldest]:
            agents = self.slots.pop(slot)
            self.staffed += QUARTER_MS * len(agents)
            self.talked += sum(talk for _, talk in agents.values())
            hour = slot * QUARTER_MS // HOUR_MS
            self.hours[hour] = self.hours.get(hour, 0) + len(agents)
        for hour in [hour for hour in self.hours if hour < oldest - HOURS_KEPT]:
            del self.hours[hour]

    def _oldest(self) -> int:
        return (self.latest - DAY_MS) // HOUR_MS

    @property
    def occupancy(self) -> float | None:
        """Return talk time over agents' time, or None where no agent was told; an upper bound."""
        staffed = self.staffed + QUARTER_MS * sum(map(len, self.slots.values()))
        talked = self.talked + sum(talk for agents in self.slots.values() for _, talk in agents.values())
        return talked / staffed if staffed else None

    def by_hour(self) -> dict[int, int]:
        """Return how many agents were seen in the four quarters of each hour (epoch hours) together."""
        hours = dict(self.hours)
        for slot, agents in self.slots.items():
            hour = slot * QUARTER_MS // HOUR_MS
            hours[hour] = hours.get(hour, 0) + len(agents)
        return hours
