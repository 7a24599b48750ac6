"""What a line keeps of settled calls beyond their counts: who called, who answered, where the calls went.

It takes a call once, when the call settles. A call without caller, agent and destination costs nothing here.
"""

from __future__ import annotations

from collections.abc import Collection
from copy import deepcopy
from dataclasses import dataclass, field

from streams.calls.call import ANSWERED, Call
from streams.calls.callers import MAX_FOLLOWED, Callers, Following
from streams.calls.overflow import MAX_DESTINATIONS, Overflow
from streams.calls.rules import LineRules
from streams.calls.staff import MAX_AGENTS, Staff
from streams.kept.times import QUARTER_MS


@dataclass(slots=True)
class Depth:
    """Follow a line's callers, its staff and its overflow."""

    following: Following = field(default_factory=Following)
    staff: Staff = field(default_factory=Staff)
    overflow: Overflow = field(default_factory=Overflow)

    def settle(self, call: Call, rules: LineRules) -> None:
        """Count a settled call."""
        if call.agent:
            self.staff.add(call)
        if call.to:
            self.overflow.settle(call)
        if call.caller or self.following.calls:
            self.following.settle(call, rules.day(call.start))

    def recall(self, call: Call) -> None:
        """Take a settled call out again."""
        self.staff.add(call, -1)
        self.overflow.recall(call)
        self.following.recall(call)

    def advance(self, limit: int, rules: LineRules) -> None:
        """Close the callers' day if it is over at `limit` (ms); all calls before that have settled."""
        if self.following.calls:
            self.following.close(rules.day(limit))

    def callers(self, live: Collection[Call], rules: LineRules) -> Callers:
        """Return the counts of callers; live calls count as they stand."""
        return self.following.total(live, rules.day)

    def staffed(self, live: Collection[Call]) -> Staff:
        """Return who was at work; live calls count as they stand."""
        staff = deepcopy(self.staff)
        for call in live:
            staff.add(call)
        return staff

    def agents(self, live: Collection[Call], slot_no: int) -> int | None:
        """Return how many agents answered or spoke in a slot or in the one before; None where no agent was ever told.

        An agent who only waited for a call is not seen, so it is a lower bound.
        """
        answered = [call for call in live if call.agent and call.outcome == ANSWERED]
        if not answered and not self.staff.latest:
            return None
        recent = {call.agent for call in answered if slot_no - 1 <= call.moment // QUARTER_MS <= slot_no}
        return len(recent | self.staff.seen(slot_no))

    def overflowed(self, live: Collection[Call]) -> dict[str, int]:
        """Return the number of diverted calls by destination, the most first; live calls count as they stand."""
        overflow = deepcopy(self.overflow)
        for call in live:
            overflow.settle(deepcopy(call))
        return dict(sorted(overflow.counts.items(), key=lambda pair: (-pair[1], pair[0])))

    def check(self) -> None:
        """Raise AssertionError where the state contradicts itself."""
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
