"""The callback list of the board, followed in a thread of its own.

A board without the right to read the calls shows everything else.
"""

from __future__ import annotations

import time
from contextlib import closing
from typing import Protocol

from agents.board.follower import POLL_MS, Followed, Follower, Known, TopicFollower
from agents.callbacks.reading import CallbackReading, Callbacks
from agents.history.standing import miscounts
from agents.history.ticks import erase
from agents.kafka.reading import TopicReader
from config.settings import Settings
from streams.desks.callback_list import CallbackList


class FollowedCallbacks(Followed, Protocol):
    """Hold an office's callback list, and how well it is read."""

    @property
    def callbacks(self) -> Callbacks | None:
        """Return the list; None where it is not known yet."""


class CallbackFollower(TopicFollower):
    """Follow who is to be called back; one that `erases` takes the ticks of days that are over out of their topic."""

    shown = "callbacks"

    def __init__(self, settings: Settings, figures: Follower, *, erases: bool) -> None:
        super().__init__(settings)
        self.callbacks: Callbacks | None = None
        self._figures = figures  # they say which lost calls are not believed
        self._judged: Known | None = None  # of these figures, by which the list was made
        self._office = settings
        self._erases = erases
        self._erased = 0  # the day (an ordinal) on which the ticks of others were erased
        self._fresh = False  # records came that the list does not show yet

    def _follow(self) -> None:
        reading, self._judged = CallbackReading(self._office), None
        with closing(reading.reader(time.time())) as reader:
            while True:
                self._read_on(reading, reader)

    def _read_on(self, reading: CallbackReading, reader: TopicReader) -> None:
        """Take what comes next; where that is all, make the list anew if there was anything, or a new day began."""
        ends = reader.ends()
        for record in reader.poll(POLL_MS):
            reading.take(record)
            self._fresh = True
        if not reader.reached(ends) or self._figures.read is None:
            return
        known = self._figures.known
        if known is not self._judged:
            self._judged, published = known, known.history.incidents.of(self._office.site).values()
            found = miscounts(self._office, published, known.lines, reading.first(time.time()))
            self._fresh |= reading.believe(found)
        day = reading.day(time.time())
        if self._fresh or self.callbacks is None or self.callbacks.day != day:
            self.callbacks, self._fresh = reading.at(time.time()), False
        self._well()
        if self._erases and self._erased != day and (over := reading.over(day)):
            self._erased = day  # once, or a broker that refuses it would keep the list from being read
            erase(self._office, over)


def list_of(follower: FollowedCallbacks) -> CallbackList | None:
    """Return an office's callback list; None where it is not that of all its lines by now."""
    found = follower.callbacks
    if found is None or follower.stale(time.time()) or found.list.crossed or found.list.full:
        return None
    return found.list
