"""One partition of the call attempts: from its records to its lines.

This is the hot path. Nothing raises out of it: what is no event of a known line comes
back as `Rejected`, and the rest goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple, Protocol

from msgspec import Struct

from streams import record
from streams.decoding import Decoder, Invalid
from streams.events import CallEvent, milliseconds
from streams.line import AHEAD, NO_CLOCK, Line, LineState
from streams.rules import LineRules

MAX_RECORD: Final = 900_000  # bytes: a broker refuses more than 1,048,588 unless told otherwise
MAX_SOURCES: Final = 100  # sources name themselves, so their number needs a bound


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


class Feed(NamedTuple):
    """Identify the input topic: the id that the broker gave it, and the epoch that the configuration gives it."""

    id: str
    epoch: int = 0


UNKNOWN_FEED: Final = Feed("")


class RecreatedError(RuntimeError):
    """Tell that the input topic is another than the one that a state was folded from."""


class PartitionState(Struct):
    """Hold what belongs to a partition and to none of its lines.

    `rejected` counts by reason, `sources` has the moment of each source's last event in epoch ms.
    """

    number: int
    offset: int = -1
    feed: str = ""
    epoch: int = 0
    rejected: dict[str, int] = {}
    sources: dict[str, int] = {}


class Partition:
    """Fold the records of one partition into the lines that live there.

    An event at or below the offset that a state carries is in that state already and is
    skipped, so replaying any stretch any number of times changes nothing. A line's offset and
    the partition's own may differ: a crash can come between the writing of the two.
    """

    def __init__(
        self,
        number: int,
        catalogue: Mapping[bytes, LineRules],
        homes: Mapping[bytes, int],
        records: Mapping[bytes, bytes],
        feed: Feed = UNKNOWN_FEED,
    ) -> None:
        self._feed = feed
        # Live, a record says when its event came; in a replay it only says when the replay was.
        self._live = any(rules.clock == "wall" for rules in catalogue.values())
        self._catalogue = catalogue
        self._homes = homes
        self._decode = Decoder(CallEvent).decode
        own = records.get(self._key(number))
        self.state = record.decode(own, PartitionState) if own else PartitionState(number)
        self.lines = {
            key: Line(rules, record.decode(records[key], LineState) if key in records else None)
            for key, rules in catalogue.items()
            if homes[key] == number
        }
        self._resume(self.state)
        for line in self.lines.values():
            self._resume(line.state)
        self._written = {self._key(number): self.state.offset}
        self._written |= {key: line.state.offset for key, line in self.lines.items()}

    def _resume(self, state: PartitionState | LineState) -> None:
        """Go on from where a state stands in its input, unless that was made anew since."""
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
        """Fold records in the order of their offsets; return what was no event of a known line."""
        rejected: list[Rejected] = []
        lines = self.lines
        decode = self._decode
        live = self._live
        noted = self.state.offset
        latest: dict[str | None, CallEvent] = {}
        offset = noted
        for message in messages:
            offset = message.offset
            key = message.key
            line = lines.get(key)  # type: ignore[arg-type]  # a record without a key finds no line
            if line is not None and offset <= line.state.offset and offset <= noted:
                continue
            try:
                event = decode(message.value)
                if line is None or line.rules.line != event.line or event.site not in (None, line.rules.site):
                    raise self._refusal(key, event)
                if offset > line.state.offset:
                    line.state.offset = offset
                    now = message.timestamp if live and message.timestamp >= 0 else NO_CLOCK
                    if line.fold(event, now) == AHEAD:
                        raise _ahead(event)
            except Invalid as why:
                if offset > noted:
                    rejected.append(Rejected(offset, key, message.value, why.reason, why.detail))
                continue
            if offset > noted:
                latest[event.source] = event
        self._note(offset, latest, rejected)
        return rejected

    def _refusal(self, key: bytes | None, event: CallEvent) -> Invalid:
        """Say why an event does not belong to the line of its record's key."""
        names = {(rules.site, rules.line): key for key, rules in self._catalogue.items()}
        site = event.site or next((site for site, _ in names), "?")
        home = names.get((site, event.line))
        if home is None:
            known = ", ".join(rules.id for rules in self._catalogue.values())
            return Invalid(
                "unknown-line", f"{site}/{event.line} is not in the catalogue; expected one of {known or 'none'}"
            )
        if key != home:
            return Invalid("wrong-key", f"the record's key is {key!r}; expected {home!r}")
        return Invalid(
            "wrong-partition",
            f"{home!r} belongs in partition {self._homes[home]}; the producer must partition by murmur2",
        )

    def _note(self, offset: int, latest: dict[str | None, CallEvent], rejected: list[Rejected]) -> None:
        """Keep what belongs to the partition as a whole."""
        state = self.state
        state.offset = max(state.offset, offset)
        for why in rejected:
            state.rejected[why.reason] = state.rejected.get(why.reason, 0) + 1
        for source, event in latest.items():
            name = source or "unknown"
            if name in state.sources or len(state.sources) < MAX_SOURCES:
                state.sources[name] = milliseconds(event.at)

    def advance(self, now: int) -> None:
        """Settle, in every line, what no timely event can change any more at `now` (ms)."""
        for line in self.lines.values():
            line.advance(now)

    def changed(self) -> dict[bytes, bytes]:
        """Return the records, by key, of every state that moved since the last call, the partition's own last.

        It must be written after the others: what it says was folded, they hold.
        """
        states = {key: line.state.offset for key, line in self.lines.items()}
        states[self._key(self.state.number)] = self.state.offset
        moved = [key for key, offset in states.items() if self._written.get(key) != offset]
        self._written = states
        return {
            key: _small_record(self.lines[key]) if key in self.lines else record.encode(self.state) for key in moved
        }

    def unwritten(self, keys: Iterable[bytes]) -> None:
        """Take back that these records were written: they count as moved again."""
        for key in keys:
            self._written.pop(key, None)

    @staticmethod
    def _key(number: int) -> bytes:
        return f"#{number}".encode()


def _ahead(event: CallEvent) -> Invalid:
    return Invalid("clock", f"{event.at} - at `$.at`, more than a day after the record was written")


def _small_record(line: Line) -> bytes:
    """Return a line's record; one that a broker would refuse is made smaller, at the cost of memory only."""
    encoded = record.encode(line.state)
    while len(encoded) > MAX_RECORD and line.shed():
        encoded = record.encode(line.state)
    return encoded
