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
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from agents.sources.asterisk_rows import (
    MACHINES,
    VOICEMAIL,
    AsteriskRow,
    TableOrder,
    TornRow,
    base,
    encode,
    endpoint,
    entry,
    moment,
    queue_limit,
    queue_name,
)
from agents.sources.columns import short
from agents.sources.entry import Accepted, Entry
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
        at = order.index("disposition")
        if len(fields) <= at or fields[at] not in _DISPOSITIONS:
            continue
        found = {name: index for index, name in enumerate(order[: len(fields)]) if name in _COLUMNS}
        if "linkedid" in found and not _ID.fullmatch(fields[found["linkedid"]]):
            del found["linkedid"]  # tables of the same order go on with other columns
        return found
    return None


ORDER: Final = TableOrder(
    columns=_COLUMNS,
    needed=frozenset({"start", "number", "channel", "peer", "app", "duration", "disposition"}),
    guess=_guess,
    expected="a header with start or calldate, dst, channel, dstchannel, lastapp, duration, disposition, "
    "or rows in the order of Master.csv or of FreePBX",
)


class Leg(Struct, frozen=True):
    """Hold one row, without any number of a caller."""

    row: int  # of the line in the file
    start: float  # epoch s
    end: float
    answer: float  # where it was not answered, its end
    answered: bool
    caller: str | None
    queue: str  # empty: the leg is no visit of a queue
    line: str  # of the queue, else by the number dialled; empty where that is no line's
    limit: float | None  # seconds that the queue lets a caller wait at most
    key: bool  # what was dialled is a key of a telephone
    context: str
    channel: str
    peer: str
    app: str  # lower case
    uniqueid: str

    @property
    def is_human(self) -> bool:
        """Tell whether a phone answered."""
        return self.answered and bool(self.peer) and self.app in HUMANS


class HeldCall(Struct):
    """Hold the legs of one call."""

    names: set[str]  # its linkedid or unique ids, its Local channels
    start: float
    end: float
    legs: list[Leg] = field(default_factory=list)


class CdrCalls(Struct):
    """Remember the calls of which further rows may come.

    Plain data, so that `msgspec.json` can store it and give it back.
    """

    held: dict[int, HeldCall] = field(default_factory=dict)  # in the order of their first rows
    by_name: dict[str, int] = field(default_factory=dict)
    last: int = 0
    ahead: float | None = None  # seconds that the times written are ahead of UTC

    def hold(self, leg: Leg, linkedid: str) -> None:
        """Put a leg to the call that it shares a linkedid, a channel or a Local channel with."""
        names = {f"linkedid {linkedid}"} if linkedid else {leg.uniqueid}
        names |= {base(channel) for channel in (leg.channel, leg.peer) if channel.startswith("Local/")}
        found = sorted({self.by_name[name] for name in names if name in self.by_name})
        if not found:
            self.last += 1
            self.held[self.last] = HeldCall(set(), leg.start, leg.end)
            found.append(self.last)
        number, *others = found
        call = self.held[number]
        call.names |= names
        call.legs.append(leg)
        call.start, call.end = min(call.start, leg.start), max(call.end, leg.end)
        for other in (self.held.pop(each) for each in others):
            call.names |= other.names
            call.legs += other.legs
            call.start, call.end = min(call.start, other.start), max(call.end, other.end)
        self.by_name.update(dict.fromkeys(call.names, number))

    def over(self, leg: Leg | None) -> HeldCall | None:
        """Return the call held longest if a row shows that it is over, or, without one, that no further row comes."""
        number, call = next(iter(self.held.items()), (0, None))
        if call is None:
            return None
        over = leg is None or leg.start > call.end + GRACE or leg.start < call.start - LONGEST
        if not over and len(self.held) < CAP:
            return None
        del self.held[number]
        for name in call.names:
            del self.by_name[name]
        return call


class Cdr:
    """Turn rows into call events.

    `queue_to_line` gives the line of a queue's name, `number_to_line` that of a number dialled, or None. Times are
    those of the unique ids, which begin with the epoch; `zone` is that of times whose id has none. `aside` counts what
    no event tells. `calls` is the state: a new `Cdr` that is given it goes on where this one stood.
    """

    def __init__(
        self,
        queue_to_line: Callable[[str], str | None],
        number_to_line: Callable[[str], str | None],
        source: str,
        site: str,
        zone: str,
        pseudonym: Pseudonymizer,
        aside: Counter[str],
        calls: CdrCalls | None = None,
    ) -> None:
        self.calls = calls or CdrCalls()
        self._aside = aside
        self._line_of = queue_to_line
        self._dialled = number_to_line
        self._source = source
        self._site = site
        self._clock = CdrClock(ZoneInfo(zone), self.calls)
        self._pseudonym = pseudonym

    def take(self, row: AsteriskRow | TornRow) -> Iterator[Entry]:
        """Yield the events of the calls that a row shows to be over, or why the row is refused."""
        leg = row.why if isinstance(row, TornRow) else self._leg(row)
        if isinstance(leg, Invalid):
            yield entry(row, leg, self._pseudonym)
            return
        if leg.queue and not leg.line:
            why = Invalid("unknown-line", f"queue {leg.queue!r} is no line's; name it under `queues`")
            yield entry(row, why, self._pseudonym)
        yield from self._release(leg)
        self.calls.hold(leg, row.fields[-1] if isinstance(row, AsteriskRow) else "")

    def finish(self) -> Iterator[Entry]:
        """Yield the events of the calls that are held: no further row comes."""
        yield from self._release(None)

    def _leg(self, row: AsteriskRow) -> Leg | Invalid:
        text, source, number, did, context, channel, peer, app, data, *rest = row.fields
        duration_text, billed_text, disposition, uniqueid, _ = rest
        start = self._clock.read(text, uniqueid)
        duration, billed = _count(duration_text), _count(billed_text)
        if start is None or duration is None or disposition not in _DISPOSITIONS or not channel:
            expected = "a time from 1990 to 2100, a duration, a channel and a disposition"
            return Invalid("malformed", f"no row of a CDR; expected {expected}")
        end, answered, app = start + duration, disposition == "ANSWERED", app.casefold()
        queue = (queue_name(data) or number) if app == "queue" else ""
        return Leg(
            row=row.number,
            start=start,
            end=end,
            answer=max(start, end - billed) if answered and billed is not None else end,
            answered=answered,
            caller=self._pseudonym.of(source),
            queue=queue,
            line=(self._line_of(queue) if queue else self._dialled(did) or self._dialled(number)) or "",
            limit=queue_limit(data) if queue else None,
            key=number in _KEYS,
            context=context,
            channel=channel,
            peer=peer,
            app=app,
            uniqueid=uniqueid or short(f"{channel}@{start}"),
        )

    def _release(self, leg: Leg | None) -> Iterator[Entry]:
        while (call := self.calls.over(leg)) is not None:
            for row, event in self._tell(call):
                yield Accepted(row, event, encode(event))

    def _tell(self, call: HeldCall) -> Iterator[tuple[int, CallEvent]]:
        legs = sorted(call.legs, key=lambda leg: (leg.start, leg.end, leg.row))
        peers = {base(leg.peer) for leg in legs if leg.peer}
        # The second half of a Local channel that another leg has rung is that leg's phone.
        callers = [leg for leg in legs if not (leg.channel.endswith(";2") and base(leg.channel) in peers)] or legs
        machines = {base(leg.channel) for leg in legs if leg.answered and leg.app in MACHINES and leg not in callers}
        visits: dict[tuple[str, str], list[Leg]] = {}
        for leg in legs:
            if leg.queue:
                visits.setdefault((leg.uniqueid, leg.queue), []).append(leg)
        for visit in visits.values():
            if visit[0].line:
                yield from self._attempt(visit[0].line, visit, machines, _left(visit, legs))
        line = next((leg.line for leg in callers if leg.line), "")
        if not visits and line:
            own = [leg for leg in legs if leg.uniqueid == callers[0].uniqueid]
            yield from self._attempt(line, own, machines, _ended(own, legs))
        elif not visits:
            self._aside["calls to no line"] += 1

    def _attempt(
        self, line: str, legs: list[Leg], machines: set[str], outcome: tuple[CallType, Reason]
    ) -> Iterator[tuple[int, CallEvent]]:
        first, last = legs[0], max(legs, key=lambda leg: leg.end)
        human = next((leg for leg in legs if leg.is_human and base(leg.peer) not in machines), None)
        if human is not None and human.answer - human.start < 1:
            # Billed from its first second on: it is the exchange that answered then, and a human who knows when.
            self._aside["answers whose wait no row tells, as the exchange answered first"] += 1
            answered = self._event(line, first, "answered", first.start)
            answered.caller, answered.agent = first.caller, self._agent(human)
            yield human.row, answered
            return
        offered = self._event(line, first, "offered", first.start)
        offered.caller = first.caller
        yield first.row, offered
        at = last.end if human is None else human.answer
        left = self._event(line, first, outcome[0] if human is None else "answered", at)
        left.wait = _seconds(at - first.start)
        if human is None:
            left.reason = outcome[1]
            yield last.row, left
            return
        left.agent = self._agent(human)
        yield human.row, left
        ended = self._event(line, first, "ended", human.end)
        ended.wait, ended.talk = left.wait, _seconds(human.end - human.answer)
        yield human.row, ended

    def _agent(self, leg: Leg) -> str | None:
        return self._pseudonym.within(endpoint(leg.peer))[:MAX_IDENTIFIER] or None

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


def _left(visit: list[Leg], legs: list[Leg]) -> tuple[CallType, Reason]:
    """Return how a visit of a queue ended that no human answered."""
    last = visit[-1]
    for leg in legs:
        later = leg.uniqueid == last.uniqueid and leg.start >= last.end - 1 and leg.context != last.context
        if later and leg.key:
            return "diverted", "key"
    return "lost", "timeout" if last.limit and last.end - visit[0].start > last.limit else "abandoned"


def _ended(own: list[Leg], legs: list[Leg]) -> tuple[CallType, Reason]:
    """Return how a call to a line's number ended that no human answered."""
    if any(leg.app in VOICEMAIL for leg in legs):
        return "diverted", "voicemail"
    return "lost", "unknown" if own[-1].answered and own[-1].app in MACHINES else "abandoned"


class CdrClock:
    """Read when calls began, though the table does not say in which zone it writes.

    Asterisk writes the time of the machine, or of UTC with `usegmtime`. A unique id begins with the epoch at which its
    channel was made: the calls of most rows began then, and the difference shows the zone.
    """

    def __init__(self, zone: ZoneInfo, calls: CdrCalls) -> None:
        self._zone = zone
        self._calls = calls  # which remember what is seen

    def read(self, text: str, uniqueid: str) -> float | None:
        """Return the epoch of a time; None where it is no moment from 1990 to 2100."""
        made = _ID.fullmatch(uniqueid)
        epoch = float(made[1]) if made else None
        if text.replace(".", "", 1).isdecimal():
            return moment(text, self._zone)
        written, pattern = self._written(text, epoch)
        if written is None or epoch is None or written.tzinfo is not None:
            return moment(text, self._zone, epoch or 0.0, pattern)
        ahead, known = written.replace(tzinfo=UTC).timestamp() - epoch, self._calls.ahead
        quarters = round(ahead / 900) * 900
        late = ahead - known if known is not None else -1.0
        # A later leg begins long after its channel was made; the whole hour of a change of the clock is none.
        shifted = late < -NEAR or abs(late - round(late / 3600) * 3600) <= NEAR
        if abs(ahead - quarters) <= NEAR and shifted:
            known = self._calls.ahead = quarters
        return moment(text, self._zone, epoch, pattern) if known is None else epoch + ahead - known

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
