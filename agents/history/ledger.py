"""The history of record, read without a worker: the days of the ledger, the vintages of years, and the incidents."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

import msgspec

from agents.history.incident_schema import IncidentJson, decode_incident
from agents.kafka.client import Topic, topic
from agents.kafka.reading import Record, leaving_out, records
from config.settings import Settings
from streams.indicators.vintage import Vintage, parse_vintage_key
from streams.kept.record import Position, position_of
from streams.ledger.day import LedgerDay
from streams.ledger.sums import whole

_day: Final = msgspec.json.Decoder(LedgerDay).decode
_vintage: Final = msgspec.json.Decoder(Vintage).decode


class _Part(NamedTuple):
    """Hold the record of a day, or of a part of one, as it was written: years of decoded ones would fill the memory."""

    folded: Position
    site: str
    day: str  # ISO
    value: bytes


class History:
    """Hold the latest record of each key of the ledger's and the incidents' topics.

    Of two records of a day, the one that was folded further counts; of two folded equally far, the later one. For a
    worker that was thought dead may have written an old record last.
    An incident belongs to every period that it reaches into.
    """

    def __init__(self, settings: Settings) -> None:
        self.topics: Final = (topic(settings, Topic.LEDGER), topic(settings, Topic.INCIDENTS))
        self._settings = settings
        self._parts: dict[bytes, _Part] = {}
        self._vintages: dict[tuple[str, int, int], Vintage] = {}
        self._incidents: dict[bytes, IncidentJson] = {}

    def take(self, record: Record) -> None:
        """Take a record of one of the topics; raise what `leaving_out` catches where it cannot be read."""
        ledger, incidents = self.topics
        key, value = record.key, record.value
        if key is None:
            return
        if record.topic == incidents:
            if value is None:
                self._incidents.pop(key, None)
            else:
                self._incidents[key] = decode_incident(value)
        elif record.topic == ledger:
            vintage = parse_vintage_key(key.decode())
            if vintage is None:
                self._take_day(key, value)
            elif value is None:
                self._vintages.pop(vintage, None)
            else:
                self._vintages[vintage] = _vintage(value)

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
        """Return a copy, which stays as it is when this history takes more records."""
        copy = History(self._settings)
        copy._parts, copy._vintages = self._parts.copy(), self._vintages.copy()
        copy._incidents = self._incidents.copy()
        return copy

    def days(self, *, site: str | None = None, first: date | None = None, last: date | None = None) -> list[LedgerDay]:
        """Return the days from `first` to `last`, each whole, ordered by id and date, of a site or of all."""
        return whole(
            _day(part.value)
            for part in self._parts.values()
            if site in {None, part.site} and _within(part.day, part.day, first, last)
        )

    def incidents(
        self, *, site: str | None = None, first: date | None = None, last: date | None = None
    ) -> dict[str, IncidentJson]:
        """Return the latest state of each incident from `first` to `last` by its id, of a site or of all."""
        return {
            each["id"]: each
            for each in self._incidents.values()
            if site in {None, each["site"]} and _within(each["from"][:10], each["to"][:10], first, last)
        }

    def vintages(self, site: str, year: int) -> list[Vintage]:
        """Return the vintages of a year, the first one first."""
        return [self._vintages[key] for key in sorted(self._vintages) if key[:2] == (site, year)]

    def dates(self, site: str) -> set[date]:
        """Return the local days that a site has records of."""
        days = {part.day for part in self._parts.values() if part.site == site}
        return {date.fromisoformat(day) for day in days}


def read_history(settings: Settings) -> History:
    """Return what the topics hold now, without the records that cannot be read.

    Raises `KafkaError` where no broker answers.
    """
    history = History(settings)
    for record in records(settings, *history.topics):
        with leaving_out(record):
            history.take(record)
    return history


def _within(begin: str, end: str, first: date | None, last: date | None) -> bool:
    """Tell whether a stretch of days (ISO) reaches into a period."""
    return (first is None or end >= first.isoformat()) and (last is None or begin <= last.isoformat())
