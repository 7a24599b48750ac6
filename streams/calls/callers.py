"""Who calls again: repeat callers, callers who reached nobody, call-backs.

The callers of a day are followed by the first 64 bits of their pseudonyms. When the first call of a later day settles,
the day is turned into counts, and no pseudonym is kept.

Pseudonyms of two keys cannot be compared: a caller whom both name would be two. Where a day has both, as that of a
rotation has, its callers are not known: they count as unfollowed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from streams.calls.call import ANSWERED, FOLLOWED, LOST, REASON_MASK, UNFOLLOWED, Call
from streams.kept.times import FOREVER, HOUR_MS, MINUTE_MS, NO_MOMENT, QUARTER_MS

AGAIN: Final = (15, 30, 60)  # minutes within which a call-back comes
MAX_FOLLOWED: Final = 4_000  # calls of one day
MARK: Final = 7  # hexadecimal digits in which Tocsin's pseudonyms end: of the key; an odd number, as no digest has
NO_DAY_YET: Final = -(10**6)  # an ordinal before all days
LONGEST_DAY_MS: Final = 26 * HOUR_MS  # when clocks go back, and more

_MARKED: Final = len("hmac:") + 32 + MARK
FOLLOWED_BY: Final = slice(5, 21)  # of a pseudonym: its first 64 bits, in hexadecimal
_FORGOTTEN: Final = len("hmac:") + 16  # of a call that was taken back

# The caller (16 hex digits), when the call entered, when its outcome fell (both epoch ms), the kind of its outcome.
# It is a plain tuple so that thousands sort fast.
FollowedCall: TypeAlias = tuple[str, int, int, int]


def mark_of(caller: str) -> str:
    """Return what tells the key of a pseudonym from other keys, empty where that was forgotten.

    >>> mark_of("hmac:" + 32 * "0" + "00000a7"), mark_of("hmac:" + 64 * "0"), mark_of("hmac:0123456789abcdef")
    ('00000a7', 'other', '')
    """
    if len(caller) == _MARKED:
        return caller[-MARK:]
    return "other" if len(caller) > _FORGOTTEN else ""


def of_one_key(callers: Iterable[str]) -> bool:
    """Tell whether pseudonyms can be compared: no two of them are known, as by `mark_of`, to be of different keys.

    >>> of_one_key(["hmac:" + 32 * "0" + "00000a7", "hmac:" + 32 * "1" + "00000a7", "", "hmac:0123456789abcdef"])
    True
    >>> of_one_key(["hmac:" + 32 * "0" + "00000a7", "hmac:" + 32 * "1" + "00000a8"])
    False
    """
    marks = {caller[-MARK:] if len(caller) == _MARKED else "other" for caller in callers if len(caller) > _FORGOTTEN}
    return len(marks) <= 1


@dataclass(slots=True)
class CallBacks:
    """Count calls of one outcome, and how many of their callers called again on the same day."""

    calls: int = 0
    again: list[int] = field(default_factory=lambda: [0] * len(AGAIN))  # by `AGAIN`: calls followed by another

    def came_back(self, gap: int) -> None:
        """Note that the caller of one of the calls called again `gap` ms after its outcome."""
        for index, minutes in enumerate(AGAIN):
            if gap <= minutes * MINUTE_MS:
                self.again[index] += 1

    def share(self, index: int) -> float | None:
        """Return the share of calls that were followed by another within `AGAIN[index]`, or None without calls."""
        return self.again[index] / self.calls if self.calls else None


@dataclass(slots=True)
class Callers:
    """Count callers, each once a day, and their attempts."""

    callers: int = 0
    unreached: int = 0  # callers who reached nobody that day
    net_lost: int = 0  # unreached callers who lost at least one call
    net_lost_attempts: int = 0  # their lost calls
    attempts: int = 0
    after_lost: CallBacks = field(default_factory=CallBacks)
    after_answered: CallBacks = field(default_factory=CallBacks)
    unfollowed: int = 0  # attempts beyond what is followed, or settled after their day, or of a day of two keys

    @property
    def repeats(self) -> int:
        """Return the attempts of callers who had already called that day."""
        return self.attempts - self.callers

    @property
    def unreached_share(self) -> float | None:
        """Return the callers who reached nobody over all callers, or None where no caller was told."""
        return self.unreached / self.callers if self.callers else None

    @property
    def attempts_per_net_lost(self) -> float | None:
        """Return how many lost calls a net lost caller made on average, or None without one."""
        return self.net_lost_attempts / self.net_lost if self.net_lost else None

    def add_day(self, attempts: Collection[FollowedCall], *, crossed: bool = False) -> None:
        """Count all attempts of one day; where it is `crossed` by a rotation, as unfollowed."""
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
    """Follow the callers of settled calls through one local day, the day on which a call entered."""

    day: int = NO_DAY_YET  # an ordinal
    # The settled calls of that day, by digest, so that one can be taken out again
    calls: dict[int, FollowedCall] = field(default_factory=dict)
    past: Callers = field(default_factory=Callers)  # the counts of all days before
    mark: str = ""  # of the key of that day's callers
    crossed: bool = False  # they are of two keys

    def settle(self, call: Call, day: int) -> None:
        """Follow the caller of a settled call that entered on `day`; the call itself keeps no pseudonym."""
        if day > self.day:
            self.close(day)
        if not call.caller or call.caller == FOLLOWED:  # a followed one is counted already, with a day that is over
            return
        if call.caller != UNFOLLOWED and day == self.day and len(self.calls) < MAX_FOLLOWED:
            self.calls[call.name] = (call.caller[FOLLOWED_BY], call.start, call.moment, call.outcome & ~REASON_MASK)
            self._note(mark_of(call.caller))
            call.caller = FOLLOWED
        else:
            call.caller = UNFOLLOWED
            self.past.unfollowed += 1

    def recall(self, call: Call) -> None:
        """Take a settled call out again; where its day is over it stays counted as it was."""
        if call.caller == UNFOLLOWED:
            self.past.unfollowed -= 1
        elif call.name in self.calls:
            call.caller = f"hmac:{self.calls.pop(call.name)[0]}"

    def close(self, day: int) -> None:
        """Turn the calls that entered before `day` into counts."""
        if day > self.day:
            self.past.add_day(self.calls.values(), crossed=self.crossed)
            self.calls = {}
            self.mark, self.crossed = "", False
            self.day = day

    def over(self, day_of: Callable[[int], int]) -> int:
        """Return the moment (ms) at which the followed day is over; FOREVER where no caller is followed."""
        start = next((start for _, start, _, _ in self.calls.values()), FOREVER)
        if start == FOREVER:
            return FOREVER
        later = range(start // QUARTER_MS, (start + LONGEST_DAY_MS) // QUARTER_MS)  # a day ends with a quarter
        return (
            start // QUARTER_MS + bisect_right(later, self.day, key=lambda slot_no: day_of(slot_no * QUARTER_MS))
        ) * QUARTER_MS

    def _note(self, mark: str) -> None:
        self.crossed |= "" not in (mark, self.mark) and mark != self.mark
        self.mark = mark or self.mark

    def to_call_back(self, live: Iterable[Call], day_of: Callable[[int], int], day: int) -> int | None:
        """Return how many callers were lost on a local day and not reached since; None where nobody can tell."""
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
        """Return the counts of all days; days that are not over count as they stand."""
        days = {self.day: list(self.calls.values())}
        marks = {self.day: {self.mark}}
        for call in live:
            if len(call.caller) > 1 and call.attempted and (day := day_of(call.start)) >= self.day:
                marks.setdefault(day, set()).add(mark_of(call.caller))
                days.setdefault(day, []).append(
                    (call.caller[FOLLOWED_BY], call.start, call.moment, call.outcome & ~REASON_MASK)
                )
        total = deepcopy(self.past)
        for day, attempts in days.items():
            crossed = len(marks[day] - {""}) > 1 or (self.crossed and day == self.day)
            total.add_day(attempts, crossed=crossed)
        return total
