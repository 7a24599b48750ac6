"""Turns the rows of Asterisk's call detail records (CDR) into call events.

A row is a leg. The legs of one call are held until no further row can belong to it; then its events are yielded. The
rows of one channel in one queue are a caller's visit to that queue. A call that entered no queue is attributed to a
line by the number dialled.

A CDR is incomplete. If the exchange answers before the queue, the wait is missing. Callers who were turned away, or
left a queue for another application, are recognised only by the number dialled. Calls during a crash of the exchange
have no row; with `unanswered = no`, callers who gave up have none either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
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

_KEYS: Final = frozenset("0123456789*#")


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

    def take(self, row: AsteriskRow | TornRow) -> Iterator[Entry]:
        """Yield the events of the calls that a row shows to be over, or why the row is refused."""
        leg = row.why if isinstance(row, TornRow) else self._leg(row)
        if isinstance(leg, Invalid):
            yield entry(row, leg, self._pseudonym)
            return
        if leg.queue and not leg.line:
            why = Invalid(
                "unknown-line",
                said("queue {queue} belongs to no line; add it to a line's `queues`", queue=repr(leg.queue)),
            )
            yield entry(row, why, self._pseudonym)
        yield from self._release(leg)
        self.calls.hold(leg, row.fields[-1] if isinstance(row, AsteriskRow) else "")

    def finish(self) -> Iterator[Entry]:
        """Yield the events of the held calls: no further row comes."""
        yield from self._release(None)

    def _leg(self, row: AsteriskRow) -> Leg | Invalid:
        text, source, number, did, context, channel, peer, app, data, *rest = row.fields
        duration_text, billed_text, disposition, uniqueid, _ = rest
        start = self._clock.read(text, uniqueid)
        duration, billed = count(duration_text), count(billed_text)
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

    def _release(self, leg: Leg | None) -> Iterator[Entry]:
        while (call := self.calls.over(leg)) is not None:
            used = {leg.row for leg in call.legs if leg.queue and not leg.line}  # each was refused already
            for row, event in self._events(call):
                used.add(row)
                yield Accepted(row, event, encode(event))
            self._aside.update(WITHIN if used else "other-number" for leg in call.legs if leg.row not in used)

    def _events(self, call: HeldCall) -> Iterator[tuple[int, CallEvent]]:
        legs = sorted(call.legs, key=lambda leg: (leg.start, leg.end, leg.row))
        peers = {base(leg.peer) for leg in legs if leg.peer}
        # The second half of a Local channel that another leg rang is that leg's phone.
        callers = [leg for leg in legs if not (leg.channel.endswith(";2") and base(leg.channel) in peers)] or legs
        within = [leg for leg in legs if leg not in callers]
        machines = {base(leg.channel) for leg in within if leg.answered and leg.app in MACHINES}
        machines -= {base(leg.channel) for leg in within if leg.is_human}  # a phone there may park the caller
        visits = _visits(legs)
        tries = Counter[tuple[str, str]]()
        for visit in (visit for visit in visits if visit[0].line):
            uniqueid, line = visit[0].uniqueid, visit[0].line
            tries[uniqueid, line] += 1
            yield from self._attempt(line, visit, machines, _left(visit, legs), tries[uniqueid, line])
        line = next((leg.line for leg in callers if leg.line), "")
        if not visits and line:
            own = [leg for leg in legs if leg.uniqueid == callers[0].uniqueid]
            yield from self._attempt(line, own, machines, _ended(own, legs))

    def _attempt(
        self, line: str, legs: list[Leg], machines: set[str], outcome: tuple[CallType, Reason], number: int = 1
    ) -> Iterator[tuple[int, CallEvent]]:
        first, last = legs[0], max(legs, key=lambda leg: leg.end)
        call = short(first.uniqueid if number == 1 else f"{first.uniqueid}#{number}")
        human = next((leg for leg in legs if leg.is_human and base(leg.peer) not in machines), None)
        if human is not None and human.answer - human.start < 1:
            # It is billed from its first second on, so the exchange answered first, and a human at an unknown moment.
            self._aside["answers with an unknown wait, as the exchange answered first"] += 1
            answered = self._event(line, call, "answered", first.start)
            answered.caller, answered.agent = first.caller, self._agent(human)
            yield human.row, answered
            return
        offered = self._event(line, call, "offered", first.start)
        offered.caller = first.caller
        yield first.row, offered
        at = last.end if human is None else human.answer
        left = self._event(line, call, outcome[0] if human is None else "answered", at)
        left.wait = seconds(at - first.start)
        if human is None:
            left.reason = outcome[1]
            yield last.row, left
            return
        left.agent = self._agent(human)
        yield human.row, left
        ended = self._event(line, call, "ended", human.end)
        ended.wait, ended.talk = left.wait, seconds(human.end - human.answer)
        yield human.row, ended

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
