"""The history of record, read without any worker: the days of the ledger, the vintages of years, and the incidents."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, NamedTuple

import msgspec

from agents.history import incident as published
from agents.kafka.client import Topic, topic
from agents.kafka.reading import Record, leaving_out, records
from config.settings import Settings
from streams.indicators.vintage import Vintage, parse_vintage_key
from streams.kept.record import Position, position_of
from streams.ledger.day import LedgerDay
from streams.ledger.sums import whole

Incident = dict[str, Any]  # as `agents.history.incidents.of` gives it, with its site

_day: Final = msgspec.json.Decoder(LedgerDay).decode
_vintage: Final = msgspec.json.Decoder(Vintage).decode


class _Part(NamedTuple):
    """Hold a day's record, or that of a part of it, as it was written: decoded, years of them would fill the memory."""

    folded: Position
    site: str
    day: str
    value: bytes


class History:
    """Hold the latest by key of what the topics of the ledger and of the incidents say.

    Of two records of a day the one that was folded further counts, else the later: a worker that was thought dead may
    have written an old one last. An incident belongs to a period where it reaches into it.
    """

    def __init__(self, settings: Settings) -> None:
        self.topics: Final = (topic(settings, Topic.LEDGER), topic(settings, Topic.INCIDENTS))
        self._settings = settings
        self._parts: dict[bytes, _Part] = {}
        self._vintages: dict[tuple[str, int, int], Vintage] = {}
        self._incidents: dict[bytes, Incident] = {}

    def take(self, record: Record) -> None:
        """Take a record of one of its topics; raise what `leaving_out` knows where it is none of theirs."""
        ledger, incidents = self.topics
        key, value = record.key, record.value
        if key is None:
            return
        if record.topic == incidents:
            if value is None:
                self._incidents.pop(key, None)
            else:
                self._incidents[key] = published.read(value)
        elif record.topic == ledger:
            of = parse_vintage_key(key.decode())
            if of is None:
                self._take_day(key, value)
            elif value is None:
                self._vintages.pop(of, None)
            else:
                self._vintages[of] = _vintage(value)

    def _take_day(self, key: bytes, value: bytes | None) -> None:
        if value is None:
            self._parts.pop(key, None)
            return
        day = _day(value)
        date.fromisoformat(day.day)
        part = _Part(position_of(day), day.id.partition("/")[0], day.day, value)
        known = self._parts.get(key)
        if known is None or known.folded <= part.folded:
            self._parts[key] = part

    def copy(self) -> History:
        """Return the same, which what is taken here later does not change."""
        same = History(self._settings)
        same._parts, same._vintages = self._parts.copy(), self._vintages.copy()
        same._incidents = self._incidents.copy()
        return same

    def days(self, *, site: str | None = None, first: date | None = None, last: date | None = None) -> list[LedgerDay]:
        """Return the days, each whole, by id and date: of a site or of all, from `first` up to and with `last`."""
        return whole(
            _day(part.value)
            for part in self._parts.values()
            if site in {None, part.site} and _within(part.day, part.day, first, last)
        )

    def incidents(
        self, *, site: str | None = None, first: date | None = None, last: date | None = None
    ) -> dict[str, Incident]:
        """Return the latest state of the incidents by id, likewise."""
        return {
            each["id"]: each
            for each in self._incidents.values()
            if site in {None, each["site"]} and _within(each["from"][:10], each["to"][:10], first, last)
        }

    def vintages(self, site: str, year: int) -> list[Vintage]:
        """Return the vintages of a year, the first one first."""
        return [self._vintages[of] for of in sorted(self._vintages) if of[:2] == (site, year)]

    def dates(self, site: str) -> set[date]:
        """Return the local days of which a site has something."""
        return {date.fromisoformat(each) for each in {part.day for part in self._parts.values() if part.site == site}}


def read(settings: Settings) -> History:
    """Return what the topics hold now, but for what cannot be read; raise `KafkaError` where no broker answers."""
    history = History(settings)
    for record in records(settings, *history.topics):
        with leaving_out(record):
            history.take(record)
    return history


def _within(begin: str, end: str, first: date | None, last: date | None) -> bool:
    """Tell whether a stretch of days (ISO) reaches into a period."""
    return (first is None or end >= first.isoformat()) and (last is None or begin <= last.isoformat())
