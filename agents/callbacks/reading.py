"""The callback list, made from today's calls and the ticks, and the numbers behind its pseudonyms.

The configured clock says which day is today.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from contextlib import closing, suppress
from datetime import date
from functools import lru_cache, partial
from typing import Final, NamedTuple

from agents.catalogue import lines, times
from agents.dialling import numbers_of
from agents.history.standing import read_miscounts
from agents.history.ticks import Ticks
from agents.kafka.client import Topic, topic
from agents.kafka.reading import Record, TopicReader, leaving_out
from agents.sources.pseudonym import Pseudonymizer, bare
from config.calendar import Calendar
from config.settings import Settings
from streams.decoding import Decoder, Invalid, require_no_number
from streams.desks.callback_list import CallbackList, CallDays
from streams.events import CallEvent, milliseconds
from streams.kept.times import DAY_MS, HOUR_MS
from streams.watch.incident import Incident

MOST_CLOSED_DAYS: Final = 14  # a longer closing is listed from this many days before
_decode: Final = Decoder(CallEvent).decode


class Callbacks(NamedTuple):
    """A day's callback list."""

    day: int  # an ordinal
    list: CallbackList


class CallbackReading:
    """The calls of an office's lines and the ticks, as they are read.

    With the wall clock, only records since the office closed before today are read, because an event is written after
    it happened. A record that a worker rejects is skipped here; the worker has logged it.
    """

    def __init__(self, settings: Settings) -> None:
        self.topics: Final = tuple(topic(settings, each) for each in (Topic.CALL_ATTEMPTS, Topic.NOTES))
        self.ticks: Final = Ticks(settings.site)
        self._settings = settings
        self._live = settings.clock == "wall"
        self._day_of = times(settings).day
        self._closed_since = lru_cache(1)(partial(closed_since, settings.calendar()))
        self._numbers = numbers_of(settings)
        self._days = CallDays(lines(settings))
        self._miscounts: Mapping[str, list[Incident]] = {}  # by line

    def reader(self, now: float) -> TopicReader:
        """Return a reader of the topics as of `now` (epoch s); raise `KafkaError` if no broker answers."""
        reader, begins = TopicReader(self._settings, *self.topics), self.begins(now)
        if begins is not None:
            reader.begin_at(self.topics[0], begins)
        return reader

    def begins(self, now: float) -> int | None:
        """Return the moment (epoch ms) from which calls are read for the list at `now` (epoch s); None: all calls."""
        self._forget(self.day(now))
        if not self._live:
            return None
        return self._closed_since(self.day(now)) - HOUR_MS  # an hour earlier, because clocks may differ

    def take(self, record: Record) -> None:
        """Take a record; log an unreadable tick and leave it out."""
        if record.topic != self.topics[0]:
            with leaving_out(record):
                self.ticks.take(record.key or b"", record.value)
            return
        with suppress(Invalid):
            event = _decode(record.value)
            require_no_number(event, self._numbers)
            ahead = self._live and milliseconds(event.at) > record.timestamp + DAY_MS
            if record.key == f"{self._settings.site}/{event.line}".encode() and not ahead:
                self._days.take(event)
        if not self._live:
            self._forget(self._days.last)

    def believe(self, miscounts: Mapping[str, list[Incident]]) -> bool:
        """Take each line's present miscounts; return whether the list may have changed."""
        changed = miscounts != self._miscounts
        self._miscounts = miscounts
        return changed

    def first(self, now: float) -> date | None:
        """Return the date at `now` (epoch s), before which ended incidents do not matter; None in a replay."""
        return date.fromordinal(self.day(now)) if self._live else None

    def day(self, now: float) -> int:
        """Return the day (an ordinal) at `now` (epoch s); in a replay, the last day of its calls."""
        return self._day_of(round(now * 1000)) if self._live else self._days.last

    def at(self, now: float) -> Callbacks:
        """Return the list of the day at `now` (epoch s), and forget the calls that it no longer needs."""
        day = self.day(now)
        self._forget(day)
        found = self._days.callbacks(day, self.ticks.until, self._miscounts, self._closed_since(day))
        return Callbacks(day, found)

    def over(self, day: int) -> list[str]:
        """Return the callers with ticks from before the list of a day (an ordinal)."""
        return [caller for caller, until in self.ticks.until.items() if until < self._closed_since(day)]

    def _forget(self, day: int) -> None:
        """Forget the days that the list of a day (an ordinal) does not need."""
        self._days.forget(min(day, self._day_of(self._closed_since(day))))


def closed_since(calendar: Calendar, day: int) -> int:
    """Return when (epoch ms) an office closed on its last working day before a day (an ordinal)."""
    if not day:
        return 0
    before = [date.fromordinal(day - each) for each in range(1, MOST_CLOSED_DAYS + 1)]
    last = next((each for each in before if calendar.is_working_day(each)), None)
    found = calendar.day_bounds(before[-1])[0] if last is None else calendar.open_intervals(last)[-1][1]
    return round(found * 1000)


def read_callbacks(settings: Settings) -> Callbacks:
    """Return the present callback list; raise `KafkaError` if no broker answers."""
    reading, now = CallbackReading(settings), time.time()
    reading.believe(read_miscounts(settings))
    with closing(reading.reader(now)) as reader:
        for record in reader.up_to(reader.ends()):
            reading.take(record)
    return reading.at(now)


class RevealingPseudonymizer(Pseudonymizer):
    """A pseudonymizer that remembers the numbers of the wanted pseudonyms.

    >>> from streams.number import DialPlan, Numbers
    >>> french = Numbers(DialPlan("33", "0", "00", (9,)))
    >>> wanted = Pseudonymizer(b"a key of the documentation", french).of("+33466496000")
    >>> revealing = RevealingPseudonymizer(b"a key of the documentation", french).wanting([wanted])
    >>> _ = [revealing.of(number) for number in ('"Anne" <04 66 49 60 00>', "0466000000")]
    >>> list(revealing.found.values())
    ['04 66 49 60 00']
    """

    __slots__ = ("_wanted", "found")

    def wanting(self, pseudonyms: Collection[str]) -> RevealingPseudonymizer:
        """Remember the numbers of these pseudonyms in `found`; return itself."""
        self._wanted = frozenset(pseudonyms)
        self.found: dict[str, str] = {}
        return self

    def of(self, number: str) -> str | None:
        """Return the pseudonym of a number; if it is wanted, remember the number as last written."""
        pseudonym = super().of(number)
        if pseudonym in self._wanted:
            self.found[pseudonym] = bare(number)
        return pseudonym
