"""The six intakes: which event each input topic holds, which desk it is about, and what takes it."""

from __future__ import annotations

from typing import ClassVar

from streams.chain.entry import is_entry
from streams.decoding import Invalid
from streams.desks.channel import Channel
from streams.desks.line import Line
from streams.desks.service import Service
from streams.events import CallEvent, Event, Reading, RequestEvent, Review, TicketEvent
from streams.intake import DeskKind, Intake
from streams.number import MORE, withheld
from streams.positions import Marked
from streams.said import said
from streams.watch.review import line_of


class CallIntake(Intake[CallEvent, Line]):
    """Fold the call attempts of one partition into its lines."""

    kind: ClassVar[DeskKind] = "line"
    event: ClassVar[type[Event]] = CallEvent

    def fold(self, desk: Line, event: CallEvent, now: int) -> int:
        """Take an event into its line."""
        return desk.fold(event, now)

    def desk_name(self, event: CallEvent) -> str:
        """Return the line that a call event is about."""
        return event.line

    @classmethod
    def mark(cls, desk: Line) -> Marked:
        """Return the line's state: the call attempts are its first input."""
        return desk.state

    @classmethod
    def writes_days(cls, desk: Line) -> bool:
        """Tell whether calls are told of a line, and not its readings alone."""
        return desk.reported is None


class TicketIntake(Intake[TicketEvent, Service]):
    """Fold the tickets of one partition into its counter services."""

    kind: ClassVar[DeskKind] = "service"
    event: ClassVar[type[Event]] = TicketEvent

    def fold(self, desk: Service, event: TicketEvent, now: int) -> int:
        """Take an event into its service."""
        return desk.fold(event, now)

    def desk_name(self, event: TicketEvent) -> str:
        """Return the service that a ticket event is about."""
        return event.service

    @classmethod
    def mark(cls, desk: Service) -> Marked:
        """Return the service's state: the tickets are its only input."""
        return desk.state

    def opened(self) -> list[TicketEvent]:
        """Return the waits that transfers opened at services of the configuration.

        A transfer to any other service is noted in the ticket that it ended; there is nowhere to open a wait.
        """
        opened = []
        for service in self.desks.values():
            opened += [event for event in service.transfers if f"{event.site}/{event.service}".encode() in self._homes]
            service.transfers.clear()
        return opened


class ReadingIntake(Intake[Reading, Line]):
    """Fold the readings of the counting software into the lines of one partition."""

    kind: ClassVar[DeskKind] = "line"
    event: ClassVar[type[Event]] = Reading

    def fold(self, desk: Line, event: Reading, now: int) -> int:
        """Take an event into its line."""
        return desk.read(event, now)

    def desk_name(self, event: Reading) -> str:
        """Return the line that a reading is about."""
        return event.line

    @classmethod
    def mark(cls, desk: Line) -> Marked:
        """Return the line's mark in the readings."""
        return desk.state.readings

    @classmethod
    def writes_days(cls, desk: Line) -> bool:
        """Tell whether only readings tell of a line."""
        return desk.reported is not None


class RequestIntake(Intake[RequestEvent, Channel]):
    """Fold the requests of one partition into their channels."""

    kind: ClassVar[DeskKind] = "channel"
    event: ClassVar[type[Event]] = RequestEvent

    def fold(self, desk: Channel, event: RequestEvent, now: int) -> int:
        """Take an event into its channel."""
        return desk.fold(event, now)

    def desk_name(self, event: RequestEvent) -> str:
        """Return the channel that a request event is about."""
        return event.channel

    @classmethod
    def mark(cls, desk: Channel) -> Marked:
        """Return the channel's state: the requests are its only input."""
        return desk.state


class ReviewIntake(Intake[Review, Line]):
    """Fold the decisions of persons into the lines of one partition.

    They are read again from the lowest offset of any line. So no decision is lost, whichever of two workers' states of
    a line was kept; and it is cheap, as persons decide little.
    """

    kind: ClassVar[DeskKind] = "line"
    event: ClassVar[type[Event]] = Review

    def fold(self, desk: Line, event: Review, now: int) -> int:
        """Take an event into its line."""
        return desk.review(event, now)

    @classmethod
    def rereads(cls, _desk: Line) -> bool:
        """Tell that the decisions of every line are read again, from its mark on."""
        return True

    def _look_at(self, event: Review) -> None:
        """Withhold a number that a person wrote: a decision that stands in the log stays, or figures would change."""
        for field in self._fields.words:
            text = getattr(event, field)
            if text is not None:
                setattr(event, field, withheld(text, self._numbers, MORE))
        super()._look_at(event)

    def desk_name(self, event: Review) -> str:
        """Return the line that a review is about."""
        return line_of(event)

    @classmethod
    def mark(cls, desk: Line) -> Marked:
        """Return the line's mark in the reviews."""
        return desk.state.reviews

    def passes(self, value: bytes | None) -> bool:
        """Pass over what the log holds beside decisions: its opening, publications, notes that were erased."""
        return is_entry(value)


class WitnessIntake(Intake[CallEvent, Line]):
    """Fold the second records of the lines of one partition, each beside its line.

    They are read again from the lowest offset of any line that has a witness, so no event is lost, whichever of two
    workers' states of a line was kept.
    """

    kind: ClassVar[DeskKind] = "line"
    event: ClassVar[type[Event]] = CallEvent

    @classmethod
    def rereads(cls, desk: Line) -> bool:
        """Tell that the events of every line that has a witness are read again, from its mark on."""
        return desk.witness is not None

    def fold(self, desk: Line, event: CallEvent, now: int) -> int:
        """Take an event of a line's witness; raise `Invalid` where another source tells it."""
        if desk.witness is not None and event.source != desk.rules.witness:
            raise Invalid(
                "no-witness",
                said(
                    "source {source} is not the witness of line {name} - at `$.source`; expected {witness}, as "
                    "`lines.NAME.witness` says",
                    source=repr(event.source),
                    name=repr(desk.name),
                    witness=repr(desk.rules.witness),
                ),
            )
        return desk.bear(event, now)

    def desk_name(self, event: CallEvent) -> str:
        """Return the line that an event is about."""
        return event.line

    @classmethod
    def mark(cls, desk: Line) -> Marked:
        """Return the line's mark in the witnesses."""
        return desk.state.witness.mark
