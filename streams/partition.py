"""One worker's share of the office: a partition of every input topic, with its desks.

A desk is a line, a counter service or a request channel. All input topics have the same keys and partitions, so
everything about a line meets in one partition.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple, cast

from streams.catalogue import Catalogue
from streams.desk_table import DeskTable
from streams.desks.kinds import Desk
from streams.desks.line import Line
from streams.due import Due, Moved
from streams.feed import Feed, Input
from streams.intake import desk_key
from streams.intake_table import IntakeTable, recorded, starts
from streams.kept import record
from streams.ledger.changes import DayChanges, DeskWithBook
from streams.ledger.day import ChannelDay, LedgerDay, LineDay, ServiceDay, WitnessDay, day_key
from streams.ledger.witness import WitnessLedger
from streams.pages import Remembering, desk_of_page, forget_written, named, unwritten
from streams.positions import Lacking
from streams.states import AnyIntake, States
from streams.watch.incident import DeskKind

MAX_RECORD: Final = 900_000  # bytes: a broker rejects more than 1,048,588 by default

_KINDS: Final[Mapping[type[LedgerDay], DeskKind]] = {
    LineDay: "line",
    WitnessDay: "line",
    ServiceDay: "service",
    ChannelDay: "channel",
}


class Records(NamedTuple):
    """Changed records by key, in the order in which they must be written."""

    days: dict[bytes, bytes]  # of the ledger; written first, because the desks no longer have the finished days
    pages: dict[bytes, bytes]  # of desks' memories, named by the desks' records
    desks: dict[bytes, bytes]
    intakes: dict[bytes, bytes]  # written last: the desks' records must include the events that these declare folded
    gone: set[bytes]  # keys of pages that no record of these names any more

    @classmethod
    def none(cls) -> Records:
        return cls({}, {}, {}, {}, set())

    def states(self) -> dict[bytes, bytes]:
        return self.pages | self.desks | self.intakes


class Partition:
    """The desks of one partition, and an intake for each of their input topics."""

    def __init__(
        self,
        number: int,
        catalogue: Catalogue,
        records: Mapping[bytes, bytes],
        feeds: Mapping[Input, Feed] | None = None,
        earlier: Mapping[bytes, bytes] | None = None,
        held: Mapping[bytes, Desk | AnyIntake] | None = None,
        generation: int = 0,
    ) -> None:
        """Continue from the states' records by key; raise `RecreatedError` if they were folded from another topic.

        `unread` lists unreadable records. Their states continue from the `earlier` record of their key and replay the
        events after it. Without an earlier record, an intake starts from nothing, and a desk is refused.

        States in `held` are used as they are, written or not. The group assigned the partition in `generation`.
        """
        states = States(records, earlier or {}, held or {}, feeds)
        self.unread = states.unread
        begun = starts(number, states, feeds or {})
        desks = DeskTable(number, catalogue, states, set(recorded(begun)))
        self._desks = desks.by_key
        self.lines, self.services, self.channels = desks.lines.here, desks.services.here, desks.channels.here
        intakes = IntakeTable(number, begun, desks, catalogue.numbers)
        self._intakes = intakes.by_key
        self.intakes = intakes.by_input
        self.calls, self.tickets, self.readings = intakes.calls, intakes.tickets, intakes.readings
        self.requests, self.reviews, self.witnesses = intakes.requests, intakes.reviews, intakes.witnesses
        self._written = {key: record.position_of(each.state) for key, each in self._all().items()}
        self._days = DayChanges()
        self._generation, self._pages = generation, states.pages  # that records name, by desk
        for each in self.unread:
            self._written.pop(each.key, None)  # written at once, so that the unreadable record is not the last one
        self._due = Due({key: desk.due for key, desk in self._desks.items()})
        self._moved = Moved(self._desks)
        self._recorded = self._recorded_before = 0  # the last change in the last records, and in those before

    def renewed(
        self,
        number: int,
        catalogue: Catalogue,
        records: Mapping[bytes, bytes],
        feeds: Mapping[Input, Feed],
        earlier: Mapping[bytes, bytes],
    ) -> Partition:
        """Return this partition under another catalogue, without loss of folded events, written or not.

        A desk that has left the catalogue receives no events, but is still written.
        """
        new = Partition(number, catalogue, records, feeds, earlier, self._all(), self._generation)
        new._written = dict(self._written)  # a new desk is written at once, as its intake's record refers to its record
        new._days, new._pages = self._days, new._pages | self._pages
        new._desks = self._desks | new._desks
        for key, intake in new._intakes.items():
            intake.go_on_from(cast("Any", self._intakes[key]))
        new._due = Due({key: desk.due for key, desk in new._desks.items()})
        new._moved = Moved(new._desks)
        return new

    def _all(self) -> dict[bytes, Desk | AnyIntake]:
        return {**self._desks, **self._intakes}

    def behind(self) -> dict[bytes, Lacking]:
        """Return, by desk key, the events that the desk's record lacks. The intake had read them and rereads them."""
        return {
            intake.state_key(name): lacking
            for intake in self._intakes.values()
            for name, lacking in intake.positions.behind.items()
        }

    def desks(self) -> Collection[Desk]:
        return self._desks.values()

    def desks_by_key(self) -> Mapping[bytes, Desk]:
        return self._desks

    def has_closed(self, day: LedgerDay) -> bool:
        """Return whether a day, or a part of one, is final and belongs to a desk of this partition."""
        desk: DeskWithBook | None = self._desks.get(key_of_day(day))
        if isinstance(day, WitnessDay):
            desk = desk.witness.ledger if isinstance(desk, Line) and desk.witness is not None else None
        return desk is not None and day_key(day) not in {day_key(each) for each in desk.days()}

    def advance(self, now: int) -> Iterator[None]:
        """Settle, desk by desk, everything that no timely event can change at `now` (ms); yield after each due desk.

        A desk changed by time alone counts as moved, so it is also written. Otherwise, after a crash, the worker would
        have lost an incident that it had published.
        """
        self._gather()
        while (key := self._due.take(now)) is not None:
            desk = self._desks[key]
            if desk.advance(now):
                self._moved.add(key)
                self._written.pop(key, None)
            self._due.put(key, max(desk.due, now + 1))
            yield

    def moved(self) -> list[Desk]:
        """Return the desks that events or time may have changed since the last records."""
        return [self._desks[key] for key in sorted(self.moved_since(self._recorded)[0])]

    def moved_since(self, change: int) -> tuple[list[bytes], int]:
        """Return the keys of desks that events or time may have changed after a change, 0 for all; and the last one."""
        self._gather()
        return self._moved.since(change), self._moved.last

    def _gather(self) -> None:
        """Collect the desks that events may have changed, to write them and to update their due times."""
        for intake in self._intakes.values():
            for home in intake.touched():
                key = intake.state_key(home)
                self._moved.add(key)
                self._due.put(key, self._desks[key].due)

    def changed(self) -> Records:
        """Return the records of every day and every state that changed since the last call."""
        records = Records.none()
        for _ in self.changing(records):
            pass
        return records

    def changing(self, records: Records) -> Iterator[None]:
        """Add the changes since the last records to `records`, desk by desk; yield after each desk.

        Events may be folded meanwhile: a desk's record includes all earlier events, and the desk counts as changed
        again. The intakes' records come first, so that none declares an event folded that a desk's record lacks.
        """
        moved, last = self.moved_since(self._recorded)
        self._recorded_before, self._recorded = self._recorded, last
        self._days.begin()
        records.intakes.update(
            (key, intake.record()) for key, intake in self._intakes.items() if self._differs(key, intake)
        )
        yield
        for key in sorted(moved):
            desk = self._desks[key]
            for each in (desk, *_both([desk])):
                records.days.update(self._days.take(each))
            if self._differs(key, desk):
                records.desks[key] = self._small_record(key, desk, records)
            yield

    def waiting(self) -> int:
        """Return how many finished days are not written yet, and therefore still in memory."""
        moved = self.moved()
        return sum(len(desk.state.book.done) for desk in moved) + sum(len(each.done) for each in _both(moved))

    def publish_again(self) -> None:
        """Consider every day unpublished. Call this once all events that an earlier owner may have folded are folded.

        Readers keep the record of a day with the higher position. An earlier owner may have published a day at a higher
        offset, before time changed it. Readers ignore the changed day until it is published at that offset.
        """
        self._days.forget()
        for key in self._desks:
            self._moved.add(key)

    def unwritten(self, records: Records) -> None:
        """Undo the last records, all or those taken so far, which were not written: they count as changed again."""
        self._days.take_back(records.days)
        self._recorded = self._recorded_before
        for key in records.desks | records.intakes:
            self._written.pop(key, None)
        for key in records.desks:
            if isinstance(state := self._desks[key].state, Remembering):
                forget_written(key, state, records.pages)
        for page in records.gone:
            self._pages[desk_of_page(page)].add(page)

    def _small_record(self, key: bytes, desk: Desk, records: Records) -> bytes:
        """Return a desk's record; while a broker would reject it, shrink the state. Its new pages go to `records`."""
        while True:
            if isinstance(desk.state, Remembering):
                records.pages.update(unwritten(key, desk.state, self._generation))
            encoded = record.encode(desk.state)
            if len(encoded) <= MAX_RECORD or not desk.shed():
                break
        pages = named(key, desk.state)
        records.gone.update(self._pages.get(key, set()) - pages)
        self._pages[key] = pages
        return encoded

    def _differs(self, key: bytes, held: Desk | AnyIntake) -> bool:
        """Return whether a desk or an intake was folded beyond its last record, and consider it written from now on."""
        position = record.position_of(held.state)
        before, self._written[key] = self._written.get(key), position
        return before != position


def _both(desks: Iterable[Desk]) -> list[WitnessLedger]:
    return [desk.witness.ledger for desk in desks if isinstance(desk, Line) and desk.witness is not None]


def key_of_day(day: LedgerDay) -> bytes:
    """Return the key of the state of a day's desk. A line and its witness share one.

    >>> key_of_day(ServiceDay(id="lozere/cards", day="2013-03-04"))
    b'service lozere/cards'
    """
    return desk_key(_KINDS[type(day)], day.id.encode())
