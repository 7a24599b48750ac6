"""Who calls again: repeat callers, callers who reached nobody, call-backs.

The callers of a day are followed by the first 64 bits of their pseudonyms until the first call
of a later day settles; then the day becomes whole counts, and no pseudonym stays.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from copy import deepcopy
from typing import Final, TypeAlias

from msgspec import Struct, field

from streams.calls.call import ANSWERED, FOLLOWED, LOST, REASON_MASK, UNFOLLOWED, Call

AGAIN: Final = (15, 30, 60)  # minutes until a call-back
MAX_FOLLOWED: Final = 4_000
NO_DAY_YET: Final = -(10**6)


# Who called (16 hex digits), when the call entered, when its outcome fell (epoch ms), and which: plain, so that
# thousands sort fast.
FollowedCall: TypeAlias = tuple[str, int, int, int]


class CallBacks(Struct, array_like=True):
    """Count calls, and those after whose outcome the same caller's next one came within each of `AGAIN`, that day."""

    calls: int = 0
    again: list[int] = field(default_factory=lambda: [0] * len(AGAIN))

    def came_back(self, gap: int) -> None:
        """Note that the caller of one of the calls came back after `gap` ms."""
        for place, minutes in enumerate(AGAIN):
            if gap <= minutes * 60_000:
                self.again[place] += 1

    def share(self, place: int) -> float | None:
        """Return the share of calls that were followed by another, or None without calls."""
        return self.again[place] / self.calls if self.calls else None


class Callers(Struct, array_like=True):
    """Count callers, each once a day, and their attempts.

    `unreached` callers reached nobody that day; the `net_lost` among them lost at least one
    call, and `net_lost_attempts` in all.
    """

    callers: int = 0
    unreached: int = 0
    net_lost: int = 0
    net_lost_attempts: int = 0
    attempts: int = 0
    after_lost: CallBacks = field(default_factory=CallBacks)
    after_answered: CallBacks = field(default_factory=CallBacks)
    unfollowed: int = 0  # attempts that came when too many were followed already, or after their day was over

    @property
    def repeats(self) -> int:
        """Return the attempts of callers who had called before that day."""
        return self.attempts - self.callers

    @property
    def unreached_share(self) -> float | None:
        """Return the callers who reached nobody over all callers, or None where no caller was told."""
        return self.unreached / self.callers if self.callers else None

    @property
    def attempts_per_net_lost(self) -> float | None:
        """Return how many lost calls a net lost caller made on average, or None without one."""
        return self.net_lost_attempts / self.net_lost if self.net_lost else None

    def add_day(self, attempts: Collection[FollowedCall]) -> None:
        """Count all attempts of one day."""
        times = Counter([caller for caller, _, _, _ in attempts])
        answered = [caller for caller, _, _, kind in attempts if kind == ANSWERED]
        lost = [caller for caller, _, _, kind in attempts if kind == LOST]
        reached = set(answered)
        net_lost = [caller for caller in lost if caller not in reached]
        self.callers += len(times)
        self.attempts += len(attempts)
        self.unreached += len(times) - len(reached)
        self.net_lost += len(set(net_lost))
        self.net_lost_attempts += len(net_lost)
        self.after_answered.calls += len(answered)
        self.after_lost.calls += len(lost)
        ordered = sorted([attempt for attempt in attempts if times[attempt[0]] > 1])
        for place, (caller, _, moment, kind) in enumerate(ordered, 1):
            if place == len(ordered) or ordered[place][0] != caller:
                continue
            following = bisect_left(ordered, (caller, moment), place) if ordered[place][1] < moment else place
            if following == len(ordered) or ordered[following][0] != caller:
                continue
            if kind == LOST:
                self.after_lost.came_back(ordered[following][1] - moment)
            elif kind == ANSWERED:
                self.after_answered.came_back(ordered[following][1] - moment)


class Following(Struct, array_like=True):
    """Follow the callers of settled calls through their `day`, the local day on which a call entered.

    `calls` has the attempts of that day by the digest of the call, so that one can be taken out again.
    """

    day: int = NO_DAY_YET
    calls: dict[int, FollowedCall] = {}
    past: Callers = field(default_factory=Callers)

    def settle(self, call: Call, day: int) -> None:
        """Take in a settled call that entered on `day`, and its caller out of it."""
        if day > self.day:
            self.close(day)
        if not call.caller or call.caller == FOLLOWED:  # counted with a day that is over
            return
        if call.caller != UNFOLLOWED and day == self.day and len(self.calls) < MAX_FOLLOWED:
            self.calls[call.name] = (call.caller[5:21], call.start, call.moment, call.outcome & ~REASON_MASK)
            call.caller = FOLLOWED
        else:
            call.caller = UNFOLLOWED
            self.past.unfollowed += 1

    def recall(self, call: Call) -> None:
        """Take a settled call out again; with a day that is over it stays counted, whatever is still said of it."""
        if call.caller == UNFOLLOWED:
            self.past.unfollowed -= 1
        elif call.name in self.calls:
            call.caller = f"hmac:{self.calls.pop(call.name)[0]}"

    def close(self, day: int) -> None:
        """Turn what came before `day` into whole counts."""
        if day > self.day:
            self.past.add_day(self.calls.values())
            self.calls = {}
            self.day = day

    def total(self, live: Iterable[Call], day_of: Callable[[int], int]) -> Callers:
        """Return the counts of all days, with those of the days that are not over as they stand."""
        days = {self.day: list(self.calls.values())}
        for call in live:
            if len(call.caller) > 1 and call.attempted and (day := day_of(call.start)) >= self.day:
                days.setdefault(day, []).append(
                    (call.caller[5:21], call.start, call.moment, call.outcome & ~REASON_MASK)
                )
        total = deepcopy(self.past)
        for attempts in days.values():
            total.add_day(attempts)
        return total
