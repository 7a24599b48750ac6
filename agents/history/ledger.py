"""The history of record, read without a worker: the days of the ledger, the vintages of periods, and the incidents."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from sys import intern
from typing import Final, NamedTuple, TypeVar

import msgspec
from msgspec.structs import replace

from agents.chain.log import logged
from agents.history.incident_schema import IncidentJson, decode_incident
from agents.history.notes import note_of, noted, with_notes
from agents.kafka.client import Topic, topic
from agents.kafka.reading import Record, leaving_out, place_of, records
from config.shared import Shared
from streams.chain.breach import Breach, BreachKind
from streams.chain.days import moved_since, subject_of_day
from streams.chain.links import Chain, Logged
from streams.chain.vintages import Stored, Vintages, periods, vintages
from streams.indicators.period import Period
from streams.indicators.vintage import Vintage, content_of, digest_of_figures, parse_vintage_key
from streams.ledger.day import ChannelDay, LedgerDay, LineDay, ServiceDay, WitnessDay, day_key, read_day
from streams.ledger.seal import Seal, contradict
from streams.ledger.sums import joined
from streams.said import Said, said

D = TypeVar("D", LineDay, ServiceDay, ChannelDay, WitnessDay)
_YEAR: Final = re.compile(r"/(\d{4})-\d{2}-\d{2}")  # in the key of a day
_SURELY_CLOSED: Final = timedelta(100)  # no desk keeps a day open for half as long
_OF_LINE: Final = f"{LineDay.__name__} "  # begins the desk of a line's days
_COMPACTED: Final = (Topic.LEDGER, Topic.INCIDENTS, Topic.NOTES)

_vintage: Final = msgspec.json.Decoder(Vintage).decode


class _Part(NamedTuple):
    """Hold the record of a day, or of a part of one, as it was written: years of decoded ones would fill the memory."""

    seal: Seal
    site: str
    desk: str  # its id and kind
    day: str  # ISO
    value: bytes


class History:
    """Hold the latest record of each key of ledger, incidents and notes, and the log of decisions.

    Of two records of a day, the one that was folded further counts; of two folded equally far, the later one. For a
    worker that was thought dead may have written an old record last. What no worker writes is noted as a breach.
    An incident belongs to every period that it reaches into.
    """

    def __init__(self, settings: Shared) -> None:
        self.topics: Final = tuple(topic(settings, each) for each in (*_COMPACTED, Topic.REVIEWS))
        self._settings = settings
        self._parts: dict[str, dict[bytes, _Part]] = {}  # by site
        self._desks: dict[str, dict[str, list[_Part]]] = {}  # the same by site and desk, once somebody asked
        self._shared: set[str] = set()  # sites whose parts a copy has too: they are copied before they change
        self._vintages: dict[str, dict[tuple[str, str], Stored]] = {}  # by site
        self._incidents: dict[bytes, IncidentJson] = {}
        self._notes: dict[str, str] = {}  # by hash
        self._log: list[Logged] = []
        self._breaches: dict[bytes, Breach] = {}  # by key of the ledger

    def take(self, record: Record) -> None:
        """Take a record of one of the topics; raise what `leaving_out` catches where it cannot be read."""
        ledger, incidents, notes, log = self.topics
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
                self._take_day(record, key, value)
            else:
                self._take_vintage(record, vintage, value)
        elif record.topic == notes:
            self._take_note(key, value)
        elif record.topic == log:
            self._log += [each for each in (logged(record),) if each is not None]

    def _take_day(self, record: Record, key: bytes, value: bytes | None) -> None:
        known = self._parts.get(_site(key), {}).get(key)
        if value is None:
            if known is not None:
                del self._own(_site(key))[key]
                says = said("the record of the day was deleted")
                self._breaches[key] = _of_day("day-missing", key, says, record)
            return
        try:
            day = _read_day(key, value)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            says = said("an unreadable record was put in its place")
            self._breaches[key] = _of_day("day-impossible", key, says, record)
            raise
        site = day.id.partition("/")[0]
        desk, date_of = intern(f"{type(day).__name__} {day.id}"), intern(day.day)  # a year of lines has few of them
        part = _Part(Seal(value, day), intern(site), desk, date_of, value)
        if known is not None and contradict(known.seal, part.seal):
            self._breaches[key] = _of_day("day-changed", key, _difference(read_day(known.value), day), record)
        elif not part.seal.conserved:
            says = said("its calls are not each in one outcome")
            self._breaches[key] = _of_day("day-impossible", key, says, record)
        elif part.seal.folded.epoch > self._settings.kafka.epoch:
            says = said(
                "counted in epoch {epoch}; kafka.epoch is {now}",
                epoch=part.seal.folded.epoch,
                now=self._settings.kafka.epoch,
            )
            self._breaches[key] = _of_day("day-impossible", key, says, record)
        if known is None or known.seal.folded <= part.seal.folded:
            self._own(part.site)[key] = part

    def _own(self, site: str) -> dict[bytes, _Part]:
        """Return the parts of a site, to change them."""
        self._desks.pop(site, None)
        if site in self._shared:
            self._parts[site] = self._parts[site].copy()
            self._shared.remove(site)
        return self._parts.setdefault(site, {})

    def _take_vintage(self, record: Record, name: tuple[str, str, str], value: bytes | None) -> None:
        site, period, content = name
        stored = {known: each for known, each in self._vintages.get(site, {}).items() if known != (period, content)}
        self._vintages[site] = stored
        if value is None:
            return
        said = msgspec.json.decode(value)
        found = Stored(
            _vintage(value),
            content_of(said),
            digest_of_figures(said["annual"]) == said["digest"],
            place_of(record),
            record.timestamp,
        )
        self._vintages[site] = {**stored, (period, content): found}

    def _take_note(self, key: bytes, value: bytes | None) -> None:
        self._notes.pop(key.decode().rpartition("/")[2], None)
        if value is not None:
            self._notes |= note_of(key, value)

    def copy(self) -> History:
        """Return a copy, which stays as it is when this history takes more records."""
        copy = History(self._settings)
        self._shared = set(self._parts)
        copy._shared = set(self._parts)
        copy._parts, copy._vintages, copy._desks = self._parts.copy(), self._vintages.copy(), self._desks.copy()
        copy._incidents, copy._notes = self._incidents.copy(), self._notes.copy()
        copy._log, copy._breaches = self._log.copy(), self._breaches.copy()
        return copy

    def days(
        self,
        *,
        site: str | None = None,
        first: date | None = None,
        last: date | None = None,
        line: str | None = None,
    ) -> list[LedgerDay]:
        """Return the days from `first` to `last`, each whole, ordered by id and date, of a site or of all.

        `line` is the id of a line, where its days alone are asked for.
        """
        return joined(
            read_day(part.value)
            for part in self._of(site)
            if line in {None, part.desk.removeprefix(_OF_LINE)} and _within(part.day, part.day, first, last)
        )

    def written(self, kind: type[LedgerDay], desk: str, period: Period) -> list[bytes]:
        """Return the records of one desk (`site/name`) in a period, as they were written; `days_of` reads them."""
        first, last = period.first.isoformat(), period.last.isoformat()
        parts = self._by_desk(_site(desk)).get(f"{kind.__name__} {desk}", ())
        return [part.value for part in parts if first <= part.day <= last]

    def each(self, kind: type[D], desk: str, period: Period) -> Iterator[D]:
        """Yield the days of one desk (`site/name`) in a period, each whole, in their order; none is kept."""
        first, last = period.first.isoformat(), period.last.isoformat()
        parts = [
            each for each in self._by_desk(_site(desk)).get(f"{kind.__name__} {desk}", ()) if first <= each.day <= last
        ]
        parts.sort(key=attrgetter("day"))
        for _, group in groupby(parts, attrgetter("day")):
            yield from days_of(kind, [part.value for part in group])

    def of_lines(self, site: str, period: Period) -> Iterator[LineDay]:
        """Yield the days of every line of a site in a period, line by line; none is kept."""
        for desk in [each for each in self._by_desk(site) if each.startswith(_OF_LINE)]:
            yield from self.each(LineDay, desk.removeprefix(_OF_LINE), period)

    def counted(self, kind: type[LedgerDay], site: str, period: Period) -> Period | None:
        """Return the first and the last day of a kind that a site has in a period; None where it has none."""
        own, first, last = f"{kind.__name__} ", period.first.isoformat(), period.last.isoformat()
        desks = (parts for desk, parts in self._by_desk(site).items() if desk.startswith(own))
        days = [part.day for parts in desks for part in parts if first <= part.day <= last]
        return Period(date.fromisoformat(min(days)), date.fromisoformat(max(days))) if days else None

    def _by_desk(self, site: str) -> dict[str, list[_Part]]:
        desks = self._desks.get(site)
        if desks is None:
            found = defaultdict[str, list[_Part]](list)
            for part in self._of(site):
                found[part.desk].append(part)
            desks = self._desks[site] = dict(found)
        return desks

    def _of(self, site: str | None) -> Iterable[_Part]:
        """Return the parts of a site, or of all."""
        if site is None:
            return (part for parts in self._parts.values() for part in parts.values())
        return self._parts.get(site, {}).values()

    def incidents(
        self, *, site: str | None = None, first: date | None = None, last: date | None = None
    ) -> dict[str, IncidentJson]:
        """Return the latest state of each incident from `first` to `last` by its id, of a site or of all.

        Its decisions have their notes, where these were not erased.
        """
        return {
            each["id"]: with_notes(each, self._notes)
            for each in self._incidents.values()
            if site in {None, each["site"]} and _within(each["from"][:10], _last_day(each), first, last)
        }

    def incidents_by_site(self) -> dict[str, dict[str, IncidentJson]]:
        """Return the latest state of each incident by its id, by site: those of two offices may have the same id."""
        found = defaultdict[str, dict[str, IncidentJson]](dict)
        for each in self._incidents.values():
            found[each["site"]][each["id"]] = with_notes(each, self._notes)
        return dict(found)

    def chain(self, site: str) -> Chain:
        """Return the chain of a site's decisions and publications."""
        return Chain(site, self._log)

    def vintages(self, site: str, period: Period) -> list[Vintage]:
        """Return the vintages of a period that are what was published, the first one first."""
        found, _ = vintages(self.chain(site), self._vintages.get(site, {}), period.name)
        return [replace(each, annual=noted(each.annual, self._notes)) for each in found]

    def editions(self, site: str) -> dict[str, int]:
        """Return how many vintages that are what was published each period has, by its name."""
        chain, stored = self.chain(site), self.stored(site)
        return {period: len(vintages(chain, stored, period)[0]) for period in periods(chain, stored)}

    def stored(self, site: str) -> Vintages:
        """Return every vintage that the ledger has of a site, whether it was published or not."""
        return self._vintages.get(site, {})

    def marks(self, site: str, period: Period) -> dict[str, str]:
        """Return, by key, the digest of each record of a period's days that is closed, and nothing for an open one.

        Versions that did not note that a day is closed wrote nothing of one that lies so far behind its desk's last.
        """
        last: dict[str, date] = {}
        for part in self._of(site):
            last[part.desk] = max(last.get(part.desk, date.min), date.fromisoformat(part.day))
        closed = {
            key.decode()
            for key, part in self._parts.get(site, {}).items()
            if (part.seal.closed or date.fromisoformat(part.day) + _SURELY_CLOSED < last[part.desk])
        }
        return {key: mark if key in closed else "" for key, mark in self._digests(site, period).items()}

    def _digests(self, site: str, period: Period) -> dict[str, str]:
        return {
            key.decode(): part.seal.whole
            for key, part in sorted(self._parts.get(site, {}).items())
            if part.day in period
        }

    def breaches(self, site: str, of: Period | None = None) -> list[Breach]:
        """Return what of a site's history does not hold: all of it, or what touches the years of a period."""
        chain, stored = self.chain(site), self.stored(site)
        found = [*chain.breaches, *chain.missing(self._notes)]
        found += [
            each for key, each in self._breaches.items() if key.decode(errors="replace").partition("/")[0] == site
        ]
        told = {each.subject for each in found}
        for period in periods(chain, stored):
            sound, wrong = vintages(chain, stored, period)
            found += wrong
            digests = self._digests(site, sound[0].annual.period) if sound else {}
            for each in sound:
                moved = [one for one in moved_since(each, digests) if one.subject not in told]
                found += moved
                told |= {one.subject for one in moved}
        return [each for each in found if of is None or any(map(each.concerns, of.years()))]

    def state(self, site: str, period: Period) -> int:
        """Return what differs once records came that could change a site's figures of a period."""
        first, last = period.first.isoformat(), period.last.isoformat()
        days = [(each.desk, each.day, each.seal.folded) for each in self._of(site) if first <= each.day <= last]
        told = [
            (
                each["id"],
                each["verdict"],
                each["kind"],
                each["status"],
                each["from"],
                each["to"],
                each.get("judged_until"),
                len(each["decisions"]),
            )
            for each in self._incidents.values()
            if each["site"] == site
        ]
        return hash((tuple(days), tuple(told), len(self._log), len(self._vintages.get(site, {}))))

    def dates(self, site: str) -> set[date]:
        """Return the local days that a site has records of."""
        days = {part.day for part in self._of(site)}
        return {date.fromisoformat(day) for day in days}


def days_of(kind: type[D], written: Iterable[bytes]) -> list[D]:
    """Return the days of a desk's records, each whole, in their order."""
    return joined(day for day in map(read_day, written) if isinstance(day, kind))


def read_history(settings: Shared) -> History:
    """Return what the topics hold now, without the records that cannot be read.

    Raises `KafkaError` where no broker answers.
    """
    history = History(settings)
    for record in records(settings, *history.topics):
        with leaving_out(record):
            history.take(record)
    return history


def _read_day(key: bytes, value: bytes) -> LedgerDay:
    day: LedgerDay = read_day(value)
    date.fromisoformat(day.day)
    if day_key(day) != key.decode():
        raise ValueError(f"{key!r} has a record of {day_key(day)}")
    return day


def _site(name: bytes | str) -> str:
    """Return the site of a key of the ledger, or of a desk's id.

    >>> _site(b"lozere/standard/2013-03-04"), _site("lozere/standard")
    ('lozere', 'lozere')
    """
    text = name.decode(errors="replace") if isinstance(name, bytes) else name
    return text.partition("/")[0]


def _of_day(kind: BreachKind, key: bytes, says: Said, record: Record) -> Breach:
    """Return a breach of the record of a day."""
    name = key.decode(errors="replace")
    year = _YEAR.search(name)
    return Breach(
        kind=kind,
        subject=subject_of_day(name),
        says=says,
        year=None if year is None else int(year[1]),
        place=place_of(record),
        at=record.timestamp,
    )


def _difference(one: LedgerDay, other: LedgerDay) -> Said:
    """Say what a record of a day counts otherwise than the one before."""
    sums = [Counter[str](), Counter[str]()]
    for day, total in zip((one, other), sums, strict=True):
        for slot in day.slots.values():
            total.update(
                {name: each for name in slot.__struct_fields__ if isinstance(each := getattr(slot, name), int)}
            )
    names = [name for name in sums[0] | sums[1] if sums[0][name] != sums[1][name]]
    moved = ", ".join(f"{name} {sums[0][name]} → {sums[1][name]}" for name in names) or said("by slots alone")
    return said("the day is closed, and another record says other than it: {moved}", moved=moved)


def _last_day(incident: IncidentJson) -> str:
    """Return the last day (ISO) that an incident is known to reach, or up to which it was judged while it goes on."""
    moments: list[str] = [incident["to"], incident.get("judged_until") or ""]
    return max(each[:10] for each in moments)


def _within(begin: str, end: str, first: date | None, last: date | None) -> bool:
    """Tell whether a stretch of days (ISO) reaches into a period."""
    return (first is None or end >= first.isoformat()) and (last is None or begin <= last.isoformat())
