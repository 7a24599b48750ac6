"""One partition of one input topic: it folds records into lines, services or channels.

This is the hot path, and it raises no exceptions. A record that is no event of a known line, service or channel is
returned as `Rejected`; all others are folded.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from operator import attrgetter
from typing import ClassVar, Final, Generic, NamedTuple, Protocol, Self, TypeGuard, TypeVar

from streams.decoding import Decoder, Invalid, require_no_number
from streams.desks.kinds import Desk
from streams.events import CallEvent, Event, Reading, RequestEvent, Review, TicketEvent, milliseconds
from streams.kept import record
from streams.kept.mark import AHEAD
from streams.kept.times import DAY_MS, NO_CLOCK
from streams.number import ANY_NUMBERS, FIELDS, Numbers, is_usual_id, kept_name
from streams.positions import DeskPlace, Marked, Positions, Start, resume
from streams.said import said
from streams.watch.incident import DeskKind

MAX_SOURCES: Final = 100  # of one site; sources choose their own names, so the number of names must be bounded
MAX_STRANGERS: Final = 10_000  # maximum of remembered unknown desks, in case the catalogue adds them soon
MAX_NAMED: Final = 20  # maximum of known desks in a message about an unknown one
SHOWN: Final = 200  # bytes of a key to display


class Message(Protocol):
    """A record of the input topic."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


class Rejected(NamedTuple):
    """A record that is no event, and the reason."""

    offset: int
    key: bytes | None
    value: bytes | None
    reason: str
    detail: str


MAX_LOOKED_AT: Final = 20_000  # maximum of remembered event names without a telephone number
CLOCK: Final = "clock"  # the reason for rejecting events with a date in the future
NOWHERE: Final = (None, None, "")  # in place of a desk, its mark and its name


E = TypeVar("E", CallEvent, TicketEvent, Reading, RequestEvent, Review)
D = TypeVar("D", bound=Desk)


class Desks(NamedTuple, Generic[D]):
    """The desks of one kind: the desks that a partition folds, and the partitions of all others."""

    here: Mapping[bytes, D]  # by key
    homes: Mapping[bytes, int]  # the partition of every desk of the office, by its key
    refused: Collection[bytes] = ()  # their states cannot be read; after a repair their events are read again

    def sites(self) -> list[str]:
        """Return the sites of the office's desks, sorted."""
        return sorted({home.decode().partition("/")[0] for home in self.homes})


def desk_key(kind: DeskKind, name: bytes) -> bytes:
    """Return the key of a desk's state in the changelog, by its id `site/name`.

    >>> desk_key("line", b"lozere/standard")
    b'line lozere/standard'
    """
    return kind.encode() + b" " + name


class Intake(ABC, Generic[E, D]):
    """The fold of one partition's records into its lines, services or channels (`desks`).

    An event at or below the offset of a state is already in that state and is skipped, so a replay changes nothing. A
    desk's offset and the intake's own may differ, as a crash may come after one is written and before the other.
    """

    kind: ClassVar[DeskKind]
    event: ClassVar[type[Event]]

    @abstractmethod
    def fold(self, desk: D, event: E, now: int) -> int:
        """Fold an event, whose record was written at `now` (ms), into a desk, and return the result."""

    @abstractmethod
    def desk_name(self, event: E) -> str:
        """Return an event's desk as its key in this input has it after the site; raise `Invalid` if it has none."""

    @classmethod
    @abstractmethod
    def mark(cls, desk: D) -> Marked:
        """Return a desk's mark in this input."""

    @classmethod
    def state_key(cls, home: bytes) -> bytes:
        """Return the key of a desk's state, by the desk's key in this input."""
        return desk_key(cls.kind, home)

    @classmethod
    def rereads(cls, _desk: D) -> bool:
        """Return whether the input is always replayed from the desk's mark on."""
        return False

    @classmethod
    def writes_days(cls, desk: D) -> bool:
        """Return whether the days of a desk's ledger come from this input."""
        return cls.mark(desk) is desk.state

    @classmethod
    def resume(cls, desks: Desks[D], start: Start, numbers: Numbers = ANY_NUMBERS) -> Self:
        """Return an intake that continues from the states, positioned by `positions.resume`."""
        start.state.name_sites(desks.sites())
        places = {
            key: DeskPlace(
                cls.mark(desk), cls.rereads(desk), desk.state.book.kept_until if cls.writes_days(desk) else -1
            )
            for key, desk in desks.here.items()
        }
        return cls(desks, resume(start, places, desks.homes), numbers)

    def __init__(self, desks: Desks[D], positions: Positions, numbers: Numbers) -> None:
        self.desks: Mapping[bytes, D] = desks.here
        self.positions = positions
        self.state = positions.state
        self._homes = desks.homes
        self._refused = desks.refused
        self._site = next(iter(desks.sites()), "?")  # for events without a site
        known = sorted(home.decode() for home in desks.homes)
        more = [f"{len(known) - MAX_NAMED:,} more"] if len(known) > MAX_NAMED else []
        self._known = ", ".join(known[:MAX_NAMED] + more) or "none"
        # A live record's timestamp is when its event came; a replayed record's is only the time of the replay.
        self._live = any(desk.rules.clock == "wall" for desk in desks.here.values())
        self._decode: Callable[[bytes | None], E] = Decoder(self.event).decode  # type: ignore[assignment]
        self._desks: dict[bytes, tuple[D, Marked, str]] = {
            key: (desk, positions.marks[key], key.decode().partition("/")[2]) for key, desk in desks.here.items()
        }
        self._numbers = numbers
        # The desk's name is in the catalogue, and only a checksum of an event's id is kept.
        self._fields = FIELDS[self.event].without("id", self.kind)
        names = self._fields.ids + self._fields.words
        # fields that have a new value in every event, such as the call
        self._own_of: Callable[[E], str | None] = attrgetter(names[0])
        # One name is repeated, because a getter of a single name returns no tuple.
        self._names_of: Callable[[E], tuple[str | None, ...]] = attrgetter(*names[1:], names[1])
        self._clean: set[str | None] = {None}
        self._touched: set[bytes] = set()
        self._opened: list[TicketEvent] = []
        self._gone = [0, 0, 0, 0]  # results of desks that have left the catalogue, and their rejections

    def take(self, messages: Iterable[Message]) -> list[Rejected]:
        """Fold records in the order of their offsets; return those that were no event of a known desk."""
        rest = list(messages)
        self._touched.update(self._desks.keys() & {each.key for each in rest})
        rejected: list[Rejected] = []
        kept = self.positions.kept
        while kept and rest and rest[-1].offset > kept[0][0]:
            until, key = kept.pop(0)
            rejected += self._fold_all([each for each in rest if each.offset <= until])
            self.desks[key].keep_days()
            self._touched.add(key)
            rest = [each for each in rest if each.offset > until]
        return rejected + self._fold_all(rest)

    def _fold_all(self, messages: Iterable[Message]) -> list[Rejected]:  # noqa: C901, PLR0912, PLR0915 -- the hot path
        """Fold records, as `take` does."""
        rejected: list[Rejected] = []
        refused: set[int] = set()  # offsets that a desk counts itself
        desk_of = self._desks.get
        decode = self._decode
        name_of = self.desk_name
        fold = self.fold
        live = self._live
        clean = self._clean
        own_of, names_of, usual = self._own_of, self._names_of, is_usual_id
        noted = self.positions.noted
        strangers = self.positions.strangers
        latest: dict[tuple[str, str | None], tuple[E, int]] = {}
        offset = -1
        for message in messages:
            offset = message.offset
            key = message.key
            desk, mark, own_name = desk_of(key) or NOWHERE  # type: ignore[arg-type]  # a record without a key finds none
            if mark is not None and offset <= mark.offset and offset <= noted:
                continue
            if desk is None and key is not None and key in self._refused:
                heard, broken = self._broken(key, message)
                rejected += broken
                refused.update(each.offset for each in broken if each.reason == CLOCK)  # the desk counts them later
                if heard is not None and offset > noted:
                    now = message.timestamp if live and message.timestamp >= 0 else NO_CLOCK
                    latest[key.decode().partition("/")[0], heard.source] = heard, now
                continue
            if desk is None and self._strange(key):
                if len(strangers) < MAX_STRANGERS:
                    strangers.setdefault(key, offset)
                if not self.passes(message.value):
                    rejected.append(Rejected(offset, key, message.value, *self._unknown(key)))
                continue
            try:
                event = decode(message.value)
                name = name_of(event)
                if desk is None or mark is None or own_name != name or event.site not in (None, desk.rules.site):
                    raise self._refusal(key, event)
                own = own_of(event)
                known = own is None or own in clean or usual(own) is not None
                if not known or not clean.issuperset(names_of(event)):
                    self._look_at(event)
                    clean = self._clean
                now = message.timestamp if live and message.timestamp >= 0 else NO_CLOCK
                if offset > noted:
                    latest[desk.rules.site, event.source] = event, now
                if offset > mark.offset:
                    mark.offset = offset
                    if fold(desk, event, now) == AHEAD:
                        raise _ahead(event)
            except Invalid as found:
                if not self.passes(message.value):
                    rejected.append(Rejected(offset, key, message.value, found.reason, found.detail))
                    if mark is not None and mark.offset == offset:
                        # The desk's record says that the event is done, so it must also have the result.
                        mark.refused[found.reason] = mark.refused.get(found.reason, 0) + 1
                        refused.add(offset)
        rejected = [each for each in rejected if each.offset > noted]
        self._note(offset, latest, Counter(each.reason for each in rejected if each.offset not in refused))
        return rejected

    def _broken(self, home: bytes, message: Message) -> tuple[E | None, list[Rejected]]:
        """Decode a record of a desk whose state cannot be read; return its event, and a rejection if it has none.

        The desk takes the event after a repair, which replays the record for that desk alone, without another report.
        """
        event = None
        try:
            decoded = self._decode(message.value)
            if home != f"{decoded.site or home.decode().partition('/')[0]}/{self.desk_name(decoded)}".encode():
                raise self._refusal(home, decoded)
            self._look_at(decoded)
            event = decoded
            if self._live and 0 <= message.timestamp < milliseconds(event.at) - DAY_MS:
                raise _ahead(event)
        except Invalid as found:
            if not self.passes(message.value):
                return event, [Rejected(message.offset, home, message.value, found.reason, found.detail)]
        return event, []

    def _look_at(self, event: E) -> None:
        """Raise `Invalid` if a name in an event contains a telephone number; otherwise remember the event's names."""
        require_no_number(event, self._numbers, self._fields, self._clean)
        if len(self._clean) >= MAX_LOOKED_AT:
            self._clean = {None}
        self._clean.update(self._names_of(event), [self._own_of(event)])

    def record(self) -> bytes:
        """Return the state's record, with the position that each desk's record must have.

        A desk's record with a lower position is not the desk's last record, so the events after it are read again.
        """
        return record.encode(replace(self.state, desks=self.positions.recorded()))

    def touched(self) -> set[bytes]:
        """Return the ids of the desks with new records since the last call."""
        touched, self._touched = self._touched, set()
        return touched

    def results(self) -> list[int]:
        """Return the numbers of ok, duplicate and late events."""
        counted = [self._gone[:3], *(mark.results for _, mark, _ in self._desks.values())]
        return [sum(each) for each in zip(*counted, strict=True)]

    def rejected(self) -> int:
        """Return how many records were no event of a desk, or were rejected by their desk."""
        refused = sum(sum(mark.refused.values()) for _, mark, _ in self._desks.values())
        return sum(self.state.rejected.values()) + refused + self._gone[3]

    def go_on_from(self, before: Intake[E, D]) -> None:
        """Take over the counts of `before`, which is this intake under the previous catalogue."""
        was, now = [*before.results(), before.rejected()], [*self.results(), self.rejected()]
        self._gone = [max(0, old - new) for old, new in zip(was, now, strict=True)]

    def opened(self) -> list[TicketEvent]:
        """Return, once, the events to send before the records that caused them are acknowledged."""
        opened, self._opened = self._opened, []
        return opened

    def _strange(self, key: bytes | None) -> TypeGuard[bytes]:
        """Return whether a key names an unknown desk.

        Its record is rejected undecoded, as there may be a flood of them. If the key is not an id, as with a bare
        `standard`, the record's content decides.
        """
        return key is not None and b"/" in key and key not in self._homes

    def _unknown(self, home: bytes) -> tuple[str, str]:
        """Return the reason and the detail for an unknown desk."""
        name = home[:SHOWN].decode(errors="replace")
        kind = self.state_key(home).partition(b" ")[0].decode()
        return f"unknown-{kind}", f"{name} is not in the catalogue; expected one of {self._known}"

    def passes(self, value: bytes | None) -> bool:  # noqa: ARG002 -- for those inputs that hold more than events
        """Return whether a record is no event but belongs in the input, so that it is skipped."""
        return False

    def _refusal(self, key: bytes | None, event: E) -> Invalid:
        """Return why an event does not belong to the desk that its record's key names."""
        home = f"{event.site or self._site}/{self.desk_name(event)}".encode()
        if home not in self._homes:
            return Invalid(*self._unknown(home))
        if key != home:
            return Invalid(
                "wrong-key", said("the record's key is {key}; expected {home}", key=repr(key), home=repr(home))
            )
        return Invalid(
            "wrong-partition",
            said(
                "{home} belongs in partition {found}; the producer must partition by murmur2",
                home=repr(home),
                found=self._homes[home],
            ),
        )

    def _note(
        self, offset: int, latest: Mapping[tuple[str, str | None], tuple[E, int]], rejected: Mapping[str, int]
    ) -> None:
        """Record what belongs to no desk: the offset, rejections, and each source's last event."""
        self.positions.note(offset)
        state = self.state
        for reason, count in rejected.items():
            state.rejected[reason] = state.rejected.get(reason, 0) + count
        for (site, source), (event, now) in latest.items():
            name = f"{site}/{kept_name(source or 'unknown')}"
            if name in state.sources or sum(each.startswith(f"{site}/") for each in state.sources) < MAX_SOURCES:
                state.sources[name] = min(milliseconds(event.at), now)


def _ahead(event: Event) -> Invalid:
    return Invalid(CLOCK, said("{at} - at `$.at`, more than a day after the record was written", at=event.at))
