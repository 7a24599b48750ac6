"""Turns the rows of Asterisk's call detail records (CDR) into call events.

A row is a leg. The legs of one call are held until no further row can belong to it; then its events are yielded. The
rows of one channel in one queue are a caller's visit to that queue. A call that entered no queue is attributed to a
line by the number dialled.

A CDR is incomplete. If the exchange answers before the queue, the wait is missing. Callers who were turned away, or
left a queue for another application, are recognised only by the number dialled. Calls during a crash of the exchange
have no row; with `unanswered = no`, callers who gave up have none either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from agents.sources.aside import WITHIN
from agents.sources.asterisk.cdr_calls import RUNG, CdrCalls, HeldCall, Leg
from agents.sources.asterisk.cdr_rows import DISPOSITIONS, CdrClock, count
from agents.sources.asterisk.rows import (
    MACHINES,
    VOICEMAIL,
    AsteriskRow,
    TornRow,
    base,
    encode,
    endpoint,
    entry,
    kept,
    queue_limit,
    queue_name,
    seconds,
)
from agents.sources.call_source import CallSource
from agents.sources.context import Context
from agents.sources.entry import Accepted, Entry, short
from agents.sources.trace import Seen
from streams.decoding import Invalid
from streams.events import MAX_IDENTIFIER, CallEvent, CallType, Reason
from streams.said import said

BATCH: Final = 256  # rows: each step is done for all of them, which takes two thirds of the time of row by row

_KEYS: Final = frozenset("0123456789*#")
# A caller whose last application is one of these hung up before the queue. Playback is none of them: it is the greeting
# before a queue as often as the apology after a full one.
_MENUS: Final = frozenset({"answer", "background", "read", "waitexten"})


class Cdr:
    """Turns rows into call events.

    Times are taken from the unique ids, which begin with the epoch; the context's zone is for ids without one. Its
    `aside` counts rows without an event. `calls` is the state, from which a new `Cdr` resumes.
    """

    def __init__(self, context: Context, calls: CdrCalls | None = None) -> None:
        self.calls = calls or CdrCalls()
        self._aside = context.aside
        self._line_of = context.line_of
        self._dialled = context.dialled
        self._event = CallSource(context.source, context.site).event
        self._clock = CdrClock(ZoneInfo(context.zone), self.calls)
        self._pseudonym = context.pseudonym

    def read(self, rows: Iterator[AsteriskRow | TornRow]) -> Iterator[Entry]:
        """Yield the entries of a whole file."""
        for batch in iter(lambda: list(islice(rows, BATCH)), []):
            yield from self.take(batch)
        yield from self.finish()

    def take(self, rows: Sequence[AsteriskRow | TornRow]) -> list[Entry]:
        """Return the events of the calls that these rows show to be over, and the refused rows."""
        found: list[Entry | HeldCall] = []
        for row, leg in zip(rows, [self._leg(row) for row in rows], strict=True):
            if isinstance(leg, Invalid):
                found.append(entry(row, leg, self._pseudonym))
                continue
            if leg.queue and not leg.line:
                why = Invalid(
                    "unknown-line",
                    said("queue {queue} belongs to no line; add it to a line's `queues`", queue=repr(leg.queue)),
                )
                found.append(entry(row, why, self._pseudonym))
            found += self.calls.over(leg)
            self.calls.hold(leg, row.fields[-1] if isinstance(row, AsteriskRow) else "")
        return self._entries(found)

    def finish(self) -> list[Entry]:
        """Return the events of the held calls: no further row comes."""
        return self._entries(self.calls.over(None))

    def _leg(self, row: AsteriskRow | TornRow) -> Leg | Invalid:
        if isinstance(row, TornRow):
            return row.why
        text, source, number, did, context, channel, peer, app, data, *figures, disposition, uniqueid, _ = row.fields
        start = self._clock.read(text, uniqueid)
        duration, billed = map(count, figures)
        if start is None or duration is None or disposition not in DISPOSITIONS or not channel:
            expected = "a time from 1990 to 2100, a duration, a channel and a disposition"
            return Invalid("malformed", said("no row of a CDR; expected {expected}", expected=expected))
        end, answered, app = start + duration, disposition == "ANSWERED", app.casefold()
        channel, peer = kept(channel, self._pseudonym), kept(peer, self._pseudonym)
        queue = (queue_name(data) or number) if app == "queue" else ""
        return Leg(
            row=row.number,
            start=start,
            end=end,
            answer=max(start, end - billed) if answered and billed is not None else end,
            answered=answered,
            caller=self._pseudonym.of(source),
            queue=queue,
            line=self._line(app, queue, did, number),
            limit=queue_limit(data) if queue else None,
            key=number in _KEYS,
            context=context,
            channel=channel,
            peer=peer,
            app=app,
            uniqueid=uniqueid or short(f"{channel}@{start}"),
            to_line=self._dialled(number) is not None,
        )

    def _line(self, app: str, queue: str, did: str, number: str) -> str:
        """Return the line of a queue, or else of the number that the caller dialled; a phone that rang dialled none."""
        if queue:
            return self._line_of(queue) or ""
        return "" if app in RUNG else self._dialled(did) or self._dialled(number) or ""

    def _entries(self, found: Iterable[Entry | HeldCall]) -> list[Entry]:
        """Replace each call by its events."""
        entries: list[Entry] = []
        for each in found:
            if not isinstance(each, HeldCall):
                entries.append(each)
                continue
            used = {leg.row for leg in each.legs if leg.queue and not leg.line}  # each was refused already
            for accepted in self._events(each):
                used.add(accepted.row)
                entries.append(accepted)
            for leg in each.legs:
                if leg.row not in used:
                    self._aside[WITHIN if used else "other-number"] += 1
        return entries

    def _events(self, call: HeldCall) -> Iterator[Accepted]:
        legs, callers, machines = call.legs, call.legs, set[str]()
        if len(legs) > 1:
            legs = sorted(legs, key=lambda leg: (leg.start, leg.end, leg.row))
            callers, machines = _callers(legs)
        visits = _visits(legs)
        tries: list[tuple[str, str]] = []
        for visit in visits:
            uniqueid, line = visit[0].uniqueid, visit[0].line
            if line:
                tries.append((uniqueid, line))
                yield from self._attempt(line, visit, legs, machines, tries.count((uniqueid, line)))
        line = "" if visits else next((leg.line for leg in callers if leg.line), "")
        if line:
            own = [leg for leg in legs if leg.uniqueid == callers[0].uniqueid]
            yield from self._attempt(line, own, legs, machines)

    def _attempt(
        self, line: str, own: list[Leg], legs: list[Leg], machines: set[str], number: int = 1
    ) -> Iterator[Accepted]:
        """Yield the events of one attempt, from its `own` legs among all `legs` of the call."""
        first = own[0]
        call = short(first.uniqueid if number == 1 else f"{first.uniqueid}#{number}")
        human = next((leg for leg in own if leg.is_human and base(leg.peer) not in machines), None)
        if human is not None and human.answer - human.start < 1:
            # It is billed from its first second on, so the exchange answered first, and a human at an unknown moment.
            self._aside["answers with an unknown wait, as the exchange answered first"] += 1
            answered = self._event(line, call, "answered", first.start, self._agent(human))
            answered.caller = first.caller
            yield _accepted(human, answered)
            return
        offered = self._event(line, call, "offered", first.start)
        offered.caller = first.caller
        yield _accepted(first, offered)
        if human is None:
            last = max(own, key=lambda leg: leg.end)
            outcome, reason = _left(own, legs) if first.queue else _ended(own, legs)
            left = self._event(line, call, outcome, last.end)
            left.wait, left.reason = seconds(last.end - first.start), reason
            if not first.queue and outcome == "lost" and own[-1].app in _MENUS:
                left.before_queue = True
            yield _accepted(last, left)
            return
        answered = self._event(line, call, "answered", human.answer, self._agent(human))
        answered.wait = seconds(human.answer - first.start)
        yield _accepted(human, answered)
        ended = self._event(line, call, "ended", human.end)
        ended.wait, ended.talk = answered.wait, seconds(human.end - human.answer)
        yield _accepted(human, ended)

    def _agent(self, leg: Leg) -> str | None:
        return self._pseudonym.within(endpoint(leg.peer))[:MAX_IDENTIFIER] or None


def seen(row: AsteriskRow | TornRow) -> Seen | None:
    """Return a row's content without the caller."""
    if isinstance(row, TornRow):
        return None
    start, _, number, _, _, channel, peer, app, data, duration, billed, disposition, uniqueid, linkedid = row.fields
    joined = (base(each) for each in (channel, peer) if each.startswith("Local/"))
    words = (
        start,
        disposition,
        number,
        endpoint(channel),
        endpoint(peer),
        app,
        data,
        f"{duration} s, billed {billed} s",
    )
    return Seen(row.number, None, words, (uniqueid, linkedid, *joined))


def _accepted(leg: Leg, event: CallEvent) -> Accepted:
    return Accepted(leg.row, event, encode(event))


def _callers(legs: list[Leg]) -> tuple[list[Leg], set[str]]:
    """Return the callers' own legs, and the Local channels through which the others reached a machine."""
    peers = {base(leg.peer) for leg in legs if leg.peer}
    # The second half of a Local channel that another leg rang is that leg's phone.
    callers = [leg for leg in legs if not (leg.channel.endswith(";2") and base(leg.channel) in peers)] or legs
    within = [leg for leg in legs if leg not in callers]
    machines = {base(leg.channel) for leg in within if leg.answered and leg.app in MACHINES}
    machines -= {base(leg.channel) for leg in within if leg.is_human}  # a phone there may park the caller
    return callers, machines


def _visits(legs: list[Leg]) -> list[list[Leg]]:
    """Split the rows of queues into visits: one channel's stay in one queue, until it leaves and enters it again."""
    visits: list[list[Leg]] = []
    latest: dict[tuple[str, str], list[Leg]] = {}
    for leg in legs:
        if not leg.queue:
            continue
        where = leg.uniqueid, leg.queue
        if where not in latest or _again(latest[where][-1], leg):
            latest[where] = []
            visits.append(latest[where])
        latest[where].append(leg)
    return visits


def _again(before: Leg, leg: Leg) -> bool:
    """Return whether a caller entered a queue again: with another longest wait, by a key, or by an agent's transfer."""
    led = leg.context != before.context and (leg.key or (before.is_human and leg.to_line))
    return leg.start >= before.end - 1 and (leg.limit != before.limit or led)


def _left(visit: list[Leg], legs: list[Leg]) -> tuple[CallType, Reason]:
    """Return how an unanswered visit to a queue ended."""
    last = visit[-1]
    for leg in legs:
        later = leg.uniqueid == last.uniqueid and leg.start >= last.end - 1 and leg.context != last.context
        if later and leg.key:
            return "diverted", "key"
    return "lost", "timeout" if last.limit and last.end - visit[0].start > last.limit else "abandoned"


def _ended(own: list[Leg], legs: list[Leg]) -> tuple[CallType, Reason]:
    """Return how an unanswered call to a line's number ended."""
    if any(leg.app in VOICEMAIL for leg in legs):
        return "diverted", "voicemail"
    return "lost", "unknown" if own[-1].answered and own[-1].app in MACHINES else "abandoned"
