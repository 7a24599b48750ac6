"""The days of the ledger: the latest record of each, and what does not hold of them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from sys import intern
from typing import Final, NamedTuple

import msgspec

from agents.kafka.reading import Record, place_of
from streams.chain.breach import Breach, BreachKind
from streams.chain.days import subject_of_day
from streams.indicators.desk_days import D
from streams.indicators.period import Period
from streams.kept.record import Position
from streams.ledger.day import LedgerDay, LineDay, day_key, read_day
from streams.ledger.seal import Seal, contradict
from streams.ledger.sums import joined
from streams.said import Said, said

_YEAR: Final = re.compile(r"/(\d{4})-\d{2}-\d{2}")  # in the key of a day
_SURELY_CLOSED: Final = timedelta(100)  # no desk keeps a day open for half as long
_OF_LINE: Final = f"{LineDay.__name__} "  # begins the desk of a line's days


class _Part(NamedTuple):
    """Hold the record of a day, or of a part of one, as it was written: years of decoded ones would fill the memory."""

    seal: Seal
    site: str
    desk: str  # its id and kind
    day: str  # ISO
    value: bytes


class DayRecords:
    """The latest record of each day.

    Of two records of a day, the one that was folded further counts; of two folded equally far, the later one: a worker
    that was thought dead may have written an old record last. What no worker of this `epoch` writes is a breach.
    """

    def __init__(self, epoch: int) -> None:
        self._epoch = epoch
        self._parts: dict[str, dict[bytes, _Part]] = {}  # by site
        self._desks: dict[str, dict[str, list[_Part]]] = {}  # the same by site and desk, once somebody asked
        self._shared: set[str] = set()  # sites whose parts a copy has too: they are copied before they change
        self._breaches: dict[bytes, Breach] = {}  # by key

    def copy(self) -> DayRecords:
        """Return a copy, which stays as it is when this one takes more records."""
        copy = DayRecords(self._epoch)
        self._shared = set(self._parts)
        copy._shared = set(self._parts)
        copy._parts, copy._desks, copy._breaches = self._parts.copy(), self._desks.copy(), self._breaches.copy()
        return copy

    def take(self, record: Record, key: bytes, value: bytes | None) -> None:
        """Take a record of a day; raise what `leaving_out` catches where it cannot be read."""
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
        elif part.seal.folded.epoch > self._epoch:
            says = said(
                "counted in epoch {epoch}; kafka.epoch is {now}",
                epoch=part.seal.folded.epoch,
                now=self._epoch,
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

    def of(self, site: str | None = None, period: Period | None = None) -> list[LedgerDay]:
        """Return the days of a period, each whole, ordered by id and date, of a site or of all."""
        return joined(read_day(part.value) for part in self._of(site) if reaches(part.day, part.day, period))

    def written(self, kind: type[LedgerDay], desk: str, period: Period) -> list[bytes]:
        """Return the records of one desk (`site/name`) in a period, as they were written; `days_of` reads them."""
        return [part.value for part in self._of_desk(f"{kind.__name__} {desk}", _site(desk), period)]

    def each(self, kind: type[D], desk: str, period: Period) -> Iterator[D]:
        """Yield the days of one desk (`site/name`) in a period, each whole, in their order; none is kept."""
        parts = sorted(self._of_desk(f"{kind.__name__} {desk}", _site(desk), period), key=attrgetter("day"))
        for _, group in groupby(parts, attrgetter("day")):
            yield from days_of(kind, [part.value for part in group])

    def of_lines(self, site: str, period: Period) -> Iterator[LineDay]:
        """Yield the days of every line of a site in a period, line by line; none is kept."""
        for desk in [each for each in self._by_desk(site) if each.startswith(_OF_LINE)]:
            yield from self.each(LineDay, desk.removeprefix(_OF_LINE), period)

    def counted(self, kind: type[LedgerDay], site: str, period: Period) -> Period | None:
        """Return the first and the last day of a kind that a site has in a period; None where it has none."""
        own = [desk for desk in self._by_desk(site) if desk.startswith(f"{kind.__name__} ")]
        days = [part.day for desk in own for part in self._of_desk(desk, site, period)]
        return Period(date.fromisoformat(min(days)), date.fromisoformat(max(days))) if days else None

    def _of_desk(self, desk: str, site: str, period: Period) -> list[_Part]:
        first, last = period.first.isoformat(), period.last.isoformat()
        return [part for part in self._by_desk(site).get(desk, ()) if first <= part.day <= last]

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
        return {key: mark if key in closed else "" for key, mark in self.digests(site, period).items()}

    def digests(self, site: str, period: Period) -> dict[str, str]:
        """Return the digest of each record of a period's days, by its key."""
        return {
            key.decode(): part.seal.whole
            for key, part in sorted(self._parts.get(site, {}).items())
            if part.day in period
        }

    def breaches(self, site: str) -> list[Breach]:
        """Return what does not hold of a site's days."""
        return [breach for key, breach in self._breaches.items() if _site(key) == site]

    def folded(self, site: str, period: Period) -> list[tuple[str, str, Position]]:
        """Return how far each record of a period was folded, with its desk and day."""
        first, last = period.first.isoformat(), period.last.isoformat()
        return [(each.desk, each.day, each.seal.folded) for each in self._of(site) if first <= each.day <= last]

    def dates(self, site: str) -> set[date]:
        """Return the local days that a site has records of."""
        days = {part.day for part in self._of(site)}
        return {date.fromisoformat(day) for day in days}


def days_of(kind: type[D], written: Iterable[bytes]) -> list[D]:
    """Return the days of a desk's records, each whole, in their order."""
    return joined(day for day in map(read_day, written) if isinstance(day, kind))


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


def reaches(begin: str, end: str, period: Period | None) -> bool:
    """Tell whether a stretch of days (ISO) reaches into a period; without one, it does."""
    return period is None or (end >= period.first.isoformat() and begin <= period.last.isoformat())
