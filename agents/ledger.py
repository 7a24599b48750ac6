"""The history of record, read from the broker without any worker: the days of the ledger, and the incidents."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import msgspec

from agents.kafka import Topic, topic
from agents.reading import latest, records
from config.settings import Settings
from streams.indicators.vintage import place
from streams.ledger.day import LedgerDay
from streams.ledger.sums import whole
from streams.record import position_of

Incident = dict[str, Any]  # as `agents.incidents.of` gives it, with its site


class History(NamedTuple):
    """Hold the days, each whole, by id and date, and the latest state of each incident by its id."""

    days: list[LedgerDay]
    incidents: dict[str, Incident]


def read(
    settings: Settings, *, site: str | None = None, first: date | None = None, last: date | None = None
) -> History:
    """Return what the topics hold now, of one site or of all, from the day `first` up to and with the day `last`.

    An incident belongs to a period where it reaches into it. Raises `KafkaError` where no broker answers.
    """
    days = [
        day
        for day in _parts(settings).values()
        if site in {None, day.id.partition("/")[0]} and _within(day.day, day.day, first, last)
    ]
    told = (msgspec.json.decode(value) for value in latest(settings, topic(settings, Topic.INCIDENTS)).values())
    incidents = {
        each["id"]: each
        for each in told
        if site in {None, each["site"]} and _within(each["from"][:10], each["to"][:10], first, last)
    }
    return History(whole(days), incidents)


def _parts(settings: Settings) -> dict[bytes, LedgerDay]:
    """Return the days and parts of days by key: of two records the one that was folded further, else the later.

    Vintages of a year's figures stand in the same topic. A worker that was thought dead may have written an old one
    last.
    """
    decoder = msgspec.json.Decoder(LedgerDay)
    parts: dict[bytes, LedgerDay] = {}
    for record in records(settings, topic(settings, Topic.LEDGER)):
        if record.key is None or place(record.key.decode()) is not None:
            continue
        if record.value is None:
            parts.pop(record.key, None)
            continue
        part: LedgerDay = decoder.decode(record.value)
        known = parts.get(record.key)
        if known is None or position_of(known) <= position_of(part):
            parts[record.key] = part
    return parts


def _within(begin: str, end: str, first: date | None, last: date | None) -> bool:
    """Tell whether a stretch of days (ISO) reaches into a period."""
    return (first is None or end >= first.isoformat()) and (last is None or begin <= last.isoformat())
