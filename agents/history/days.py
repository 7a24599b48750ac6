"""The days of the ledger: the latest record of each, and the breaches found in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from sys import intern
from typing import Final, NamedTuple

import msgspec

from agents.history.day_breaches import breach_of_day, breach_of_record, difference
from agents.kafka.input_ends import InputEnds, latest_day
from agents.kafka.reading import Record
from streams.chain.breach import Breach
from streams.indicators.desk_days import D
from streams.indicators.period import Period
from streams.kept.record import Position
from streams.ledger.day import LedgerDay, LineDay, day_key, read_day
from streams.ledger.possible import impossible, impossible_together
from streams.ledger.seal import Seal, contradict
from streams.ledger.sums import joined
from streams.said import Said, said

_SURELY_CLOSED: Final = timedelta(100)  # far longer than any desk keeps a day open
_OF_LINE: Final = f"{LineDay.__name__} "  # prefix of the desk of a line's days


class _Part(NamedTuple):
    """The record of a day or of a part of a day, left encoded because years of decoded days would fill the memory."""

    seal: Seal
    site: str
    desk: str  # kind and id of the desk
    day: str  # ISO
    value: bytes


class _Judged(NamedTuple):
    """The counted parts of a site, and a breach for each part that takes out more than its day has."""

    parts: Mapping[bytes, _Part]
    breaches: Mapping[bytes, Breach]


class DayRecords:
    """The latest record of each day.

    Of two records of a day, the one folded further counts; if both are folded equally far, the later one counts. A
    worker that was thought dead may have written an old record last. A record that no worker of this `epoch` can write
    is a breach, and is left out.
    """

    def __init__(self, epoch: int) -> None:
        self._epoch = epoch
        self._parts: dict[str, dict[bytes, _Part]] = {}  # by site
        self._desks: dict[str, dict[str, list[_Part]]] = {}  # by site and desk, filled when needed
        self._shared: set[str] = set()  # sites whose parts are shared with a copy: copied before they change
        self._breaches: dict[bytes, Breach] = {}  # by key
        self._judged: dict[str, _Judged] = {}  # by site, filled when needed
        self._ends: InputEnds | None = None  # unknown until `reach`: then every offset passes
        self._beyond: dict[bytes, list[Record]] = {}  # by key: records beyond the ends known so far

    def copy(self) -> DayRecords:
        """Return a copy that does not change when this one takes more records."""
        copy = DayRecords(self._epoch)
        self._shared = set(self._parts)
        copy._shared = set(self._parts)
        copy._parts, copy._desks, copy._breaches = self._parts.copy(), self._desks.copy(), self._breaches.copy()
        copy._judged, copy._ends, copy._beyond = self._judged.copy(), self._ends, self._beyond.copy()
        return copy

    def reach(self, ends: InputEnds, *, judge: bool = False) -> None:
        """Take the records that lay beyond the ends known before, if the inputs have grown.

        Call it before the first record is taken. If there are any `beyond` before the days are used, `judge` leaves
        them out.
        """
        self._ends, beyond, self._beyond = ends, self._beyond, {}
        for records in beyond.values():
            for record in records:
                if record.key is not None:
                    self.take(record, record.key, record.value)
        if judge:
            for key, (*_, last) in self._beyond.items():
                says = said("its offset is beyond the end of its input: no worker has read so far")
                self._breaches[key] = breach_of_record("day-impossible", key, says, last)
            self._beyond = {}

    def beyond(self) -> bool:
        """Return whether there are records beyond the ends known so far."""
        return bool(self._beyond)

    def take(self, record: Record, key: bytes, value: bytes | None) -> None:
        """Take a record of a day; raise what `leaving_out` catches if it cannot be read."""
        known = self._parts.get(_site(key), {}).get(key)
        if value is None:
            if self._beyond.pop(key, None) is not None or known is not None:
                self._own(_site(key)).pop(key, None)
                says = said("the record of the day was deleted")
                self._breaches[key] = breach_of_record("day-missing", key, says, record)
            return
        try:
            day = _read_day(key, value)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            says = said("an unreadable record was put in its place")
            self._breaches[key] = breach_of_record("day-impossible", key, says, record)
            raise
        if (why := impossible(day, latest_day()) or self._uncounted(day)) is not None:
            self._breaches[key] = breach_of_record("day-impossible", key, why, record)
            return
        if self._ends is not None and not self._ends.reach(day):
            self._beyond.setdefault(key, []).append(record)
            return
        site = day.id.partition("/")[0]
        desk, date_of = intern(f"{type(day).__name__} {day.id}"), intern(day.day)  # few different values, many records
        part = _Part(Seal(value, day), intern(site), desk, date_of, value)
        if known is not None and contradict(known.seal, part.seal):
            self._breaches[key] = breach_of_record("day-changed", key, difference(read_day(known.value), day), record)
        if known is None or known.seal.folded <= part.seal.folded:
            self._own(part.site)[key] = part

    def _uncounted(self, day: LedgerDay) -> Said | None:
        if day.epoch <= self._epoch:
            return None
        return said("counted in epoch {epoch}; kafka.epoch is {now}", epoch=day.epoch, now=self._epoch)

    def _own(self, site: str) -> dict[bytes, _Part]:
        self._desks.pop(site, None)
        self._judged.pop(site, None)
        if site in self._shared:
            self._parts[site] = self._parts[site].copy()
            self._shared.remove(site)
        return self._parts.setdefault(site, {})

    def of(self, site: str | None = None, period: Period | None = None) -> list[LedgerDay]:
        """Return the whole days of a period, in order of id and date, for one site or for all sites."""
        return joined(read_day(part.value) for part in self._of(site) if reaches(part.day, part.day, period))

    def parts(self, site: str) -> Iterator[LedgerDay]:
        return (read_day(part.value) for key, part in self._parts.get(site, {}).items() if b"#" in key)

    def written(self, kind: type[LedgerDay], desk: str, period: Period) -> list[bytes]:
        """Return the encoded records of one desk (`site/name`) in a period; `days_of` decodes them."""
        return [part.value for part in self._of_desk(f"{kind.__name__} {desk}", _site(desk), period)]

    def each(self, kind: type[D], desk: str, period: Period) -> Iterator[D]:
        """Yield the whole days of one desk (`site/name`) in a period, in order, without caching them."""
        parts = sorted(self._of_desk(f"{kind.__name__} {desk}", _site(desk), period), key=attrgetter("day"))
        for _, group in groupby(parts, attrgetter("day")):
            yield from days_of(kind, [part.value for part in group])

    def of_lines(self, site: str, period: Period) -> Iterator[LineDay]:
        """Yield the days of every line of a site in a period, line by line, without caching them."""
        for desk in [each for each in self._by_desk(site) if each.startswith(_OF_LINE)]:
            yield from self.each(LineDay, desk.removeprefix(_OF_LINE), period)

    def counted(self, kind: type[LedgerDay], site: str, period: Period) -> Period | None:
        """Return the period from a site's first to its last day of a kind; None if it has none."""
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
        if site is None:
            return (part for each in self._parts for part in self._counted(each).values())
        return self._counted(site).values()

    def _counted(self, site: str) -> Mapping[bytes, _Part]:
        """Return the parts of a site by key, without parts that take out more than their day has."""
        return self._judge(site).parts

    def _judge(self, site: str) -> _Judged:
        judged = self._judged.get(site)
        if judged is None:
            every = self._parts.get(site, {})
            breaches = dict(_taken_out(every))
            counted = {key: part for key, part in every.items() if key not in breaches} if breaches else every
            judged = self._judged[site] = _Judged(counted, breaches)
        return judged

    def marks(self, site: str, period: Period) -> dict[str, str]:
        """Return, by key, the digest of each closed record of a period's days; an empty string for an open one.

        Older versions did not note that a day is closed; a day of theirs counts as closed if its desk has a much later
        one.
        """
        last: dict[str, date] = {}
        for part in self._of(site):
            last[part.desk] = max(last.get(part.desk, date.min), date.fromisoformat(part.day))
        closed = {
            key.decode()
            for key, part in self._counted(site).items()
            if (part.seal.closed or date.fromisoformat(part.day) + _SURELY_CLOSED < last[part.desk])
        }
        return {key: mark if key in closed else "" for key, mark in self.digests(site, period).items()}

    def digests(self, site: str, period: Period) -> dict[str, str]:
        """Return the digest of each record of a period's days, by key."""
        return {
            key.decode(): part.seal.whole
            for key, part in sorted(self._parts.get(site, {}).items())
            if part.day in period
        }

    def positions(self, site: str, period: Period) -> dict[str, Position]:
        """Return the position of each record of a period's days, by key."""
        parts = self._parts.get(site, {})
        return {key.decode(): part.seal.folded for key, part in sorted(parts.items()) if part.day in period}

    def breaches(self, site: str) -> list[Breach]:
        """Return a site's breaches; one of a day covers the parts that take out more than is left of it."""
        found = {key: breach for key, breach in self._breaches.items() if _site(key) == site}
        taken_out = self._judge(site).breaches
        return [
            *(breach for key, breach in taken_out.items() if key not in found and key.partition(b"#")[0] not in found),
            *found.values(),
        ]

    def folded(self, site: str, period: Period) -> list[tuple[str, str, Position]]:
        """Return the desk, the day and the position of each record of a period."""
        first, last = period.first.isoformat(), period.last.isoformat()
        return [(each.desk, each.day, each.seal.folded) for each in self._of(site) if first <= each.day <= last]

    def dates(self, site: str) -> set[date]:
        """Return the local days of which a site has records."""
        days = {part.day for part in self._of(site)}
        return {date.fromisoformat(day) for day in days}


def days_of(kind: type[D], written: Iterable[bytes]) -> list[D]:
    """Return the whole days in a desk's records, in order."""
    return joined(day for day in map(read_day, written) if isinstance(day, kind))


def _read_day(key: bytes, value: bytes) -> LedgerDay:
    day: LedgerDay = read_day(value)
    if day_key(day) != key.decode():
        raise ValueError(f"{key!r} has a record of {day_key(day)}")
    return day


def _taken_out(parts: Mapping[bytes, _Part]) -> Iterator[tuple[bytes, Breach]]:
    """Yield, by key, a breach for each part that takes out more than its day has."""
    of_day = defaultdict[tuple[str, str], list[bytes]](list)
    for key in (key for key in parts if b"#" in key):
        of_day[parts[key].desk, parts[key].day].append(key)
    for keys in of_day.values():
        every = {*keys, keys[0].partition(b"#")[0]} & parts.keys()
        for day, why in impossible_together(read_day(parts[key].value) for key in every):
            key = day_key(day).encode()
            yield key, breach_of_day("day-impossible", key, why)


def _site(name: bytes | str) -> str:
    """Return the site of a key of the ledger, or of a desk's id.

    >>> _site(b"lozere/standard/2013-03-04"), _site("lozere/standard")
    ('lozere', 'lozere')
    """
    text = name.decode(errors="replace") if isinstance(name, bytes) else name
    return text.partition("/")[0]


def reaches(begin: str, end: str, period: Period | None) -> bool:
    """Return whether a stretch of days (ISO) overlaps a period; always true without a period."""
    return period is None or (end >= period.first.isoformat() and begin <= period.last.isoformat())
