"""Callers, staff and destinations of a line's settled calls.

A call is added once, when it settles. A call without a caller, an agent and a destination costs nothing here.
"""

from __future__ import annotations

from collections.abc import Collection
from copy import copy
from dataclasses import dataclass, field

from streams.calls.call import ANSWERED, Call
from streams.calls.callers import MAX_FOLLOWED, Callers, Following
from streams.calls.overflow import MAX_DESTINATIONS, Overflow
from streams.calls.rules import LineRules
from streams.calls.staff import MAX_AGENTS, Staff
from streams.kept.times import QUARTER_MS


@dataclass(slots=True)
class Depth:
    """A line's callers, staff and overflow."""

    following: Following = field(default_factory=Following)
    staff: Staff = field(default_factory=Staff)
    overflow: Overflow = field(default_factory=Overflow)

    def settle(self, call: Call, rules: LineRules) -> None:
        if call.agent:
            self.staff.add(call)
        if call.to:
            self.overflow.settle(call)
        if call.caller or self.following.calls:
            self.following.settle(call, rules.day(call.start))

    def recall(self, call: Call) -> None:
        self.staff.add(call, -1)
        self.overflow.recall(call)
        self.following.recall(call)

    def advance(self, limit: int, rules: LineRules) -> None:
        """Close the callers' day if it is over at `limit` (ms), before which all calls have settled."""
        if self.following.calls:
            self.following.close(rules.day(limit))

    def callers(self, live: Collection[Call], rules: LineRules) -> Callers:
        """Return the counts of callers. Live calls count as they are now."""
        return self.following.total(live, rules.day)

    def staffed(self, live: Collection[Call]) -> Staff:
        """Return the agents' work. Live calls count as they are now."""
        staff = self.staff.copy()
        for call in live:
            staff.add(call)
        return staff

    def agents(self, live: Collection[Call], slot_no: int) -> int | None:
        """Return how many agents answered or talked in a slot or the one before, or None if no agent was ever named.

        Agents who only waited for a call are not seen, so this is a lower bound.
        """
        answered = [call for call in live if call.agent and call.outcome == ANSWERED]
        if not answered and not self.staff.latest:
            return None
        recent = {call.agent for call in answered if slot_no - 1 <= call.moment // QUARTER_MS <= slot_no}
        return len(recent | self.staff.seen(slot_no))

    def overflowed(self, live: Collection[Call]) -> dict[str, int]:
        """Return the number of diverted calls by destination, most frequent first. Live calls count as they are now."""
        overflow = Overflow(self.overflow.counts.copy())
        for call in live:
            overflow.settle(copy(call))
        return dict(sorted(overflow.counts.items(), key=lambda pair: (-pair[1], pair[0])))

    def check(self) -> None:
        """Raise AssertionError if the state contradicts itself."""
        past = self.following.past
        assert len(self.following.calls) <= MAX_FOLLOWED
        assert past.net_lost <= past.unreached <= past.callers <= past.attempts
        assert past.net_lost <= past.net_lost_attempts <= past.after_lost.calls
        assert past.after_lost.calls + past.after_answered.calls <= past.attempts
        assert past.unfollowed >= 0
        for agents in self.staff.slots.values():
            assert len(agents) <= MAX_AGENTS + 1
            assert all(calls > 0 and talk >= 0 for calls, talk in agents.values())
        assert len(self.overflow.counts) <= MAX_DESTINATIONS + 1
        assert all(count > 0 for count in self.overflow.counts.values())
