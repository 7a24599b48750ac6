"""The six intakes: the events of each input topic, their desks, and how the desks fold these events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from streams.chain.entry import is_entry
from streams.decoding import Invalid
from streams.desks.channel import Channel
from streams.desks.kinds import Desk
from streams.desks.line import Line
from streams.desks.service import Service
from streams.events import CallEvent, Event, Reading, RequestEvent, Review, TicketEvent
from streams.intake import Desks, Intake, Message, Rejected, desk_key
from streams.number import MORE, withheld
from streams.positions import Marked
from streams.said import said
from streams.watch.incident import DeskKind
from streams.watch.review import desk_of


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
        """Fold a ticket's event, and note the wait that a transfer opens at another service of the configuration.

        A transfer to any other service is only recorded in the ticket that it ended.
        """
        result = desk.fold(event, now)
        for opened in desk.transfers:
            if f"{opened.site}/{opened.service}".encode() in self._homes:
                self._opened.append(opened)
        desk.transfers.clear()
        return result

    def desk_name(self, event: TicketEvent) -> str:
        return event.service

    @classmethod
    def mark(cls, desk: Service) -> Marked:
        """Return the service's state, as the tickets are its only input."""
        return desk.state


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


_KINDS: Final[Mapping[bytes, DeskKind]] = {b"service": "service", b"channel": "channel"}  # after a desk's key


def _with_kind(key: bytes, kind: DeskKind) -> bytes:
    """Return a desk's key among the keys of all kinds; the kind of a service or a channel follows its key."""
    return key if kind == "line" else key + b"/" + kind.encode()


@dataclass(slots=True)
class Addressed:
    """A record with the key of its desk among the desks of all kinds."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


class ReviewIntake(Intake[Review, Desk]):
    """The fold of persons' decisions into the desks of one partition.

    A record's key names a desk of any kind, and a service may have the id of a line, so the content decides the kind.
    In here, the kind follows the key of a service or a channel.

    Decisions are always replayed from the lowest offset of any desk. So none is lost if two workers had a state of the
    same desk, whichever state was kept. Persons make few decisions, so this is cheap.
    """

    kind: ClassVar[DeskKind] = "line"
    event: ClassVar[type[Event]] = Review

    @classmethod
    def of_all(cls, lines: Desks[Line], services: Desks[Service], channels: Desks[Channel]) -> Desks[Desk]:
        """Return the desks of all kinds by their keys in this input."""
        here, homes, refused = dict[bytes, Desk](), dict[bytes, int](), set[bytes]()
        kinds: Mapping[DeskKind, Desks[Any]] = {"line": lines, "service": services, "channel": channels}
        for kind, desks in kinds.items():
            here |= {_with_kind(key, kind): desk for key, desk in desks.here.items()}
            homes |= {_with_kind(key, kind): home for key, home in desks.homes.items()}
            refused |= {_with_kind(key, kind) for key in desks.refused}
        return Desks(here, homes, refused)

    def take(self, messages: Iterable[Message]) -> list[Rejected]:
        """Fold records as `Intake.take` does."""
        own = list(messages)
        keys = {each.offset: each.key for each in own}
        rejected = super().take(Addressed(each.offset, each.timestamp, self._place(each), each.value) for each in own)
        return [each._replace(key=keys[each.offset]) for each in rejected]

    def _place(self, message: Message) -> bytes | None:
        """Return the key of a record's desk in here; its own key if it is no review."""
        with suppress(Invalid):
            if message.key is not None:
                return _with_kind(message.key, desk_of(self._decode(message.value)).kind)
        return message.key

    @classmethod
    def state_key(cls, home: bytes) -> bytes:
        """Return the key of a desk's state, by the desk's key in here.

        >>> ReviewIntake.state_key(b"lozere/standard"), ReviewIntake.state_key(b"lozere/cards/service")
        (b'line lozere/standard', b'service lozere/cards')
        """
        name, _, kind = home.rpartition(b"/")
        if b"/" in name and kind in _KINDS:
            return desk_key(_KINDS[kind], name)
        return desk_key(cls.kind, home)  # as the class above; compiled, its class method cannot be called from here

    def fold(self, desk: Desk, event: Review, now: int) -> int:
        return desk.review(event, now)

    @classmethod
    def rereads(cls, _desk: Desk) -> bool:
        """Return True: every desk's decisions are replayed from its mark on."""
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
        kind, name = desk_of(event)
        return _with_kind(name.encode(), kind).decode()

    @classmethod
    def mark(cls, desk: Desk) -> Marked:
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
