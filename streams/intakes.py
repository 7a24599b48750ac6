"""The six intakes: the events of each input topic, their desks, and how the desks fold these events."""

from __future__ import annotations

from typing import ClassVar

from streams.chain.entry import is_entry
from streams.decoding import Invalid
from streams.desks.channel import Channel
from streams.desks.line import Line
from streams.desks.service import Service
from streams.events import CallEvent, Event, Reading, RequestEvent, Review, TicketEvent
from streams.intake import Intake
from streams.number import MORE, withheld
from streams.positions import Marked
from streams.said import said
from streams.watch.incident import DeskKind
from streams.watch.review import line_of


class CallIntake(Intake[CallEvent, Line]):
    """The fold of one partition's call attempts into its lines."""

    kind: ClassVar[DeskKind] = "line"
    event: ClassVar[type[Event]] = CallEvent

    def fold(self, desk: Line, event: CallEvent, now: int) -> int:
        return desk.fold(event, now)

    def desk_name(self, event: CallEvent) -> str:
        return event.line

    @classmethod
    def mark(cls, desk: Line) -> Marked:
        """Return the line's state, as the calls are its first input."""
        return desk.state

    @classmethod
    def writes_days(cls, desk: Line) -> bool:
        """Return whether the line has calls, not readings only."""
        return desk.reported is None


class TicketIntake(Intake[TicketEvent, Service]):
    """The fold of one partition's tickets into its counter services."""

    kind: ClassVar[DeskKind] = "service"
    event: ClassVar[type[Event]] = TicketEvent

    def fold(self, desk: Service, event: TicketEvent, now: int) -> int:
        return desk.fold(event, now)

    def desk_name(self, event: TicketEvent) -> str:
        return event.service

    @classmethod
    def mark(cls, desk: Service) -> Marked:
        """Return the service's state, as the tickets are its only input."""
        return desk.state

    def opened(self) -> list[TicketEvent]:
        """Return the waits that transfers opened at services of the configuration.

        A transfer to any other service is only recorded in the ticket that it ended.
        """
        opened = []
        for service in self.desks.values():
            opened += [event for event in service.transfers if f"{event.site}/{event.service}".encode() in self._homes]
            service.transfers.clear()
        return opened


class ReadingIntake(Intake[Reading, Line]):
    """The fold of one partition's readings into its lines."""

    kind: ClassVar[DeskKind] = "line"
    event: ClassVar[type[Event]] = Reading

    def fold(self, desk: Line, event: Reading, now: int) -> int:
        return desk.read(event, now)

    def desk_name(self, event: Reading) -> str:
        return event.line

    @classmethod
    def mark(cls, desk: Line) -> Marked:
        return desk.state.readings

    @classmethod
    def writes_days(cls, desk: Line) -> bool:
        """Return whether the line has readings only."""
        return desk.reported is not None


class RequestIntake(Intake[RequestEvent, Channel]):
    """The fold of one partition's requests into its channels."""

    kind: ClassVar[DeskKind] = "channel"
    event: ClassVar[type[Event]] = RequestEvent

    def fold(self, desk: Channel, event: RequestEvent, now: int) -> int:
        return desk.fold(event, now)

    def desk_name(self, event: RequestEvent) -> str:
        return event.channel

    @classmethod
    def mark(cls, desk: Channel) -> Marked:
        """Return the channel's state, as the requests are its only input."""
        return desk.state


class ReviewIntake(Intake[Review, Line]):
    """The fold of persons' decisions into the lines of one partition.

    Decisions are always replayed from the lowest offset of any line. So none is lost if two workers had a state of the
    same line, whichever state was kept. Persons make few decisions, so this is cheap.
    """

    kind: ClassVar[DeskKind] = "line"
    event: ClassVar[type[Event]] = Review

    def fold(self, desk: Line, event: Review, now: int) -> int:
        return desk.review(event, now)

    @classmethod
    def rereads(cls, _desk: Line) -> bool:
        """Return True: every line's decisions are replayed from its mark on."""
        return True

    def _look_at(self, event: Review) -> None:
        """Withhold a telephone number in a person's text.

        The decision remains in force, so the figures stay the same.
        """
        for field in self._fields.words:
            text = getattr(event, field)
            if text is not None:
                setattr(event, field, withheld(text, self._numbers, MORE))
        super()._look_at(event)

    def desk_name(self, event: Review) -> str:
        return line_of(event)

    @classmethod
    def mark(cls, desk: Line) -> Marked:
        return desk.state.reviews

    def passes(self, value: bytes | None) -> bool:
        """Return True for other entries of the log: its opening, publications and erasures."""
        return is_entry(value)


class WitnessIntake(Intake[CallEvent, Line]):
    """The fold of the second records of one partition's lines, each beside its line.

    Second records are always replayed from the lowest offset of any line with a witness. So no event is lost if two
    workers had a state of the same line, whichever state was kept.
    """

    kind: ClassVar[DeskKind] = "line"
    event: ClassVar[type[Event]] = CallEvent

    @classmethod
    def rereads(cls, desk: Line) -> bool:
        """Return whether the line has a witness: its events are replayed from its mark on."""
        return desk.witness is not None

    def fold(self, desk: Line, event: CallEvent, now: int) -> int:
        """Fold an event of a line's witness; raise `Invalid` if it is from another source."""
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
        return event.line

    @classmethod
    def mark(cls, desk: Line) -> Marked:
        return desk.state.witness.mark
