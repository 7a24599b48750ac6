"""Turns the messages of Asterisk's manager interface (AMI) into call events.

Class `agent` reports who joins a queue, who is answered and who gives up. Only class `dialplan` reports the callers
whom the queue turned away, and why a caller left: by timeout, or because no agent was there.

Asterisk first reports that a caller left a queue, and only then whether an agent took the call (`AgentConnect`) or why
the caller gave up (`QUEUESTATUS`). So an end is `held` until the caller's channel continues, or until no further
message can follow. Reference: docs.asterisk.org, AMI Events; Asterisk's apps/app_queue.c for their order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from agents.sources.aside import OTHER
from agents.sources.asterisk.ami_calls import ABANDONED, AT_THE_DOOR, KEY, PATIENCE, STATUS, AmiCalls, HeldEnd, Why
from agents.sources.asterisk.ami_messages import GREETING, AmiMessage, RefusedMessage
from agents.sources.asterisk.queue_log_calls import NEAR, Attempt
from agents.sources.call_source import CallSource
from agents.sources.context import Context
from agents.sources.exits import Exit
from streams.events import MAX_IDENTIFIER, MAX_SECONDS, CallEvent
from streams.said import said

MAX_CHANNELS: Final = 2_000  # entering a queue, or in a conversation; the oldest are forgotten


class Ami:
    """Turns messages, in their order, into call events.

    The context's `aside` counts calls that ended while disconnected, and messages that concern no call. `calls` is the
    state, from which a new `Ami` resumes.
    """

    def __init__(self, context: Context, calls: AmiCalls | None = None) -> None:
        self.state = calls or AmiCalls()
        self.calls = self.state.calls
        self.aside = context.aside
        self._line_of = context.line_of
        self._source = CallSource(context.source, context.site)
        self._event = self._source.event
        self._pseudonym = context.pseudonym
        self._ahead = 0.0  # s: how far the exchange's clock is ahead of the receiver's
        self._held = self.state.held
        self._asked = self.state.asked
        self._served = self.state.served
        self._of_queue: dict[str, Callable[[AmiMessage, str], list[CallEvent]]] = {
            "QueueCallerJoin": self._join,
            "QueueCallerAbandon": lambda message, line: self._hold(message, line, ABANDONED),
            "QueueCallerLeave": self._leave,
            "AgentRingNoAnswer": self._ring,
            "AgentConnect": self._connect,
            "AgentComplete": self._complete,
            "QueueEntry": self._entry,
        }
        self._of_exchange: dict[str, Callable[[AmiMessage], list[CallEvent]]] = {
            "VarSet": self._variable,
            "Newexten": self._next,
            "Hangup": self._next,
            "Shutdown": lambda _: self._restart(),
            "FullyBooted": self._booted,
            GREETING: self._greeting,
            "QueueParams": self._queue,
            "QueueStatusComplete": lambda _: self._missed(),
        }

    def take(self, message: AmiMessage, now: float | None = None) -> list[CallEvent] | RefusedMessage:
        """Return the events that follow from a message, or why it is refused.

        `now` (epoch s) is when the message arrived, if known. Corrected to the exchange's clock, it replaces a missing
        moment.
        """
        self._note(message, now)
        if message.event not in self._of_queue:
            events, read = list(self._overdue()), self._of_exchange.get(message.event)
            if read is not None:
                return events + read(message)
            self.aside.update([] if events else [OTHER])
            return events
        line = self._line_of(message.get("Queue"))
        if line is None and message.event == "QueueCallerJoin":
            queue = message.get("Queue")
            return RefusedMessage(
                "unknown-line", said("queue {queue} belongs to no line; add it to a line's `queues`", queue=repr(queue))
            )
        if line is not None and not self.state.clock:
            return RefusedMessage("no-time", "no Timestamp; set `timestampevents = yes` in manager.conf")
        events = list(self._overdue())  # not earlier, as a refused message must not release any
        return events if line is None else events + self._of_queue[message.event](message, line)

    def close(self) -> list[CallEvent]:
        """Return the held ends once no more messages come."""
        events = [event for channel in list(self._held) for event in self._release(channel)]
        return [*events, *(left.event for left in self.calls.exits.over())]

    def _note(self, message: AmiMessage, now: float | None) -> None:
        told = message.moment
        if told is not None:
            self.state.clock = told
            self._ahead = 0.0 if now is None else told - now
        elif now is not None:
            self.state.clock = round(now + self._ahead, 6)

    def _overdue(self) -> Iterator[CallEvent]:
        """Yield the held ends to which no further message can belong."""
        for channel, held in list(self._held.items()):
            if self.state.clock > held.at + PATIENCE[held.type]:
                yield from self._release(channel)
        if self.calls.exits.held:
            yield from (left.event for left in self.calls.exits.over(self.state.clock))

    def _release(self, channel: str, why: Why | None = None) -> Iterator[CallEvent]:
        """Yield the end that was held for a channel, with the reason, which is known by now."""
        held = self._held.pop(channel, None)
        if held is None:
            return
        sure = why if why is not None and held.reason == "abandoned" else Why(held.type, held.reason)
        call, attempt = self.calls.find(held.line, channel, held.at)
        attempt.leave(held.at)
        left = self._event(held.line, call, sure.type, held.at)
        left.reason, left.wait = sure.reason, held.wait
        if sure.reason == "abandoned":
            yield left
        else:
            yield from self._hold_exit(channel, Exit(left, held.at, attempt.queue))

    def _hold_exit(self, channel: str, left: Exit) -> list[CallEvent]:
        """Delay an exit, because the caller may enter another queue. Return the exits released to make room."""
        return [each.event for each in self.calls.exits.hold(channel, left) or ()]

    def _variable(self, message: AmiMessage) -> list[CallEvent]:
        """Take the dialplan's reason why a caller left the queue or was not let in."""
        if message.get("Variable") != "QUEUESTATUS":
            return []
        channel, status = self._channel(message), message.get("Value")
        why = STATUS.get(status)
        if why is None or channel in self._held:
            return list(self._release(channel, why))
        queue = self._asked.get(channel, "")
        line = self._line_of(queue)
        if status not in AT_THE_DOOR or line is None or not self.state.clock:
            return []
        at = self.state.clock
        call, attempt = self.calls.refuse(line, channel, at, queue)
        attempt.left, attempt.queue = at, queue
        refused = self._event(line, call, why.type, at)
        refused.reason, refused.caller = why.reason, self._pseudonym.of(message.get("CallerIDNum"))
        _, before = self.calls.exits.follow(channel, queue, refused, self._source)
        return [*(left.event for left in before), *self._hold_exit(channel, Exit(refused, at, queue))]

    def _next(self, message: AmiMessage) -> list[CallEvent]:
        """Take a channel's next step in the dialplan, or its hang-up, which confirms a held end."""
        channel = self._channel(message)
        self._asked.pop(channel, None)
        if message.get("Application") == "Queue":
            if len(self._asked) >= MAX_CHANNELS:
                del self._asked[next(iter(self._asked))]
            self._asked[channel] = message.get("AppData").replace("|", ",").partition(",")[0]
        events = list(self._release(channel))
        left = self.calls.exits.take(channel) if message.event == "Hangup" else None
        return events if left is None else [*events, left.event]

    def _greeting(self, _: AmiMessage) -> list[CallEvent]:
        """Begin a connection. For callers who left earlier without giving up, the next step stays unknown."""
        self.state.listed, self.state.queues = set(), set()
        events: list[CallEvent] = []
        for channel, held in list(self._held.items()):
            if held.type == "lost":
                events += self._release(channel)
            else:
                del self._held[channel]
        return events

    def _queue(self, message: AmiMessage) -> list[CallEvent]:
        self.state.queues.add(message.get("Queue"))
        return []

    def _join(self, message: AmiMessage, line: str) -> list[CallEvent]:
        channel = self._channel(message)
        self._asked.pop(channel, None)
        if self.state.listed is not None:  # since the queue was listed
            if len(self.state.listed) >= MAX_CHANNELS:
                self.state.listed = None  # the status was not requested
            else:
                self.state.listed.add((line, channel))
        return [*self._release(channel), *self._offered(message, line, self.state.clock)]

    def _offered(self, message: AmiMessage, line: str, at: float) -> list[CallEvent]:
        """Return the offer of a caller, unless the caller comes from another queue of the line."""
        channel, queue = self._channel(message), message.get("Queue")
        call, attempt = self.calls.enter(line, channel, at, queue)
        offered = self._event(line, call, "offered", at)
        stayed, before = self.calls.exits.follow(channel, queue, offered, self._source)
        if attempt.overflowed == at:
            if stayed is None or stayed.event.wait is not None:
                return []
            offered = self._event(line, call, "offered", attempt.since)  # the first queue did not let the caller in
        offered.caller = self._pseudonym.of(message.get("CallerIDNum"))
        return [*(left.event for left in before), offered]

    def _leave(self, message: AmiMessage, line: str) -> list[CallEvent]:
        return [] if self._channel(message) in self._held else self._hold(message, line, KEY)

    def _hold(self, message: AmiMessage, line: str, why: Why) -> list[CallEvent]:
        channel = self._channel(message)
        _, attempt = self.calls.find(line, channel, self.state.clock)
        if attempt.phase != "waiting":
            return []  # the same message of a second connection
        self._held[channel] = HeldEnd(line, self.state.clock, why.type, why.reason, self._wait(message, attempt))
        return []

    def _ring(self, message: AmiMessage, line: str) -> list[CallEvent]:
        call = self.calls.name(line, self._channel(message), self.state.clock)
        return [self._event(line, call, "ringing", self.state.clock, self._agent(message))]

    def _connect(self, message: AmiMessage, line: str) -> list[CallEvent]:
        channel = self._channel(message)
        self._held.pop(channel, None)
        call, attempt = self.calls.find(line, channel, self.state.clock)
        answered = self._event(line, call, "answered", self.state.clock, self._agent(message))
        answered.wait = self._wait(message, attempt)
        attempt.phase = "answered"
        for agent in filter(None, self._places(message)):
            if len(self._served) >= MAX_CHANNELS:
                del self._served[next(iter(self._served))]
            self._served[agent] = (line, channel)
        return [answered]

    def _complete(self, message: AmiMessage, line: str) -> list[CallEvent]:
        """Take the end of a conversation; if the caller hung up first, the message may name only the agent."""
        served = [self._served.pop(agent, ("", "")) for agent in self._places(message)]
        channel = self._channel(message) or next((caller for where, caller in served if where == line), "")
        if not channel:
            self.aside["ended-unnamed"] += 1
            return []
        call, attempt = self.calls.find(line, channel, self.state.clock)
        talk, events = message.seconds("TalkTime"), []
        if attempt.phase in {"waiting", "left"}:  # its answer was missed
            self._held.pop(channel, None)
            answered = self._event(line, call, "answered", self.state.clock - (talk or 0), self._agent(message))
            answered.wait = message.seconds("HoldTime")
            events.append(answered)
        attempt.phase = "ended"
        ended = self._event(line, call, "ended", self.state.clock, self._agent(message))
        ended.talk = talk
        return [*events, ended]

    def _entry(self, message: AmiMessage, line: str) -> list[CallEvent]:
        """Take a waiting caller listed by a status: a caller not known yet was offered while disconnected."""
        channel = self._channel(message)
        if self.state.listed is not None:
            self.state.listed.add((line, channel))
        elif self.calls.knows(line, channel):
            return []  # callers who joined after the connection's first status are known already
        since, events = round(self.state.clock - (message.seconds("Wait") or 0), 6), []
        if self.calls.waits(line, channel):
            _, attempt = self.calls.find(line, channel, self.state.clock)
            if since <= attempt.since + NEAR:
                return []
            events = self._cut("ended-unheard", lambda *call: call == (line, channel))  # and came back meanwhile
        elif self.calls.was_near(line, channel, since):
            return []  # from a second connection, whose first status is older than the first connection's end
        return [*events, *self._offered(message, line, since)]

    def _missed(self) -> list[CallEvent]:
        """End the calls that waited before a disconnection and that the next status no longer lists."""
        listed, self.state.listed = self.state.listed, None
        if listed is None:
            return []
        lines = {line for line in map(self._line_of, self.state.queues) if line is not None}

        def gone(line: str, channel: str) -> bool:
            return line in lines and (line, channel) not in listed and self.calls.waits(line, channel)

        return self._cut("ended-unheard", gone)

    def _booted(self, message: AmiMessage) -> list[CallEvent]:
        before, told = self.state.uptime, message.get("Uptime")
        if not told.isdecimal():
            return []
        self.state.uptime = int(told[:20])
        return self._restart() if self.state.uptime < before else []

    def _restart(self) -> list[CallEvent]:
        """End every waiting call: after a restart of the exchange, none of them gets an outcome."""
        return self.close() + self._cut("cut-by-restart", lambda *_: True)

    @property
    def cut(self) -> int:
        """Return how many calls ended while disconnected or by a restart."""
        return self.aside["ended-unheard"] + self.aside["cut-by-restart"]

    def _cut(self, why: str, gone: Callable[[str, str], bool]) -> list[CallEvent]:
        cut = [self._event(line, call, "ended", self.state.clock) for line, call in self.calls.cut(gone)]
        self.aside.update({why: len(cut)} if cut else {})
        return cut

    def _wait(self, message: AmiMessage, attempt: Attempt) -> float | None:
        """Return the wait by the clock, which is more precise than the message's seconds."""
        if attempt.seen and 0 <= self.state.clock - attempt.since <= MAX_SECONDS:
            return round(self.state.clock - attempt.since, 3)
        return message.seconds("HoldTime")

    def _channel(self, message: AmiMessage) -> str:
        """Return the id of the caller's channel, which a dialplan may have built from the caller's number."""
        return self._pseudonym.id(message.get("Uniqueid"))

    def _places(self, message: AmiMessage) -> tuple[str, str]:
        """Return the agent's channel and interface, without telephone numbers."""
        return self._pseudonym.id(message.get("DestUniqueid")), self._pseudonym.within(message.get("Interface"))

    def _agent(self, message: AmiMessage) -> str | None:
        return self._pseudonym.within(message.get("Interface"))[:MAX_IDENTIFIER] or None
