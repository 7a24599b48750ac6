"""From the rows of Asterisk's call detail records (CDR) to call events.

A row is a leg. Legs of one call are held until no further row can be one of it; then the call is told. A caller's visit
to a queue is the rows of one channel in one queue; who entered no queue is placed by the number dialled.

A CDR does not know everything. Where the exchange answers before the queue, the wait is not in it. Who was turned away
at the door, or left a queue for another application, shows by the number dialled alone. Who was in a call when the
exchange crashed has no row, nor, with `unanswered = no`, has who gave up.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from agents.sources.asterisk_rows import (
    MACHINES,
    VOICEMAIL,
    AsteriskRow,
    TableOrder,
    TornRow,
    base,
    endpoint,
    entry,
    moment,
    queue_limit,
    queue_name,
)
from agents.sources.columns import short
from agents.sources.entry import Entry
from agents.sources.pseudonym import Pseudonymizer
from streams.decoding import Invalid
from streams.events import MAX_IDENTIFIER, MAX_SECONDS, CallEvent, CallType, Reason

GRACE = 10.0  # seconds after the end of a call in which a further leg may begin
LONGEST = 7_200.0  # seconds: in a table that runs backwards, a call begins at most so long before its last leg
CAP = 50_000  # calls held; the longest held are told first
NEAR = 2.0  # seconds by which a call may begin after its channel was made

# Who is connected to a phone by one of these has reached a human.
HUMANS: Final = frozenset({"queue", "dial", "appqueue", "appdial", "retrydial", "followme", "pickup", "pickupchan"})

_DISPOSITIONS: Final = frozenset({"ANSWERED", "NO ANSWER", "BUSY", "FAILED", "CONGESTION", "CANCEL"})
_KEYS: Final = frozenset("0123456789*#")
_ID: Final = re.compile(r"(?:.*-)?(\d{9,10})\.\d+")
_DATES: Final = ("%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%Y/%m/%d %H:%M:%S")

_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "start": ("start", "calldate", "start_time", "starttime"),
    "source": ("src", "cnum"),
    "number": ("dst",),
    "did": ("did",),
    "context": ("dcontext",),
    "channel": ("channel",),
    "peer": ("dstchannel",),
    "app": ("lastapp",),
    "data": ("lastdata",),
    "duration": ("duration",),
    "billed": ("billsec",),
    "disposition": ("disposition",),
    "uniqueid": ("uniqueid",),
    "linkedid": ("linkedid",),
}
# fmt: off
_MASTER: Final = (
    "accountcode", "source", "number", "context", "clid", "channel", "peer", "app", "data",
    "start", "answer", "end", "duration", "billed", "disposition", "amaflags", "uniqueid", "userfield", "linkedid",
)
_DATABASE: Final = (
    "start", "clid", "source", "number", "context", "channel", "peer", "app", "data",
    "duration", "billed", "disposition", "amaflags", "accountcode", "uniqueid", "userfield", "did",
    "recordingfile", "cnum", "cnam", "outbound_cnum", "outbound_cnam", "dst_cnam", "linkedid",
)
_CUSTOM: Final = (
    "clid", "source", "number", "context", "channel", "peer", "app", "data",
    "start", "answer", "end", "duration", "billed", "disposition", "amaflags", "accountcode", "uniqueid", "userfield",
)
# fmt: on


def _guess(fields: Sequence[str]) -> Mapping[str, int] | None:
    """Know the order of the columns by where the disposition stands."""
    for order in (_MASTER, _DATABASE, _CUSTOM):
        found = {name: index for index, name in enumerate(order) if index < len(fields)}
        if fields[found.get("disposition", -1) :][:1] and fields[found.get("disposition", -1)] in _DISPOSITIONS:
            if not _ID.fullmatch(fields[found.get("linkedid", 0)]):
                found.pop("linkedid", None)
            return {name: index for name, index in found.items() if name in _COLUMNS}
    return None


ORDER: Final = TableOrder(
    columns=_COLUMNS,
    needed=frozenset({"start", "number", "channel", "peer", "app", "duration", "disposition"}),
    guess=_guess,
    expected="a header with start or calldate, dst, channel, dstchannel, lastapp, duration, disposition, "
    "or rows in the order of Master.csv or of FreePBX",
)


class Leg(NamedTuple):
    """Hold one row."""

    row: AsteriskRow
    start: float  # epoch s
    end: float
    answer: float  # where it was not answered, its end
    answered: bool
    source: str
    number: str
    did: str
    context: str
    channel: str
    peer: str
    app: str  # lower case
    data: str
    uniqueid: str

    @property
    def queue(self) -> str:
        """Return the queue that the leg is a visit of, empty where it is none."""
        return (queue_name(self.data) or self.number) if self.app == "queue" else ""


class HeldCall(Struct):
    """Hold the legs of one call."""

    names: set[str]  # of its linkedid, its channels, its Local channels
    start: float
    end: float
    legs: list[Leg] = field(default_factory=list)


class Cdr:
    """Turn rows into call events.

    `queue_to_line` gives the line of a queue's name, `number_to_line` that of a number dialled, or None. Times are
    those of the unique ids, which begin with the epoch; `zone` is that of times whose id has none.
    """

    def __init__(
        self,
        queue_to_line: Callable[[str], str | None],
        number_to_line: Callable[[str], str | None],
        source: str,
        site: str,
        zone: str,
        pseudonym: Pseudonymizer,
    ) -> None:
        self.ignored: Counter[str] = Counter()  # calls that are no attempt on a line
        self.anomalies: Counter[str] = Counter()  # what is odd or cannot be known, by its name
        self._line_of = queue_to_line
        self._dialled = number_to_line
        self._source = source
        self._site = site
        self._clock = Clock(ZoneInfo(zone))
        self._pseudonym = pseudonym
        self._held: dict[int, HeldCall] = {}  # in the order of their first rows
        self._by_name: dict[str, HeldCall] = {}

    def take(self, row: AsteriskRow | TornRow) -> Iterator[Entry]:
        """Yield the events of the calls that a row shows to be over, or why the row is refused."""
        leg = row.why if isinstance(row, TornRow) else self._leg(row)
        if isinstance(leg, Invalid):
            yield entry(row, leg, self._pseudonym)
            return
        while self._held:
            oldest = next(iter(self._held.values()))
            over = leg.start > oldest.end + GRACE or leg.start < oldest.start - LONGEST
            if not over and len(self._held) < CAP:
                break
            yield from self._release(oldest)
        self._hold(leg)

    def finish(self) -> Iterator[Entry]:
        """Yield the events of the calls that are held: no further row comes."""
        while self._held:
            yield from self._release(next(iter(self._held.values())))

    def _leg(self, row: AsteriskRow) -> Leg | Invalid:
        text, source, number, did, context, channel, peer, app, data, *rest = row.fields
        duration_text, billed_text, disposition, uniqueid, _ = rest
        start = self._clock.read(text, uniqueid)
        duration, billed = _count(duration_text), _count(billed_text)
        if start is None or duration is None or disposition not in _DISPOSITIONS or not channel:
            expected = "a time from 1990 to 2100, a duration, a channel and a disposition"
            return Invalid("malformed", f"no row of a CDR; expected {expected}")
        end = start + duration
        answered = disposition == "ANSWERED"
        answer = max(start, end - billed) if answered and billed is not None else end
        return Leg(
            *(row, start, end, answer, answered, source, number, did, context, channel, peer, app.casefold(), data),
            uniqueid=uniqueid or short(f"{channel}@{start}"),
        )

    def _hold(self, leg: Leg) -> None:
        """Put a leg to the call that it shares a linkedid, a channel or a Local channel with."""
        linkedid = leg.row.fields[-1]
        names = {f"linkedid {linkedid}"} if linkedid else {leg.uniqueid}
        names |= {base(channel) for channel in (leg.channel, leg.peer) if channel.startswith("Local/")}
        found = {id(held): held for name in names if (held := self._by_name.get(name)) is not None}
        if not found:
            held = HeldCall(set(), leg.start, leg.end)
            self._held[id(held)] = held
        else:
            held, *others = found.values()
            for other in others:
                del self._held[id(other)]
                held.names |= other.names
                held.legs += other.legs
                held.start, held.end = min(held.start, other.start), max(held.end, other.end)
        held.names |= names
        held.legs.append(leg)
        held.start, held.end = min(held.start, leg.start), max(held.end, leg.end)
        self._by_name.update(dict.fromkeys(held.names, held))

    def _release(self, held: HeldCall) -> Iterator[Entry]:
        del self._held[id(held)]
        for name in held.names:
            del self._by_name[name]
        for leg, told in self._tell(held):
            yield entry(leg.row, told, self._pseudonym)

    def _tell(self, held: HeldCall) -> Iterator[tuple[Leg, CallEvent | Invalid]]:
        legs = sorted(held.legs, key=lambda leg: (leg.start, leg.end, leg.row.number))
        peers = {base(leg.peer) for leg in legs if leg.peer}
        # The second half of a Local channel that another leg has rung is that leg's phone.
        callers = [leg for leg in legs if not (leg.channel.endswith(";2") and base(leg.channel) in peers)]
        machines = {base(leg.channel) for leg in legs if leg.answered and leg.app in MACHINES and leg not in callers}
        visits = [leg for leg in legs if leg.queue]
        if visits:
            by_visit = sorted(visits, key=lambda leg: (leg.uniqueid, leg.queue))
            for _, group in groupby(by_visit, key=lambda leg: (leg.uniqueid, leg.queue)):
                rows = list(group)
                queue = rows[0].queue
                line = self._line_of(queue)
                if line is None:
                    why = Invalid("unknown-line", f"queue {queue!r} is no line's; name it under `queues`")
                    yield rows[0], why
                    continue
                yield from self._attempt(line, rows, machines, self._left(rows, legs))
            return
        first = next(iter(callers), legs[0])
        numbers = (number for leg in callers for number in (leg.did, leg.number) if number)
        line = next((line for number in numbers if (line := self._dialled(number)) is not None), None)
        if line is None:
            self.ignored["other-calls"] += 1
            return
        own = [leg for leg in legs if leg.uniqueid == first.uniqueid]
        if any(leg.app in VOICEMAIL for leg in legs):
            outcome: tuple[CallType, Reason] = "diverted", "voicemail"
        elif own[-1].answered and own[-1].app in MACHINES:
            outcome = "lost", "unknown"
        else:
            outcome = "lost", "abandoned"
        yield from self._attempt(line, own, machines, outcome)

    def _left(self, rows: list[Leg], legs: list[Leg]) -> tuple[CallType, Reason]:
        """Return how a visit of a queue ended that no human answered."""
        last = rows[-1]
        for leg in legs:
            later = leg.uniqueid == last.uniqueid and leg.start >= last.end - 1 and leg.context != last.context
            if later and leg not in rows and leg.number in _KEYS:
                return "diverted", "key"
        limit = queue_limit(last.data)
        return "lost", "timeout" if limit and last.end - rows[0].start > limit else "abandoned"

    def _attempt(
        self, line: str, rows: list[Leg], machines: set[str], outcome: tuple[CallType, Reason]
    ) -> Iterator[tuple[Leg, CallEvent]]:
        first, last = rows[0], max(rows, key=lambda leg: leg.end)
        human = next((leg for leg in rows if self._is_human(leg, machines)), None)
        caller = self._pseudonym.of(first.source)
        if human is not None and human.answer - human.start < 1:
            # Billed from its first second on: it is the exchange that answered then, and a human who knows when.
            self.anomalies["waits-unknown"] += 1
            answered = self._event(line, first, "answered", first.start)
            answered.caller, answered.agent = caller, self._agent(human)
            yield human, answered
            return
        offered = self._event(line, first, "offered", first.start)
        offered.caller = caller
        yield first, offered
        at = last.end if human is None else human.answer
        left = self._event(line, first, outcome[0] if human is None else "answered", at)
        left.wait = _seconds(at - first.start)
        if human is None:
            left.reason = outcome[1]
            yield last, left
            return
        left.agent = self._agent(human)
        yield human, left
        ended = self._event(line, first, "ended", human.end)
        ended.wait, ended.talk = left.wait, _seconds(human.end - human.answer)
        yield human, ended

    def _agent(self, leg: Leg) -> str | None:
        return self._pseudonym.within(endpoint(leg.peer))[:MAX_IDENTIFIER] or None

    def _is_human(self, leg: Leg, machines: set[str]) -> bool:
        return leg.answered and bool(leg.peer) and leg.app in HUMANS and base(leg.peer) not in machines

    def _event(self, line: str, leg: Leg, kind: CallType, at: float) -> CallEvent:
        call = short(leg.uniqueid)
        return CallEvent(
            line=line,
            call=call,
            type=kind,
            at=at,
            id=short(f"{self._source}:{line}:{call}:{kind}:{at}"),
            source=self._source,
            site=self._site,
        )


class Clock:
    """Read when calls began, though the table does not say in which zone it writes.

    Asterisk writes the time of the machine, or of UTC with `usegmtime`. A unique id begins with the epoch at which its
    channel was made: the calls of most rows began then, and the difference shows the zone.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._offset: float | None = None  # seconds that the times written are ahead of UTC

    def read(self, text: str, uniqueid: str) -> float | None:
        """Return the epoch of a time; None where it is no moment from 1990 to 2100."""
        made = _ID.fullmatch(uniqueid)
        epoch = float(made[1]) if made else None
        if text.replace(".", "", 1).isdecimal():
            return moment(text, self._zone)
        written, pattern = self._written(text, epoch)
        if written is None or epoch is None or written.tzinfo is not None:
            return moment(text, self._zone, epoch or 0.0, pattern)
        ahead = written.replace(tzinfo=UTC).timestamp() - epoch
        quarters = round(ahead / 900) * 900
        late = ahead - self._offset if self._offset is not None else -1.0
        # A later leg begins long after its channel was made; the whole hour of a change of the clock is none.
        shifted = late < -NEAR or abs(late - round(late / 3600) * 3600) <= NEAR
        if abs(ahead - quarters) <= NEAR and (self._offset is None or shifted):
            self._offset = quarters
        if self._offset is None:
            return moment(text, self._zone, epoch, pattern)
        return epoch + ahead - self._offset

    def _written(self, text: str, epoch: float | None) -> tuple[datetime | None, str | None]:
        """Return a time as it is written, and its pattern; of day and month, the order that fits the unique id."""
        found: list[tuple[float, int, datetime, str | None]] = []
        for pattern in (None, *_DATES):
            try:
                read = datetime.strptime(text, pattern) if pattern else datetime.fromisoformat(text)  # noqa: DTZ007
            except ValueError:
                continue
            away = abs(read.replace(tzinfo=UTC).timestamp() - epoch) if epoch is not None else 0.0
            found.append((away, len(found), read, pattern))
            if pattern is None:
                break
        return (min(found)[2], min(found)[3]) if found else (None, None)


def _count(text: str) -> float | None:
    try:
        number = float(text) if text else None
    except ValueError:
        return None
    return number if number is None or 0 <= number <= MAX_SECONDS else None


def _seconds(length: float) -> float:
    return min(max(0.0, round(length, 3)), MAX_SECONDS)
