"""One partition of one input topic: from its records to the lines, services or channels that they are about.

This is the hot path, and nothing is raised out of it. A record that is no event of a known line, service or channel
comes back as `Rejected`; the other records are folded.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from operator import attrgetter, itemgetter
from typing import ClassVar, Final, Generic, Literal, NamedTuple, Protocol, TypeAlias, TypeGuard, TypeVar

from streams.decoding import Decoder, Invalid, require_no_number
from streams.desks.channel import Channel
from streams.desks.line import Line
from streams.desks.service import Service
from streams.events import CallEvent, Event, Reading, RequestEvent, Review, TicketEvent, milliseconds
from streams.feed import UNKNOWN_FEED, Feed, RecreatedError
from streams.kept import record
from streams.kept.mark import AHEAD, END
from streams.kept.times import DAY_MS, NO_CLOCK
from streams.number import ANY_NUMBERS, FIELDS, Numbers, is_usual_id, kept_name
from streams.said import said

MAX_SOURCES: Final = 100  # of a site: they choose their own names, so their number needs a bound
MAX_STRANGERS: Final = 10_000  # unknown desks that are remembered, in case that the catalogue names them soon
MAX_NAMED: Final = 20  # desks that are named to whom tells of an unknown one
SHOWN: Final = 200  # bytes of a key that are worth showing


class Message(Protocol):
    """Stand for a record of the input topic."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None


class Rejected(NamedTuple):
    """Tell which record was no event, and why."""

    offset: int
    key: bytes | None
    value: bytes | None
    reason: str
    detail: str


MAX_LOOKED_AT: Final = 20_000  # events' names that are remembered as holding no number
CLOCK: Final = "clock"  # the reason for refusing what is dated ahead
NOWHERE: Final = (None, None)  # in place of a desk and its mark


class Lacking(NamedTuple):
    """Name the offsets that a desk's record lacks, though its intake has read them."""

    after: int  # the last offset that the record holds
    last: int


class Folded(Protocol):
    """Stand for a state, or its mark in one input: which feed it was folded from, and up to which offset."""

    offset: int
    feed: str
    epoch: int


class Marked(Folded, Protocol):
    """Stand for a desk's mark in one input, which counts what became of the events: ok, duplicate, late, or refused.

    A mark below its `until` is read again up to there: its state was taken from an older record, or begun anew.
    """

    until: int

    results: list[int]
    refused: dict[str, int]


@dataclass(slots=True)
class IntakeState:
    """Hold what belongs to a partition of an input topic and to none of its desks."""

    number: int  # of the partition
    offset: int = -1  # of the last record that was read
    feed: str = ""  # the topic that this offset is of, as the broker identifies it
    epoch: int = 0  # which making of the topic it is, as the configuration counts
    rejected: dict[str, int] = field(default_factory=dict)  # records that were no event of a desk, by reason
    # By `site/source`: the moment of its last event, and never beyond its record's, epoch ms
    sources: dict[str, int] = field(default_factory=dict)
    # In a record alone, by a desk's id: the last offset that the desk's own record holds, or names as to be read again
    desks: dict[str, int] = field(default_factory=dict)

    @property
    def others(self) -> int:
        """Return 0: an intake has no other input."""
        return 0


DeskKind: TypeAlias = Literal["line", "service", "channel"]
E = TypeVar("E", CallEvent, TicketEvent, Reading, RequestEvent, Review)
D = TypeVar("D", Line, Service, Channel)


class Intake(ABC, Generic[E, D]):
    """Fold the records of one partition into the lines, services or channels (`desks`) that live there.

    An event at or below the offset of a state is in that state already and is skipped. So a replay of any stretch, any
    number of times, changes nothing. A desk's offset and the intake's own may differ: a crash may come after one is
    written and before the other.
    """

    kind: ClassVar[DeskKind]
    event: ClassVar[type[Event]]

    @abstractmethod
    def fold(self, desk: D, event: E, now: int) -> int:
        """Take an event, whose record was written at `now` (ms), into a desk, and return what became of it."""

    @abstractmethod
    def desk_name(self, event: E) -> str:
        """Return the short id of the desk that an event is about; raise `Invalid` where there can be none."""

    @abstractmethod
    def mark(self, desk: D) -> Marked:
        """Return a desk's mark in this input."""

    def is_behind(self, _desk: D, mark: Marked) -> bool:
        """Tell whether the input is read again from a desk's mark on."""
        return mark.offset < mark.until

    def writes_days(self, desk: D, mark: Marked) -> bool:
        """Tell whether the days of a desk's ledger are made of this input."""
        return mark is desk.state

    def __init__(
        self,
        state: IntakeState,
        desks: Mapping[bytes, D],
        homes: Mapping[bytes, int],
        feed: Feed = UNKNOWN_FEED,
        numbers: Numbers = ANY_NUMBERS,
        refused: Collection[bytes] = (),
        strangers: Mapping[bytes, int] | None = None,
    ) -> None:
        """Go on from where the states stand; `homes` has the partition of every desk of the office, by its key.

        What is told of a `refused` desk is passed over: its state cannot be read, and its events are read again once
        that is mended. For a desk that was unknown until now, the input is read again from the first record that told
        of it: `strangers` has these records' offsets, by the desk's key.
        """
        self.state = state
        self.desks: Mapping[bytes, D] = desks
        self._feed = feed
        self._homes = homes
        self._refused = refused
        self._sites = sorted({known.decode().partition("/")[0] for known in homes})
        state.sources = self._with_sites(state.sources)
        known = sorted(known.decode() for known in homes)
        more = [f"{len(known) - MAX_NAMED:,} more"] if len(known) > MAX_NAMED else []
        self._known = ", ".join(known[:MAX_NAMED] + more) or "none"
        # A live record's timestamp is when its event came; a replayed record's is only when the replay was.
        self._live = any(desk.rules.clock == "wall" for desk in desks.values())
        self._decode: Callable[[bytes | None], E] = Decoder(self.event).decode  # type: ignore[assignment]
        self._desks: dict[bytes, tuple[D, Marked]] = {key: (desk, self.mark(desk)) for key, desk in desks.items()}
        held, state.desks = state.desks, {}
        self._resume(state)
        self.strangers = {key: offset for key, offset in (strangers or {}).items() if key not in homes}
        for key, (_, mark) in self._desks.items():
            if strangers and key in strangers and mark.offset < strangers[key]:
                mark.offset, mark.until = strangers[key] - 1, END
                mark.feed, mark.epoch = feed.id, feed.epoch
        self.behind: dict[bytes, Lacking] = {}  # by the desk's id
        for key, (_, mark) in self._desks.items():
            self._resume(mark)
            mark.until = min(mark.until, state.offset)
            last = min(held.get(key.decode(), -1), state.offset)
            if max(mark.offset, mark.until) < last:
                self.behind[key] = Lacking(mark.offset, last)
                mark.until = last
        # Desks whose book was begun anew, each with the offset up to which the ledger holds the days that it keeps.
        written = [desk for desk, mark in self._desks.values() if self.writes_days(desk, mark)]
        books = [(desk.state.book.kept_until, desk) for desk in written]
        self._keeping: list[tuple[int, D]] = sorted((each for each in books if each[0] >= 0), key=itemgetter(0))
        behind: list[int] = [mark.offset for desk, mark in self._desks.values() if self.is_behind(desk, mark)]
        self.position = min([state.offset, *behind])  # of the last record read
        self._numbers = numbers
        # The desk's name is of the catalogue, and of an event's id only a checksum is kept.
        self._fields = FIELDS[self.event].without("id", self.kind)
        names = self._fields.ids + self._fields.words
        self._own_of: Callable[[E], str | None] = attrgetter(names[0])  # of a call, say: each has another
        # One is asked for twice, as of a single one a getter makes no tuple.
        self._names_of: Callable[[E], tuple[str | None, ...]] = attrgetter(*names[1:], names[1])
        self._clean: set[str | None] = {None}
        self._touched: set[bytes] = set()
        self._gone = [0, 0, 0, 0]  # results of desks that the catalogue names no more, and what these refused

    def _resume(self, state: Folded) -> None:
        """Go on from where a state stands in its input, or from the beginning of a feed that was made anew."""
        feed = self._feed
        if state.offset >= 0 and state.feed != feed.id:
            if state.epoch >= feed.epoch:
                raise RecreatedError(
                    f"partition {self.state.number} was folded up to offset {state.offset} of topic {state.feed}, "
                    f"which was deleted since: the topic is {feed.id} now. To keep the totals and count the new topic "
                    f"from its beginning, set kafka.epoch to {state.epoch + 1}"
                )
            state.offset = -1
        state.feed, state.epoch = feed

    def take(self, messages: Iterable[Message]) -> list[Rejected]:
        """Fold records in the order of their offsets; return those that were no event of a known desk."""
        rest = list(messages)
        self._touched.update(self._desks.keys() & {each.key for each in rest})
        rejected: list[Rejected] = []
        while self._keeping and rest and rest[-1].offset > self._keeping[0][0]:
            until, desk = self._keeping.pop(0)
            rejected += self._fold_all([each for each in rest if each.offset <= until])
            desk.keep_days()
            self._touched.add(desk.rules.id.encode())
            rest = [each for each in rest if each.offset > until]
        return rejected + self._fold_all(rest)

    def _fold_all(self, messages: Iterable[Message]) -> list[Rejected]:  # noqa: C901, PLR0912, PLR0915 -- the hot path
        """Fold records, as `take` does."""
        rejected: list[Rejected] = []
        refused: set[int] = set()  # offsets of those that a desk counts itself
        desk_of = self._desks.get
        decode = self._decode
        name_of = self.desk_name
        fold = self.fold
        live = self._live
        clean = self._clean
        own_of, names_of, usual = self._own_of, self._names_of, is_usual_id
        noted = self.state.offset
        latest: dict[tuple[str, str | None], tuple[E, int]] = {}
        offset = noted
        for message in messages:
            offset = message.offset
            key = message.key
            desk, mark = desk_of(key) or NOWHERE  # type: ignore[arg-type]  # a record without a key finds none
            if mark is not None and offset <= mark.offset and offset <= noted:
                continue
            if desk is None and key is not None and key in self._refused:
                rejected += (broken := self._broken(key, message))
                refused.update(each.offset for each in broken if each.reason == CLOCK)  # it counts these once mended
                continue
            if desk is None and self._strange(key):
                if len(self.strangers) < MAX_STRANGERS:
                    self.strangers.setdefault(key, offset)
                if not self.passes(message.value):
                    rejected.append(Rejected(offset, key, message.value, *self._unknown(key)))
                continue
            try:
                event = decode(message.value)
                name = name_of(event)
                if desk is None or mark is None or desk.name != name or event.site not in (None, desk.rules.site):
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
                        # The desk's record says that the event is done with, so it must say too what became of it.
                        mark.refused[found.reason] = mark.refused.get(found.reason, 0) + 1
                        refused.add(offset)
        rejected = [each for each in rejected if each.offset > noted]
        self._note(offset, latest, Counter(each.reason for each in rejected if each.offset not in refused))
        return rejected

    def _broken(self, home: bytes, message: Message) -> list[Rejected]:
        """Return a record that is no event of a desk whose state cannot be read, as far as that is known without it.

        Once the state is mended, the record is read again for the desk alone, and nobody is told of it.
        """
        try:
            event = self._decode(message.value)
            if home != f"{event.site or home.decode().partition('/')[0]}/{self.desk_name(event)}".encode():
                raise self._refusal(home, event)
            self._look_at(event)
            if self._live and 0 <= message.timestamp < milliseconds(event.at) - DAY_MS:
                raise _ahead(event)
        except Invalid as found:
            if not self.passes(message.value):
                return [Rejected(message.offset, home, message.value, found.reason, found.detail)]
        return []

    def _look_at(self, event: E) -> None:
        """Raise `Invalid` where a name in an event holds a telephone number; else remember its names."""
        require_no_number(event, self._numbers, self._fields, self._clean)
        if len(self._clean) >= MAX_LOOKED_AT:
            self._clean = {None}
        self._clean.update(self._names_of(event), [self._own_of(event)])

    def record(self) -> bytes:
        """Return the state's record, which says how far the record of each desk must be.

        A desk's record that is not so far is not its last one: what it lacks is read again.
        """
        held = {key.decode(): max(mark.offset, mark.until) for key, (_, mark) in self._desks.items()}
        return record.encode(replace(self.state, desks={name: last for name, last in held.items() if last >= 0}))

    def touched(self) -> set[bytes]:
        """Return the ids of the desks that records were of since the last call."""
        touched, self._touched = self._touched, set()
        return touched

    def results(self) -> list[int]:
        """Return how many events were ok, a duplicate, and late."""
        counted = [self._gone[:3], *(mark.results for _, mark in self._desks.values())]
        return [sum(each) for each in zip(*counted, strict=True)]

    def rejected(self) -> int:
        """Return how many records were no event of a desk, or were refused by theirs."""
        refused = sum(sum(mark.refused.values()) for _, mark in self._desks.values())
        return sum(self.state.rejected.values()) + refused + self._gone[3]

    def go_on_from(self, before: Intake[E, D]) -> None:
        """Count on from the same intake under another catalogue: what its desks were told stays told."""
        was, now = [*before.results(), before.rejected()], [*self.results(), self.rejected()]
        self._gone = [max(0, told - known) for told, known in zip(was, now, strict=True)]

    def opened(self) -> list[TicketEvent]:
        """Return, once, the events to send on before the records that they came from are acknowledged."""
        return []

    def _strange(self, key: bytes | None) -> TypeGuard[bytes]:
        """Tell whether a key names a desk that nobody knows: its record is refused undecoded, as it may be of a flood.

        A key that names none, as a bare `standard` does, is told from what the record says.
        """
        return key is not None and b"/" in key and key not in self._homes

    def _unknown(self, home: bytes) -> tuple[str, str]:
        """Return the reason and the detail for what is about an unknown desk."""
        name = home[:SHOWN].decode(errors="replace")
        return f"unknown-{self.kind}", f"{name} is not in the catalogue; expected one of {self._known}"

    def passes(self, value: bytes | None) -> bool:  # noqa: ARG002 -- for those inputs that hold more than events
        """Tell whether a record that is no event stands in the input rightly, and is passed over."""
        return False

    def _refusal(self, key: bytes | None, event: E) -> Invalid:
        """Say why an event does not belong to the desk of its record's key."""
        home = f"{event.site or next(iter(self._sites), '?')}/{self.desk_name(event)}".encode()
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
        """Note what belongs to the partition and to no desk: its offset, what was rejected, when each source spoke."""
        state = self.state
        self.position = max(self.position, offset)
        state.offset = max(state.offset, offset)
        for reason, count in rejected.items():
            state.rejected[reason] = state.rejected.get(reason, 0) + count
        for (site, source), (event, now) in latest.items():
            name = f"{site}/{kept_name(source or 'unknown')}"
            if name in state.sources or sum(each.startswith(f"{site}/") for each in state.sources) < MAX_SOURCES:
                state.sources[name] = min(milliseconds(event.at), now)

    def _with_sites(self, sources: Mapping[str, int]) -> dict[str, int]:
        """Return the sources each with its site, which an earlier version left out, as there was but one."""
        own = {name: at for name, at in sources.items() if name.partition("/")[0] in self._sites}
        if len(self._sites) == 1:
            own |= {f"{self._sites[0]}/{name}": at for name, at in sources.items() if name not in own}
        return own


def _ahead(event: Event) -> Invalid:
    return Invalid(CLOCK, said("{at} - at `$.at`, more than a day after the record was written", at=event.at))
