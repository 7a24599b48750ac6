"""Repeat callers, callers who reached no agent, and call-backs.

The callers of a day are followed by the first 64 bits of their pseudonyms. When the first call of a later day settles,
the day is reduced to counts and its pseudonyms are deleted.

Pseudonyms made with different keys cannot be compared, because the same caller would count twice. If a day has callers
of two keys, as on the day of a key rotation, all its calls count as unfollowed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from streams.calls.call import ANSWERED, FOLLOWED, LOST, REASON_MASK, UNFOLLOWED, Call
from streams.kept.times import FOREVER, HOUR_MS, MINUTE_MS, NO_MOMENT, QUARTER_MS

AGAIN: Final = (15, 30, 60)  # minutes within which a call-back comes
MAX_FOLLOWED: Final = 4_000  # calls of one day
MARK: Final = 7  # trailing hexadecimal digits of a pseudonym, which identify its key; odd: no plain digest fits
NO_DAY_YET: Final = -(10**6)  # an ordinal before all days
LONGEST_DAY_MS: Final = 26 * HOUR_MS  # 25 hours when clocks go back, with a margin

_MARKED: Final = len("hmac:") + 32 + MARK
FOLLOWED_BY: Final = slice(5, 21)  # the first 64 bits of a pseudonym, in hexadecimal
_FORGOTTEN: Final = len("hmac:") + 16  # of a call that was withdrawn

# Caller (16 hex digits), moment of entry, moment of outcome (both epoch ms), kind of outcome. A plain tuple, because
# thousands of them must sort quickly.
FollowedCall: TypeAlias = tuple[str, int, int, int]


def mark_of(caller: str) -> str:
    """Return the mark of a pseudonym's key, or an empty string if the caller was forgotten.

    >>> mark_of("hmac:" + 32 * "0" + "00000a7"), mark_of("hmac:" + 64 * "0"), mark_of("hmac:0123456789abcdef")
    ('00000a7', 'other', '')
    """
    if len(caller) == _MARKED:
        return caller[-MARK:]
    return "other" if len(caller) > _FORGOTTEN else ""


def of_one_key(callers: Iterable[str]) -> bool:
    """Return whether pseudonyms can be compared: no two of them have marks of different keys.

    >>> of_one_key(["hmac:" + 32 * "0" + "00000a7", "hmac:" + 32 * "1" + "00000a7", "", "hmac:0123456789abcdef"])
    True
    >>> of_one_key(["hmac:" + 32 * "0" + "00000a7", "hmac:" + 32 * "1" + "00000a8"])
    False
    """
    marks = {caller[-MARK:] if len(caller) == _MARKED else "other" for caller in callers if len(caller) > _FORGOTTEN}
    return len(marks) <= 1


@dataclass(slots=True)
class CallBacks:
    """Calls of one outcome, and how many of their callers called again on the same day."""

    calls: int = 0
    again: list[int] = field(default_factory=lambda: [0] * len(AGAIN))  # by `AGAIN`: calls followed by another

    def copy(self) -> CallBacks:
        return CallBacks(self.calls, self.again.copy())

    def came_back(self, gap: int) -> None:
        """Count a caller who called again `gap` ms after the outcome."""
        for index, minutes in enumerate(AGAIN):
            if gap <= minutes * MINUTE_MS:
                self.again[index] += 1

    def share(self, index: int) -> float | None:
        """Return the share of calls that were followed by another within `AGAIN[index]`, or None without calls."""
        return self.again[index] / self.calls if self.calls else None


@dataclass(slots=True)
class Callers:
    """The number of callers, each counted once a day, and of their attempts."""

    callers: int = 0
    unreached: int = 0  # callers who reached no agent that day
    net_lost: int = 0  # unreached callers who lost at least one call
    net_lost_attempts: int = 0  # their lost calls
    attempts: int = 0
    after_lost: CallBacks = field(default_factory=CallBacks)
    after_answered: CallBacks = field(default_factory=CallBacks)
    unfollowed: int = 0  # attempts beyond `MAX_FOLLOWED`, settled after their day, or on a day with two keys

    def copy(self) -> Callers:
        return replace(self, after_lost=self.after_lost.copy(), after_answered=self.after_answered.copy())

    @property
    def repeats(self) -> int:
        """Attempts by callers who had already called that day."""
        return self.attempts - self.callers

    @property
    def unreached_share(self) -> float | None:
        """The share of callers who reached no agent, or None if no caller is known."""
        return self.unreached / self.callers if self.callers else None

    @property
    def attempts_per_net_lost(self) -> float | None:
        """The mean number of lost calls of a net lost caller, or None if there is none."""
        return self.net_lost_attempts / self.net_lost if self.net_lost else None

    def add_day(self, attempts: Collection[FollowedCall], *, crossed: bool = False) -> None:
        """Count all attempts of one day. If a key rotation `crossed` the day, all attempts are unfollowed."""
        if crossed:
            self.unfollowed += len(attempts)
            return
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
        for index, (caller, _, moment, kind) in enumerate(ordered, 1):
            if index == len(ordered) or ordered[index][0] != caller:
                continue
            following = bisect_left(ordered, (caller, moment), index) if ordered[index][1] < moment else index
            if following == len(ordered) or ordered[following][0] != caller:
                continue
            if kind == LOST:
                self.after_lost.came_back(ordered[following][1] - moment)
            elif kind == ANSWERED:
                self.after_answered.came_back(ordered[following][1] - moment)


@dataclass(slots=True)
class Following:
    """The callers of settled calls on one local day. A call belongs to the day on which it entered."""

    day: int = NO_DAY_YET  # an ordinal
    # The settled calls of that day, by digest, so that a call can be withdrawn
    calls: dict[int, FollowedCall] = field(default_factory=dict)
    past: Callers = field(default_factory=Callers)  # the counts of all days before
    mark: str = ""  # of the key of that day's pseudonyms
    crossed: bool = False  # the day's pseudonyms have two keys

    def settle(self, call: Call, day: int) -> None:
        """Follow the caller of a settled call that entered on `day`; the call itself keeps no pseudonym."""
        if day > self.day:
            self.close(day)
        # a followed caller has already been counted on a day that is closed
        if not call.caller or call.caller == FOLLOWED:
            return
        if call.caller != UNFOLLOWED and day == self.day and len(self.calls) < MAX_FOLLOWED:
            self.calls[call.name] = (call.caller[FOLLOWED_BY], call.start, call.moment, call.outcome & ~REASON_MASK)
            self._note(mark_of(call.caller))
            call.caller = FOLLOWED
        else:
            call.caller = UNFOLLOWED
            self.past.unfollowed += 1

    def recall(self, call: Call) -> None:
        """Withdraw a settled call. If its day is already closed, it remains counted."""
        if call.caller == UNFOLLOWED:
            self.past.unfollowed -= 1
        elif call.name in self.calls:
            call.caller = f"hmac:{self.calls.pop(call.name)[0]}"

    def close(self, day: int) -> None:
        """Reduce the calls that entered before `day` to counts."""
        if day > self.day:
            self.past.add_day(self.calls.values(), crossed=self.crossed)
            self.calls = {}
            self.mark, self.crossed = "", False
            self.day = day

    def over(self, day_of: Callable[[int], int]) -> int:
        """Return the moment (ms) at which the followed day ends, or FOREVER if no caller is followed."""
        start = next((start for _, start, _, _ in self.calls.values()), FOREVER)
        if start == FOREVER:
            return FOREVER
        later = range(start // QUARTER_MS, (start + LONGEST_DAY_MS) // QUARTER_MS)  # a day ends on a slot boundary
        return (
            start // QUARTER_MS + bisect_right(later, self.day, key=lambda slot_no: day_of(slot_no * QUARTER_MS))
        ) * QUARTER_MS

    def _note(self, mark: str) -> None:
        self.crossed |= "" not in (mark, self.mark) and mark != self.mark
        self.mark = mark or self.mark

    def to_call_back(self, live: Iterable[Call], day_of: Callable[[int], int], day: int) -> int | None:
        """Return how many callers were lost on a local day and not reached since, or None if that is unknown."""
        calls = list(self.calls.values()) if day == self.day else []
        marks = {self.mark} if calls else set()
        for call in live:
            if len(call.caller) > 1 and call.attempted and day_of(call.start) == day:
                marks.add(mark_of(call.caller))
                calls.append((call.caller[FOLLOWED_BY], call.start, call.moment, call.outcome & ~REASON_MASK))
        if not calls or len(marks - {""}) > 1 or (self.crossed and day == self.day):
            return None
        reached: dict[str, int] = {}
        for caller, _, moment, kind in calls:
            if kind == ANSWERED:
                reached[caller] = max(moment, reached.get(caller, moment))
        return len({who for who, _, moment, kind in calls if kind == LOST and moment > reached.get(who, NO_MOMENT)})

    def total(self, live: Iterable[Call], day_of: Callable[[int], int]) -> Callers:
        """Return the counts of all days. Unfinished days count as they are now."""
        days = {self.day: list(self.calls.values())}
        marks = {self.day: {self.mark}}
        for call in live:
            if len(call.caller) > 1 and call.attempted and (day := day_of(call.start)) >= self.day:
                marks.setdefault(day, set()).add(mark_of(call.caller))
                days.setdefault(day, []).append(
                    (call.caller[FOLLOWED_BY], call.start, call.moment, call.outcome & ~REASON_MASK)
                )
        total = self.past.copy()
        for day, attempts in days.items():
            crossed = len(marks[day] - {""}) > 1 or (self.crossed and day == self.day)
            total.add_day(attempts, crossed=crossed)
        return total
