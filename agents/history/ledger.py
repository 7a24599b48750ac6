"""The history of record, read without a worker: days, incidents, notes, the log and the vintages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from typing import Final, TypeAlias

from agents.history.days import DayRecords
from agents.history.incidents import PublishedIncidents
from agents.history.notes import note_of
from agents.history.publications import Publications
from agents.kafka.client import Topic, topic
from agents.kafka.input_ends import InputEndsReader
from agents.kafka.reading import Record, leaving_out, place_of, records
from config.shared import Shared
from streams.chain.breach import Breach
from streams.chain.days import differing, moved_since, moving, opened_before
from streams.chain.decisions import decisions_in
from streams.chain.vintages import altered, periods, vintages
from streams.decoding import Unreadable
from streams.indicators.desk_days import D
from streams.indicators.period import Period
from streams.indicators.vintage import Vintage, parse_vintage_key
from streams.ledger.day import LedgerDay, LineDay
from streams.said import said

# By history, site and period: at least the breaches that concern the period.
Comparison: TypeAlias = Callable[["History", str, Period | None], Iterable[Breach]]

TOPICS_OF_RECORD: Final = (Topic.LEDGER, Topic.INCIDENTS, Topic.NOTES, Topic.REVIEWS)


class History:
    """The records of each topic of record, and the checks that compare topics."""

    def __init__(self, settings: Shared) -> None:
        self.topics: Final = tuple(topic(settings, each) for each in TOPICS_OF_RECORD)
        self._settings = settings
        self.notes: dict[str, str] = {}  # notes of decisions by hash
        self.days = DayRecords(settings.kafka.epoch)
        self.incidents = PublishedIncidents(self.notes)
        self.publications = Publications(self.notes, settings.kafka.partitions)
        self.stated: Comparison | None = None  # with the workers' states, for whoever shows figures
        self._unreadable: tuple[Breach, ...] = ()

    def take(self, record: Record) -> None:
        """Take a record of one of the topics; raise what `leaving_out` catches if it cannot be read."""
        ledger, incidents, notes, log = self.topics
        key, value = record.key, record.value
        if key is None:
            if isinstance(value, Unreadable):
                says = said("records that no program here can read: {why}", why=value.decode())
                place = place_of(record)
                found = Breach(kind="record-unreadable", subject=place, says=says, place=place, at=record.timestamp)
                self._unreadable += (found,)
            return
        if record.topic == incidents:
            self.incidents.take(record, key, value)
        elif record.topic == ledger:
            vintage = parse_vintage_key(key.decode())
            if vintage is None:
                self.days.take(record, key, value)
            else:
                self.publications.take_vintage(record, vintage, value)
        elif record.topic == notes:
            self.notes.pop(key.decode().rpartition("/")[2], None)
            self.notes.update({} if value is None else note_of(key, value))
        elif record.topic == log:
            self.publications.take_entry(record)

    def settle(self, inputs: InputEndsReader) -> None:
        """Decide about days beyond the ends known so far: an input has grown, or no worker wrote the day."""
        if self.days.beyond():
            self.days.reach(inputs.read())
        if self.days.beyond():
            self.days.reach(inputs.read(fetched=True), judge=True)

    def copy(self) -> History:
        """Return a copy that does not change when this history takes more records."""
        copy = History(self._settings)
        copy.notes = self.notes.copy()
        copy.days = self.days.copy()
        copy.incidents = self.incidents.copy(copy.notes)
        copy.publications = self.publications.copy(copy.notes)
        copy.stated = self.stated
        copy._unreadable = self._unreadable
        return copy

    def breaches(self, site: str, of: Period | None = None) -> list[Breach]:
        """Return the breaches in a site's history: all, or those that concern the years of a period."""
        chain, stored = self.publications.chain(site), self.publications.stored(site)
        found = [*self._unreadable, *chain.breaches, *chain.missing(self.notes), *self.days.breaches(site)]
        found += self.incidents.breaches(site, decisions_in(chain.decisions))
        for period in periods(chain, stored):
            sound, wrong = vintages(chain, stored, period)
            known = {each.subject for each in found}
            found += wrong
            for each in self._days_behind(site, sound, altered(chain, stored, period)):
                if each.subject not in known:
                    found.append(each)
                    known.add(each.subject)
        if self.stated is not None:
            known = {each.subject for each in found}
            found += [each for each in self.stated(self, site, of) if each.subject not in known]
        return [each for each in found if of is None or any(map(each.concerns, of.years()))]

    def unusual(self, site: str, period: Period) -> list[Breach]:
        """Return the parts that a person must look at before a period is published once more."""
        published = self.publications.vintages(site, period)
        return [*moving(published[-1], self.days.parts(site))] if published else []

    def _days_behind(self, site: str, sound: Sequence[Vintage], changed: Sequence[Vintage]) -> Iterator[Breach]:
        """Yield the breaches of the days behind the vintages of one period, by its sound and its changed vintages."""
        every = [*sound, *changed]
        if not every:
            return
        period = every[0].annual.period
        digests, positions = self.days.digests(site, period), self.days.positions(site, period)
        for each in sound:
            yield from moved_since(each, digests)
            yield from opened_before(each, positions)
        for each in changed:
            yield from differing(each, digests)

    def state(self, site: str, period: Period) -> int:
        """Return a hash that changes with every record that could change a site's figures for a period."""
        parts = self.days.folded(site, period), self.incidents.standing(site)
        return hash((*map(tuple, parts), self.publications.count(site)))


def read_history(settings: Shared) -> History:
    """Return the history in the topics, without records that cannot be read.

    Raises `KafkaError` if no broker answers.
    """
    history = History(settings)
    with closing(InputEndsReader(settings)) as inputs:
        history.days.reach(inputs.read())
        for record in records(settings, *history.topics):
            with leaving_out(record):
                history.take(record)
        history.settle(inputs)
    return history


class StoredDays:
    """The days of an office over a period, in the form that `streams.indicators.desk_days` expects."""

    def __init__(self, history: History, site: str, period: Period) -> None:
        self._history = history
        self._site = site
        self._period = period

    def of(self, kind: type[D], name: str) -> Iterator[D]:
        """Yield the whole days of one kind of a line, service or channel, in order."""
        return self._history.days.each(kind, f"{self._site}/{name}", self._period)

    def span(self, kind: type[LedgerDay], period: Period) -> Period | None:
        """Return the period from the first to the last day of a kind; None if there is none."""
        return self._history.days.counted(kind, self._site, period)

    def lines(self, period: Period) -> Iterator[LineDay]:
        return self._history.days.of_lines(self._site, period)
