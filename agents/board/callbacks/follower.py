"""The callback list of the board, followed in a thread of its own.

A board without the right to read the calls shows everything else.
"""

from __future__ import annotations

import time
from contextlib import closing
from typing import Protocol

from msgspec.structs import replace

from agents.board.follower import POLL_MS, Followed, Known, TopicFollower
from agents.callbacks.reading import CallbackReading, Callbacks
from agents.history.ticks import erase
from agents.kafka.reading import TopicReader
from config.settings import Settings


class FollowedCallbacks(Followed, Protocol):
    """Hold an office's callback list, and how well it is read."""

    @property
    def callbacks(self) -> Callbacks | None:
        """Return the list; None where it is not known yet."""


class CallbackFollower(TopicFollower):
    """Follow who is to be called back; one that `erases` takes the ticks of days that are over out of their topic."""

    shown = "callbacks"

    def __init__(self, settings: Settings, *, erases: bool) -> None:
        super().__init__(settings)
        self.callbacks: Callbacks | None = None
        self._office = settings
        self._erases = erases
        self._erased = 0  # the day (an ordinal) on which the ticks of others were erased
        self._fresh = False  # records came that the list does not show yet

    def _follow(self) -> None:
        reading = CallbackReading(self._office)
        with closing(reading.reader(time.time())) as reader:
            while True:
                self._read_on(reading, reader)

    def _read_on(self, reading: CallbackReading, reader: TopicReader) -> None:
        """Take what comes next; where that is all, make the list anew if there was anything, or a new day began."""
        ends = reader.ends()
        for record in reader.poll(POLL_MS):
            reading.take(record)
            self._fresh = True
        if not reader.reached(ends):
            return
        day = reading.day(time.time())
        if self._fresh or self.callbacks is None or self.callbacks.day != day:
            self.callbacks, self._fresh = reading.at(time.time()), False
        self._well()
        if self._erases and self._erased != day and (over := reading.over(day)):
            self._erased = day  # once, or a broker that refuses it would keep the list from being read
            erase(self._office, over)


def counted(known: Known, site: str, follower: FollowedCallbacks) -> Known:
    """Return live figures whose callers to call back are those of an office's list, where it holds for all its lines.

    A worker knows of each line alone, and of no tick.
    """
    found = follower.callbacks
    if found is None or follower.stale(time.time()) or found.list.crossed or found.list.full:
        return known
    count = found.list.by_line()
    own = {
        name: replace(each, to_call_back=count.get(each.line, 0))
        for name, each in known.lines.items()
        if each.site == site and each.to_call_back is not None
    }
    return known._replace(lines={**known.lines, **own})
