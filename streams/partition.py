"""What one worker owns of the office: a partition of every input topic, with the desks that live there.

A desk is a line, a counter service or a request channel. All input topics are keyed and partitioned alike, so
everything about a line meets in one partition.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from streams.calls.rules import LineRules
from streams.desks.channel import Channel, ChannelState
from streams.desks.line import Line
from streams.desks.line_state import LineState
from streams.desks.service import Service
from streams.desks.service_state import ServiceRules, ServiceState
from streams.intake import (
    UNKNOWN_FEED,
    CallIntake,
    Feed,
    IntakeState,
    ReadingIntake,
    RequestIntake,
    ReviewIntake,
    TicketIntake,
)
from streams.kept import record
from streams.kept.record import Position
from streams.ledger.changes import DayChanges
from streams.requests.rules import ChannelRules

MAX_RECORD: Final = 900_000  # bytes: a broker refuses more than 1,048,588 unless told otherwise

Input: TypeAlias = Literal["calls", "tickets", "readings", "requests", "reviews"]
Desk: TypeAlias = Line | Service | Channel


class Catalogue(NamedTuple):
    """Hold the rules of every desk by its id `site/name`, and `home`, the partition of an id."""

    lines: Mapping[bytes, LineRules]
    services: Mapping[bytes, ServiceRules]
    channels: Mapping[bytes, ChannelRules]
    home: Callable[[bytes], int]


class Records(NamedTuple):
    """Hold the records of the ledger's days that changed, and of states, by key.

    The `days` must be written first, as what is finished of them the desks hold no longer, and the `intakes` last: what
    they say was folded, the desks must hold already.
    """

    days: dict[bytes, bytes]
    desks: dict[bytes, bytes]
    intakes: dict[bytes, bytes]


class Partition:
    """Hold the desks of one partition, and an intake for each input topic that tells of them."""

    def __init__(
        self,
        number: int,
        catalogue: Catalogue,
        records: Mapping[bytes, bytes],
        feeds: Mapping[Input, Feed] | None = None,
    ) -> None:
        """Go on from the records of the states; raise `RecreatedError` where they were folded from another topic."""
        feeds = feeds or {}
        lines = {key: catalogue.home(key) for key in catalogue.lines}
        services = {key: catalogue.home(key) for key in catalogue.services}
        channels = {key: catalogue.home(key) for key in catalogue.channels}
        self.lines = {
            key: Line(catalogue.lines[key], record.read(records.get(b"line " + key), LineState))
            for key, home in lines.items()
            if home == number
        }
        self.services = {
            key: Service(catalogue.services[key], record.read(records.get(b"service " + key), ServiceState))
            for key, home in services.items()
            if home == number
        }
        self.channels = {
            key: Channel(catalogue.channels[key], record.read(records.get(b"channel " + key), ChannelState))
            for key, home in channels.items()
            if home == number
        }

        def own(name: Input) -> IntakeState:
            return record.read(records.get(_intake(name, number)), IntakeState) or IntakeState(number)

        def feed(name: Input) -> Feed:
            return feeds.get(name, UNKNOWN_FEED)

        self.calls = CallIntake(own("calls"), self.lines, lines, feed=feed("calls"))
        self.tickets = TicketIntake(own("tickets"), self.services, services, feed=feed("tickets"))
        self.readings = ReadingIntake(own("readings"), self.lines, lines, feed=feed("readings"))
        self.requests = RequestIntake(own("requests"), self.channels, channels, feed=feed("requests"))
        self.reviews = ReviewIntake(own("reviews"), self.lines, lines, feed=feed("reviews"))
        self.intakes: dict[Input, CallIntake | TicketIntake | ReadingIntake | RequestIntake | ReviewIntake] = {
            "calls": self.calls,
            "tickets": self.tickets,
            "readings": self.readings,
            "requests": self.requests,
            "reviews": self.reviews,
        }
        self._desks: dict[bytes, Desk] = {
            **{b"line " + key: line for key, line in self.lines.items()},
            **{b"service " + key: service for key, service in self.services.items()},
            **{b"channel " + key: channel for key, channel in self.channels.items()},
        }
        self._own = {_intake(name, number): intake for name, intake in self.intakes.items()}
        self._written = self._offsets()
        self._days = DayChanges()

    def desks(self) -> Collection[Desk]:
        """Return the lines, the services and the channels."""
        return self._desks.values()

    def advance(self, now: int) -> None:
        """Settle, in every line and service, what no timely event can change any more at `now` (ms).

        What time alone has changed is to be written too: else a worker after a crash knows nothing of an incident that
        was published.
        """
        for key, desk in self._desks.items():
            if not isinstance(desk, Channel) and desk.advance(now):
                self._written.pop(key, None)

    def changed(self) -> Records:
        """Return the records, by key, of every day and every state that moved since the last call."""
        days = self._days.take(self._desks.values())
        offsets = self._offsets()
        moved = {key for key, position in offsets.items() if self._written.get(key) != position}
        self._written = offsets
        return Records(
            days,
            {key: _small_record(desk) for key, desk in self._desks.items() if key in moved},
            {key: record.encode(intake.state) for key, intake in self._own.items() if key in moved},
        )

    def waiting(self) -> int:
        """Return how many days wait to be written for good: until then they fill the memory."""
        return sum(len(desk.state.book.done) for desk in self._desks.values())

    def unwritten(self, records: Records) -> None:
        """Take back that the last records were written: they count as moved again."""
        self._days.take_back(records.days)
        for key in records.desks | records.intakes:
            self._written.pop(key, None)

    def _offsets(self) -> dict[bytes, Position]:
        states = {key: desk.state for key, desk in self._desks.items()}
        own = {key: intake.state for key, intake in self._own.items()}
        return {key: record.position_of(state) for key, state in (states | own).items()}


def _intake(name: Input, number: int) -> bytes:
    return f"intake {name} {number}".encode()


def _small_record(desk: Desk) -> bytes:
    """Return a desk's record; one that a broker would refuse is made smaller, at the cost of memory only."""
    encoded = record.encode(desk.state)
    while len(encoded) > MAX_RECORD and desk.shed():
        encoded = record.encode(desk.state)
    return encoded
