"""The states of a partition's desks and intakes, read from their records."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar, cast

from streams.calls.rules import LineRules
from streams.desks.channel import Channel
from streams.desks.channel_state import ChannelState
from streams.desks.kinds import Desk
from streams.desks.line import Line
from streams.desks.line_state import LineState
from streams.desks.service import Service
from streams.desks.service_state import ServiceState
from streams.feed import Feed, Folded, Input
from streams.intake_state import IntakeState
from streams.intakes import CallIntake, ReadingIntake, RequestIntake, ReviewIntake, TicketIntake, WitnessIntake
from streams.kept import record
from streams.kept.mark import END
from streams.pages import MissingPageError, fill, keys_by_desk, named
from streams.requests.rules import ChannelRules
from streams.tickets.rules import ServiceRules

AnyIntake: TypeAlias = CallIntake | TicketIntake | ReadingIntake | RequestIntake | ReviewIntake | WitnessIntake

AnyState: TypeAlias = LineState | ServiceState | ChannelState | IntakeState
A = TypeVar("A", LineState, ServiceState, ChannelState, IntakeState)

KINDS: Final[Mapping[bytes, type[Any]]] = {  # of states, by the first word of the key
    b"line": LineState,
    b"service": ServiceState,
    b"channel": ChannelState,
    b"intake": IntakeState,
}
_INTAKE: Final = b"intake "


class Unread(NamedTuple):
    """A state with an unreadable record, and the reason."""

    key: bytes
    why: str
    mended: bool  # the state continues from an earlier record
    gone: bool = False  # a required record is missing

    @property
    def refused(self) -> bool:
        """Return whether its desk is not folded until a repair."""
        return not self.mended and not self.key.startswith(_INTAKE)


class States:
    """The states of a partition, from memory or from their records."""

    def __init__(
        self,
        records: Mapping[bytes, bytes],
        earlier: Mapping[bytes, bytes],
        held: Mapping[bytes, Desk | AnyIntake],
        feeds: Mapping[Input, Feed] | None = None,
    ) -> None:
        self.unread: list[Unread] = []
        self._records = records
        self._earlier = earlier
        self._held = held
        self._feeds = feeds or {}
        self._pages = keys_by_desk(records)
        self.pages: dict[bytes, set[bytes]] = {}  # by desk: the pages of its record, and older ones

    def read(self, key: bytes, state: type[A], *, due: bool = False) -> tuple[A | None, bool]:
        """Return a state (None without a record), and whether it is unreadable, or missing though it is `due`."""
        if key in self._held:
            return cast("A", self._held[key].state), False
        if due and key not in self._records:
            self.unread.append(Unread(key, "there is none", mended=False, gone=True))
            return None, True
        try:
            found = self._own(key, self._read(key, self._records, state))
        except record.UNREADABLE as error:
            found = None
            if not record.is_later(self._records[key]):
                with suppress(*record.UNREADABLE):
                    found = self._own(key, self._read(key, self._earlier, state))
            why, gone = str(error) or type(error).__name__, isinstance(error, MissingPageError)
            self.unread.append(Unread(key, why, mended=found is not None, gone=gone))
            if found is not None:
                read_again(found)
            return found, found is None
        self.pages[key] = named(key, found) | self._before(key)
        return found, False

    def _read(self, key: bytes, records: Mapping[bytes, bytes], kind: type[A]) -> A | None:
        """Return the state in a key's record, with its pages; raise one of `UNREADABLE` if one cannot be read."""
        state = record.read(records.get(key), kind)
        if isinstance(state, LineState | ServiceState):
            fill(key, state, self._records)
        return state

    def _before(self, key: bytes) -> set[bytes]:
        """Return a desk's pages that are not later than its record. One that is later may be named by a late record."""
        found = set[bytes]()
        for page in self._pages.get(key, ()):
            with suppress(*record.UNREADABLE):
                if record.position(self._records[page]) <= record.position(self._records[key]):
                    found.add(page)
        return found

    def _own(self, key: bytes, state: A | None) -> A | None:
        """Return a state; raise ValueError if it alone names another topic than the present one."""
        for name, mark in {} if state is None else _marks(key, state).items():
            feed = self._feeds.get(name)
            if feed is not None and feed.is_other(mark) and not self._recreated(key, name, mark.feed):
                raise ValueError(f"only it names topic {mark.feed}; the topic is {feed.id}")
        return state

    def _recreated(self, key: bytes, name: Input, feed: str) -> bool:
        """Return whether an input's intake and a desk both name the same other topic.

        Otherwise the input was not recreated: one record is wrong, which must not stop the worker.
        """
        of_intake = key.startswith(_INTAKE)
        for other, value in self._records.items():
            kind = KINDS.get(other.partition(b" ")[0])
            if kind is not None and (kind is IntakeState) is not of_intake:
                with suppress(*record.UNREADABLE):
                    mark = _marks(other, record.decode(value, kind)).get(name)
                    if mark is not None and mark.offset >= 0 and mark.feed == feed:
                        return True
        return False

    def desk(self, key: bytes, rules: LineRules | ServiceRules | ChannelRules) -> Any:  # noqa: ANN401 -- of its key's kind
        """Return the desk of a key if it is in memory with exactly these rules, otherwise None."""
        held = self._held.get(key)
        return held if isinstance(held, Line | Service | Channel) and held.rules is rules else None

    def strangers(self, key: bytes) -> Mapping[bytes, int]:
        """Return the first records of desks that an intake did not know."""
        return cast("AnyIntake", self._held[key]).positions.strangers if key in self._held else {}


def read_again(state: LineState | ServiceState | ChannelState | IntakeState) -> None:
    """Mark a desk's inputs for replay from its state's position, up to where its intakes have read."""
    if isinstance(state, IntakeState):
        return
    state.until = END
    if isinstance(state, LineState):
        state.readings.until = state.witness.mark.until = END


def _marks(key: bytes, state: AnyState) -> Mapping[Input, Folded]:
    if isinstance(state, LineState):
        beside: Mapping[Input, Folded] = {"readings": state.readings, "reviews": state.reviews}
        return {"calls": state, "witnesses": state.witness.mark, **beside}
    if isinstance(state, IntakeState):
        return {cast("Input", key.removeprefix(_INTAKE).partition(b" ")[0].decode()): state}
    return {"tickets" if isinstance(state, ServiceState) else "requests": state, "reviews": state.reviews}
