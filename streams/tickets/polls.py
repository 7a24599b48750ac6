"""Tickets estimated from polls of a queue's public display, to within the polling interval.

A poll has the number called last and the number of people waiting. If numbers are issued and called in sequence, the
tickets up to `called + waiting` exist, and those up to `called` have been called. A ticket was therefore issued, or
called, after the last poll that does not show it and by the first poll that does. The estimate is the moment of that
later poll: it is never early, and it is late by less than the interval between the two polls. In the wait the two
errors have opposite signs, so the wait is wrong by less than the longer of the two intervals. The middle of the
interval would not give a better bound, and would give an event a moment before the poll that revealed it.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from msgspec import Struct, field

from streams.decoding import Invalid
from streams.said import said

LONGEST: Final = 900_000  # ms: longer intervals give no estimates
MOST: Final = 1_000  # maximum of tickets from one poll: more is a fault of the display


class Poll(NamedTuple):
    """The content of a display."""

    at: int  # epoch ms
    day: int  # the local day, as any integer
    series: str  # prefix of the number
    number: int | None  # called last; None if the display is blank
    waiting: int  # people
    counters: int | None = None  # open ones
    counter: str | None = None  # the counter that called the number


class Estimate(NamedTuple):
    """The estimate of when a ticket was issued or called (epoch ms)."""

    type: Literal["issued", "called"]
    number: int
    at: int
    counter: str | None = None


class PolledQueue(Struct):
    """The fold of one queue's ordered polls into estimates.

    >>> queue = PolledQueue()
    >>> for minute, number, waiting in ((0, 40, 0), (1, 40, 2), (3, 41, 1)):
    ...     for estimate in queue.take(Poll(minute * 60_000, 0, "C", number, waiting)):
    ...         print(estimate.type, estimate.number, estimate.at // 60_000)
    issued 41 1
    issued 42 1
    called 41 3
    >>> queue.open, queue.interval()
    ([42], 90.0)
    """

    at: int = -1  # of the last poll that was not blank, epoch ms
    day: int | None = None  # and its day, as are the next three
    series: str = ""
    called: int = 0  # the number called last
    total: int = 0  # the highest number that was issued
    open: list[int] = []  # waiting numbers, at most `MOST`
    intervals: dict[int, int] = field(default_factory=dict)  # how often each interval came, by its whole seconds
    polls: int = 0
    blank: int = 0  # polls of a blank display
    gaps: int = 0  # intervals of more than `LONGEST`
    unseen: int = 0  # tickets with a moment before a day's first poll, after its last, or in a gap
    fell: int = 0  # polls that show that people left without being called
    counters: list[int] = field(default_factory=lambda: [0, 0])  # the sum of the open counters, and over how many polls

    def take(self, poll: Poll) -> list[Estimate]:
        """Return a poll's new estimates; raise `Invalid` if it cannot follow the previous one."""
        if poll.at < self.at:
            raise Invalid(
                "out-of-order",
                said(
                    "{found} s earlier than the previous poll; expected a later one",
                    found=f"{(self.at - poll.at) / 1000:.0f}",
                ),
            )
        if poll.number is None:  # no number has been called yet, or the office is closed
            self.polls += 1
            self.blank += 1
            return []
        if poll.waiting > MOST:
            raise Invalid(
                "implausible",
                said("{waiting} people waiting; expected at most {most}", waiting=poll.waiting, most=MOST),
            )
        if poll.day == self.day:
            estimates = self._follow(poll, poll.number)
        else:
            self._begin(poll, poll.number)
            estimates = []
        self.at = poll.at
        self.called = poll.number
        self.polls += 1
        if poll.counters is not None:
            self.counters[0] += poll.counters
            self.counters[1] += 1
        return estimates

    def interval(self) -> float | None:
        """Return the median interval between polls of one day, in s: the resolution of the estimates."""
        half, seen, low = sum(self.intervals.values()) / 2, 0, 0
        for seconds, count in sorted(self.intervals.items()):
            if seen == half:  # as many are shorter as are longer
                return (low + seconds) / 2
            seen += count
            if seen > half:
                return float(seconds)
            low = seconds
        return None

    def open_counters(self) -> float | None:
        """Return the mean number of open counters over the polls that report it, or None if no poll does."""
        total, count = self.counters
        return total / count if count else None

    def _begin(self, poll: Poll, number: int) -> None:
        """Begin a day: people who already wait came at an unknown moment, and yesterday's numbers may be used again."""
        self.unseen += len(self.open) + poll.waiting
        self.day, self.series, self.total, self.open = poll.day, poll.series, number + poll.waiting, []

    def _follow(self, poll: Poll, number: int) -> list[Estimate]:
        if poll.series != self.series:
            raise Invalid(
                "other-series",
                said(
                    "series {series} after {series2}; expected one a queue, on one day",
                    series=repr(poll.series),
                    series2=repr(self.series),
                ),
            )
        if number < self.called:
            raise Invalid(
                "display-back",
                said(
                    "number {number} after {called}; expected none lower on one day", number=number, called=self.called
                ),
            )
        total = max(self.total, number + poll.waiting)
        if total - self.total > MOST:
            raise Invalid(
                "implausible",
                said("{found} new tickets at once; expected at most {most}", found=total - self.total, most=MOST),
            )
        self.fell += number + poll.waiting < self.total
        issued = range(self.total + 1, total + 1)
        called = [ticket for ticket in (*self.open, *issued) if ticket <= number]
        length = poll.at - self.at
        if length:
            seconds = min((length + 500) // 1000, LONGEST // 1000 + 1)
            self.intervals[seconds] = self.intervals.get(seconds, 0) + 1
        known = length <= LONGEST
        if known:
            self.open += issued
        else:
            self.gaps += 1
            self.unseen += len(issued) + sum(ticket <= number for ticket in self.open)
        self.open = [ticket for ticket in self.open if ticket > number]
        self.total = total
        if not known:
            return []
        at, counter = poll.at, poll.counter
        return [Estimate("issued", ticket, at) for ticket in issued] + [
            Estimate("called", ticket, at, counter if ticket == number else None) for ticket in called
        ]
