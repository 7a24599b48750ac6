"""The callback lists of the board's offices, followed in one thread.

Each office's calls of today are read once for all readers. A board without the right to read calls shows everything
else.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import closing
from typing import NamedTuple

from agents.board.follower import POLL_MS, Follower, Known, TopicFollower
from agents.callbacks.reading import CallbackReading, Callbacks
from agents.history.standing import miscounts
from agents.history.ticks import erase
from agents.kafka.client import Topic, topic
from agents.kafka.reading import TopicReader
from config.offices import Offices
from config.settings import Settings
from config.shared import Shared
from streams.desks.callback_list import CallbackList


class CallbackFollower(TopicFollower):
    """The callback list of each office. If `erases` is set, ticks of past days are erased from the topic."""

    shown = "callbacks"

    def __init__(self, offices: Offices, figures: Follower, *, erases: bool) -> None:
        super().__init__(offices.shared)
        self.lists: Mapping[str, Callbacks] = {}  # by site
        self._offices = offices
        self._figures = figures  # the source of the miscounts
        self._erases = erases
        self._erased: dict[str, int] = {}  # by site: the last day (an ordinal) on which ticks were erased
        self._begun = False

    def of(self, site: str) -> OfficeCallbacks:
        """Return the callback list of one office."""
        return OfficeCallbacks(self, site)

    def begin(self) -> None:
        """Start following, unless already started."""
        if not self._begun:
            self._begun = True
            self.start()

    def renew(self, offices: Offices) -> None:
        """Follow these offices from now on."""
        self._offices = offices

    def _follow(self) -> None:
        followed = self._offices
        readings = {site: CallbackReading(settings) for site, settings in followed.sites.items()}
        with closing(_reader(followed.shared, readings)) as reader:
            fresh = set(readings)
            judged: Known | None = None
            while self._offices is followed and not self.has_ended():  # a change of offices starts a new reading
                ends = reader.ends()
                for record in reader.poll(POLL_MS):
                    site = (record.key or b"").partition(b"/")[0].decode(errors="replace")
                    if site in readings:
                        readings[site].take(record)
                        fresh.add(site)
                if reader.reached(ends) and self._figures.read is not None:
                    now, known = time.time(), self._figures.known
                    if known is not judged:
                        judged, published = known, known.history.incidents.by_site()
                        for site, settings in followed.sites.items():
                            own, reading = published.get(site, {}).values(), readings[site]
                            if reading.believe(miscounts(settings, own, known.lines, reading.first(now))):
                                fresh.add(site)
                    lists = {
                        site: reading.at(now)
                        for site, reading in readings.items()
                        if site in fresh or site not in self.lists or self.lists[site].day != reading.day(now)
                    }
                    self.lists, fresh = {**self.lists, **lists}, set()
                    self._well()
                    self._erase(followed.sites, readings, now)

    def _erase(self, sites: Mapping[str, Settings], readings: Mapping[str, CallbackReading], now: float) -> None:
        for site, reading in readings.items() if self._erases else ():
            day = reading.day(now)
            if self._erased.get(site) != day and (over := reading.over(day)):
                self._erased[site] = day  # one attempt a day: a broker that refuses must not block the lists
                erase(sites[site], over)


def _reader(shared: Shared, readings: Mapping[str, CallbackReading]) -> TopicReader:
    """Return a reader that starts at the earliest day of any office."""
    now = time.time()
    reader = TopicReader(shared, *(topic(shared, each) for each in (Topic.CALL_ATTEMPTS, Topic.NOTES)))
    begins = [each.begins(now) for each in readings.values()]
    known = [each for each in begins if each is not None]
    if known:
        reader.begin_at(topic(shared, Topic.CALL_ATTEMPTS), min(known))
    return reader


class OfficeCallbacks(NamedTuple):
    """The callback list of one office."""

    follower: CallbackFollower
    site: str

    @property
    def callbacks(self) -> Callbacks | None:
        """The list; None until the topics have been read."""
        return self.follower.lists.get(self.site)


def list_of(office: OfficeCallbacks) -> CallbackList | None:
    """Return an office's callback list; None unless the list covers all lines of the present configuration."""
    found = office.callbacks
    if found is None or office.follower.stale(time.time()) or found.list.crossed or found.list.full:
        return None
    return found.list
