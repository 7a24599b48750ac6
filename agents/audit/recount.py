"""The days of the ledger, recounted from the events that are still in Kafka.

The events are folded by the worker's own code. The comparison uses only what does not depend on the workers' timing:
how many calls, tickets and requests came on a day, and their outcomes. A day is compared if all its events are still
there, and if the state of its desk shows that the ledger has reached it. `agents.audit.witnesses` recounts the days
that a line and its witness make together, from the topics of both.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from datetime import date
from operator import itemgetter
from typing import Final, NamedTuple, TypeAlias

from agents.catalogue import catalogue, times
from agents.kafka.client import Topic, topic
from agents.kafka.reading import Record, TopicReader, leaving_out, records
from config.offices import Offices
from config.settings import Settings
from streams.chain.breach import Breach
from streams.chain.days import subject_of_day
from streams.decoding import AnyDecoder, Invalid
from streams.desk_table import desk_key
from streams.desks.line import Line
from streams.events import milliseconds
from streams.intake import DeskKind
from streams.intake_table import Input
from streams.kept.record import Position, position
from streams.ledger.day import LedgerDay, LineDay, WitnessDay, day_key
from streams.ledger.reasons import NOT_KEPT, reasons_of, summed
from streams.ledger.sums import whole
from streams.partition import Partition, key_of_day
from streams.said import said
from streams.states import Desk

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
FIRST_WHOLE: Final = 2  # days after the first event still there: later calls may have begun before it
NEVER: Final = date.max.toordinal()


class Recount(NamedTuple):
    """How many days were recounted, and the breaches found."""

    days: int
    breaches: list[Breach]


def read_stands(settings: Settings) -> Stands:
    """Return the position of each desk; a ledger that is read afterwards is at least as far.

    Raises `KafkaError` if the broker does not answer or denies reading.
    """
    found: dict[bytes, Position] = {}
    site = f" {settings.site}/".encode()
    for record in records(settings, topic(settings, Topic.STATE)):
        with leaving_out(record):
            if record.key is not None and record.value is not None and site in record.key:
                found[record.key] = max(found.get(record.key, Position(0, -1, 0)), position(record.value))
    return {key: stand for key, stand in found.items() if stand.epoch == settings.kafka.epoch}


def recount(settings: Settings, days: list[LedgerDay], stands: Stands) -> Recount:
    """Compare a site's ledger with the events that are still there; raise `KafkaError` like `read_stands`."""
    compared, breaches = 0, list[Breach]()
    recorded: defaultdict[bytes, dict[str, LedgerDay]] = defaultdict(dict)
    for day in days:
        if not isinstance(day, WitnessDay):
            recorded[key_of_day(day)][day_key(day)] = day
    for source, (input_, kind) in _COUNTED.items():
        for desk, begins in _folded(settings, source, input_, kind, stands):
            key = desk_key(kind, desk.rules.id.encode())
            stand, of_ledger = stands[key], recorded[key]
            of_events = {day_key(day): day for day in whole([*desk.state.book.done, *desk.days()])}
            for name, day in sorted((of_events | of_ledger).items(), key=itemgetter(0)):
                ahead = (day.epoch, day.offset) > (stand.epoch, stand.offset)
                if not ahead and date.fromisoformat(day.day).toordinal() >= begins:
                    compared += 1
                    breaches += _otherwise(name, of_ledger.get(name), of_events.get(name))
    return Recount(compared, breaches)


def _folded(
    settings: Settings, source: Topic, name: Input, kind: DeskKind, stands: Stands
) -> Iterator[tuple[Desk, int]]:
    """Yield each desk folded up to its position, and its first whole day (an ordinal)."""
    office = catalogue(Offices.alone(settings))
    with closing(TopicReader(settings, topic(settings, source))) as reader:
        starts = {each.partition: start for each, start in reader.starts().items()}
        partitions = {number: Partition(number, office, {}) for number in starts}
        begins = {number: 0 if start == settings.kafka.epoch == 0 else NEVER for number, start in starts.items()}
        for record in reader.up_to(reader.ends()):
            number = record.partition
            if begins[number] == NEVER:
                begins[number] = first_day(settings, record) + FIRST_WHOLE
            stand = stands.get(desk_key(kind, record.key or b""))
            if stand is not None and record.offset <= stand.offset:
                partitions[number].intakes[name].take([record])
    for number, partition in partitions.items():
        for key, desk in partition.desks_by_key().items():
            # The days of a line counted by readings cannot be derived from its calls.
            by_readings = isinstance(desk, Line) and desk.reported is not None
            if key in stands and key.startswith(kind.encode()) and not by_readings:
                yield desk, begins[number]


def first_day(settings: Settings, record: Record) -> int:
    """Return the day (an ordinal) of the first event still there, or of its arrival if that is later."""
    moments = [record.timestamp]
    with suppress(Invalid):
        moments.append(milliseconds(AnyDecoder().decode(record.value or b"").at))
    return times(settings).day(max(moments))


def _otherwise(key: str, recorded: LedgerDay | None, counted: LedgerDay | None) -> Iterator[Breach]:
    """Yield a breach if the ledger and the events disagree about a day."""
    # A new definition moves calls between lost and diverted, so the two are then compared as one sum.
    defined = [getattr(day, "definitions", None) for day in (recorded, counted) if day is not None]
    alone = all(each == defined[0] for each in defined)
    sums, was = _sums(recorded, alone=alone), _sums(counted, alone=alone)
    recorded_for, was_for = _reasons(recorded), _reasons(counted)
    if NOT_KEPT not in recorded_for:  # otherwise an earlier version counted the day without reasons
        sums.update(recorded_for)
        was.update(was_for)
    if any(sums[name] != was[name] for name in sums | was):
        yield uncounted(key, {name: (was[name], sums[name]) for name in sums | was})


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
    """Return a day's lost and diverted calls by reason; a change of definition moves all calls of a reason."""
    slots = day.slots.values() if isinstance(day, LineDay) else ()
    why = summed(reasons_of(slot) for slot in slots)
    by_reason = Counter(why.lost)
    by_reason.update(why.diverted)
    return by_reason


def _sums(day: LedgerDay | None, *, alone: bool) -> Counter[str]:
    """Return the counts of a day that depend neither on time nor on the watch."""
    sums = Counter[str]()
    for slot in day.slots.values() if day is not None else ():
        sums.update({name: getattr(slot, name, 0) for name in _NAMES})
    if not alone:
        sums["lost or diverted"] = sums.pop("lost") + sums.pop("diverted")
    return sums
