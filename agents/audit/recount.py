"""The days of the ledger, recounted from the events that are still in Kafka.

The events are folded by the worker's own code. The comparison uses only what does not depend on the workers' timing:
how many calls, tickets and requests came on a day, and their outcomes. A day is compared if all its events are still
there: as of the state of its desk or, if the ledger is further, as of the day's own position. A worker that wrote on
meanwhile leaves such days, and so does a forger who names a greater offset. `agents.audit.witnesses` recounts the days
that a line and its witness make together, from the topics of both.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from datetime import date
from typing import Final, NamedTuple, TypeAlias

from agents.catalogue import catalogue, times
from agents.kafka.client import Topic, topic
from agents.kafka.reading import Record, TopicReader
from agents.states.records import StateRecord
from config.offices import Offices
from config.settings import Settings
from streams.catalogue import Catalogue
from streams.chain.breach import Breach
from streams.chain.days import subject_of_day
from streams.decoding import AnyDecoder, Invalid
from streams.desks.kinds import Desk
from streams.desks.line import Line
from streams.events import milliseconds
from streams.feed import Input
from streams.intake import desk_key
from streams.kept.mark import END
from streams.kept.record import Position
from streams.kept.waits import Waits
from streams.ledger.day import ChannelDay, LedgerDay, LineDay, WitnessDay, day_key
from streams.ledger.reasons import NOT_KEPT, reasons_of, summed
from streams.ledger.sums import whole
from streams.partition import Partition, key_of_day
from streams.said import said
from streams.watch.incident import DeskKind

# for the key of each desk's state, the position up to which the desk's days are in the ledger
Stands: TypeAlias = Mapping[bytes, Position]

_COUNTED: Final[Mapping[Topic, tuple[Input, DeskKind]]] = {
    Topic.CALL_ATTEMPTS: ("calls", "line"),
    Topic.COUNTER_TICKETS: ("tickets", "service"),
    Topic.REQUESTS: ("requests", "channel"),
}
_NAMES: Final = (
    *("offered", "answered", "lost", "diverted"),
    *("issued", "served", "cancelled", "transferred"),
    *("received", "withdrawn"),
)
_WAITS: Final = ("answered_waits", "lost_waits", "waits", "times_in_service")
_SINCE: Final = ("booked", "booked_served", "late", "unticketed")  # a day without any may be an earlier version's
FIRST_WHOLE: Final = 2  # days after the first event still there: later calls may have begun before it
NEVER: Final = date.max.toordinal()


class Recount(NamedTuple):
    """How many days were recounted, and the breaches found.

    `ahead` has breaches of days that are further than their desk's state and cannot be recounted. They count only if
    the state has not reached the same positions when it is read again.
    """

    days: int
    breaches: list[Breach]
    ahead: Sequence[Breach] = ()


class _Counted(NamedTuple):
    """A desk's days as recounted."""

    begins: int  # its first whole day (an ordinal)
    days: dict[str, LedgerDay]  # by key, as of the desk's state
    ahead: dict[str, LedgerDay]  # by key, each as of the position of its record in the ledger


def stands_of(settings: Settings, records: Iterable[StateRecord]) -> Stands:
    """Return the position of each desk from the records of all states; a ledger read afterwards is at least as far."""
    found: dict[bytes, Position] = {}
    site = f" {settings.site}/"
    for record in records:
        for value in filter(None, (record.earlier, record.value)):
            stand = record._replace(value=value).position
            if stand is not None and site in record.key and stand.epoch == settings.kafka.epoch:
                key = record.key.encode()
                found[key] = max(found.get(key, stand), stand)
    return found


def recount(settings: Settings, days: list[LedgerDay], stands: Stands) -> Recount:
    """Compare a site's ledger with the events that are still there; raise `KafkaError` if no broker answers."""
    compared, breaches, uncountable = 0, list[Breach](), list[Breach]()
    recorded: defaultdict[bytes, dict[str, LedgerDay]] = defaultdict(dict)
    for day in days:
        if not isinstance(day, WitnessDay):
            recorded[key_of_day(day)][day_key(day)] = day
    ahead = {
        key: {name: day for name, day in recorded[key].items() if (day.epoch, day.offset) > stand[:2]}
        for key, stand in stands.items()
    }
    office = catalogue(Offices.alone(settings))
    for source in sources(office):
        for key, found in _folded(settings, office, source, *_COUNTED[source], stands, ahead):
            of_ledger = recorded[key]
            for name in sorted(found.days.keys() | of_ledger.keys()):
                recounted = found.ahead if name in ahead[key] else found.days
                day = of_ledger.get(name) or recounted[name]
                if date.fromisoformat(day.day).toordinal() >= found.begins:
                    compared += 1
                    breaches += differences(name, of_ledger.get(name), recounted.get(name))
                elif name in ahead[key]:
                    uncountable.append(_ahead_of_state(name, day))
    return Recount(compared, breaches, uncountable)


def sources(office: Catalogue) -> list[Topic]:
    """Return the topics with the events of an office's desks."""
    return [source for source, (_, kind) in _COUNTED.items() if _desks(office, kind)]


class _Marks:
    """The offsets, in ascending order, at which a desk's days are recounted while it is folded."""

    def __init__(self, desk: Desk, stand: int, ahead: Mapping[str, LedgerDay]) -> None:
        self._desk = desk
        self._stand = stand
        self._ahead = sorted(ahead.values(), key=lambda day: day.offset, reverse=True)
        self.last = max((each.offset for each in self._ahead), default=stand)
        self.days: dict[str, LedgerDay] | None = None
        self.ahead: dict[str, LedgerDay] = {}

    def before(self, offset: int) -> None:
        """Recount the days whose positions are before an offset, which is folded next."""
        if self.days is None and offset > self._stand:
            self.days = {day_key(each): each for each in whole([*self._desk.state.book.done, *self._desk.days()])}
        while self._ahead and offset > self._ahead[-1].offset:
            of = self._ahead.pop()
            parts = [each for each in (*self._desk.state.book.done, *self._desk.days()) if each.day == of.day]
            self.ahead |= {day_key(each): each for each in whole(parts)}


def _desks(office: Catalogue, kind: DeskKind) -> Collection[bytes]:
    return {"line": office.lines, "service": office.services, "channel": office.channels}[kind].keys()


def _folded(
    settings: Settings,
    office: Catalogue,
    source: Topic,
    name: Input,
    kind: DeskKind,
    stands: Stands,
    ahead: Mapping[bytes, Mapping[str, LedgerDay]],
) -> Iterator[tuple[bytes, _Counted]]:
    """Yield the days of each desk, folded up to its position, and further for its days that are `ahead`."""
    marks: dict[bytes, _Marks] = {}
    # a nation's topics have the events of all its offices
    homes = {*map(office.home, _desks(office, kind))}
    with closing(TopicReader(settings, topic(settings, source), partitions=homes)) as reader:
        starts = {each.partition: start for each, start in reader.starts().items()}
        partitions = {number: Partition(number, office, {}) for number in starts}
        for partition in partitions.values():
            for key, desk in partition.desks_by_key().items():
                if key in stands and key.startswith(kind.encode()):
                    marks[key] = _Marks(desk, stands[key].offset, ahead[key])
        begins = {number: 0 if start == settings.kafka.epoch == 0 else NEVER for number, start in starts.items()}
        for record in reader.up_to(reader.ends()):
            number = record.partition
            if begins[number] == NEVER:
                begins[number] = first_day(settings, record) + FIRST_WHOLE
            mark = marks.get(desk_key(kind, record.key or b""))
            if mark is not None and record.offset <= mark.last:
                mark.before(record.offset)
                partitions[number].intakes[name].take([record])
    for number, partition in partitions.items():
        for key, desk in partition.desks_by_key().items():
            mark = marks.get(key)
            # The days of a line counted by readings cannot be derived from its calls.
            by_readings = isinstance(desk, Line) and desk.reported is not None
            if mark is not None and not by_readings:
                mark.before(END)
                yield key, _Counted(begins[number], mark.days or {}, mark.ahead)


def _ahead_of_state(key: str, day: LedgerDay) -> Breach:
    return Breach(
        kind="day-uncounted",
        subject=subject_of_day(key),
        says=said("it is counted up to offset {offset}, further than its worker has read", offset=day.offset),
        year=int(day.day[:4]),
    )


def first_day(settings: Settings, record: Record) -> int:
    """Return the day (an ordinal) of the first event still there, or of its arrival if that is later."""
    moments = [record.timestamp]
    with suppress(Invalid):
        moments.append(milliseconds(AnyDecoder().decode(record.value or b"").at))
    return times(settings).day(max(moments))


def differences(key: str, recorded: LedgerDay | None, counted: LedgerDay | None) -> Iterator[Breach]:
    """Yield a breach if the ledger's record of a day differs from the one counted from the events."""
    # A new definition moves calls between lost and diverted, so the two are then compared as one sum.
    defined = [getattr(day, "definitions", None) for day in (recorded, counted) if day is not None]
    alone = all(each == defined[0] for each in defined)
    sums, was = _sums(recorded, alone=alone), _sums(counted, alone=alone)
    recorded_for, was_for = _reasons(recorded), _reasons(counted)
    if NOT_KEPT not in recorded_for:  # otherwise an earlier version counted the day without reasons
        sums.update(recorded_for)
        was.update(was_for)
    if alone and isinstance(recorded, LineDay) and isinstance(counted, LineDay):  # by the limit of the definition
        sums["within"], was["within"] = (
            sum(slot.within for slot in each.slots.values()) for each in (recorded, counted)
        )
    since = _summed(recorded, _SINCE)
    if since.total():
        sums.update(since)
        was.update(_summed(counted, _SINCE))
    waits = (*_WAITS, "booked_waits") if since.total() else _WAITS
    for name in waits:
        (now, sums[name]), (then, was[name]) = _waits(recorded, name), _waits(counted, name)
        sums[f"{name} of other lengths"] = ((now - then) + (then - now)).total()
    if any(sums[name] != was[name] for name in sums | was):
        yield uncounted(key, {name: (was[name], sums[name]) for name in sums | was})


def _waits(day: LedgerDay | None, name: str) -> tuple[Counter[int], int]:
    """Return a day's waits by the number of their bin, and their sum (ms)."""
    waits: Waits = getattr(day, name, None) or Waits()
    return Counter(waits.bins), waits.total


def uncounted(key: str, moved: Mapping[str, tuple[int, int]]) -> Breach:
    """Return the breach of a day; `moved` has, by name, the count from the events and the count in the ledger."""
    words = ", ".join(f"{name} {was} → {now}" for name, (was, now) in moved.items() if was != now)
    return Breach(
        kind="day-uncounted",
        subject=subject_of_day(key),
        says=said("the ledger differs from the events: {moved}", moved=words),
        year=int(key.split("/")[2][:4]),
    )


def _reasons(day: LedgerDay | None) -> Counter[str]:
    """Return a day's lost and diverted calls, or its requests, by reason.

    A change of definition moves all calls of a reason.
    """
    if isinstance(day, ChannelDay):  # an earlier version stored none
        found = sum((Counter(slot.reasons) for slot in day.slots.values()), Counter[str]())
        return found or Counter({NOT_KEPT: 1})
    slots = day.slots.values() if isinstance(day, LineDay) else ()
    why = summed(reasons_of(slot) for slot in slots)
    by_reason = Counter(why.lost)
    by_reason.update(why.diverted)
    return by_reason


def _sums(day: LedgerDay | None, *, alone: bool) -> Counter[str]:
    """Return the counts of a day that depend neither on time nor on the watch."""
    sums = _summed(day, _NAMES)
    if not alone:
        sums["lost or diverted"] = sums.pop("lost") + sums.pop("diverted")
    return sums


def _summed(day: LedgerDay | None, names: Sequence[str]) -> Counter[str]:
    """Return the sums of these counts over a day's slots."""
    sums = Counter[str](dict.fromkeys(names, 0))
    for slot in day.slots.values() if day is not None else ():
        sums.update({name: getattr(slot, name, 0) for name in names})
    return sums
