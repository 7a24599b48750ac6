"""Why a call has its outcome: every row about it, and the effect of each.

The file is read twice. The first reading finds the names of the call (`find`). The second folds the whole file as any
analysis does, and notes what each event of the call changed (`Explained`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from operator import eq
from typing import Final, NamedTuple

from msgspec import Struct, field

from agents.analysis.fold import Analysis
from agents.sources.entry import Entry, Refusals, Refused, short
from agents.sources.pseudonym import Pseudonymizer
from agents.sources.trace import Trace
from config.settings import Settings
from streams.calls.call import Call
from streams.decoding import Invalid
from streams.events import CallEvent, Event, RequestEvent, TicketEvent

NEAR: Final = 5  # similar ids shown if the id is not found


class Sought:
    """The calls and names asked for: an id as its source writes it, or as Tocsin publishes it.

    `line/id` means the call on one line, `id#2` a later attempt, `id` every attempt on every line.
    """

    def __init__(self, text: str, pseudonym: Pseudonymizer) -> None:
        self.text = text
        self._pseudonym = pseudonym
        line, _, call = text.rpartition("/")
        self._ids = self._published(text) | (self._published(call) if line else set())
        self._line = line
        self._others: set[str] = set()  # other names that the exchange uses for the same call
        self._bases = {_base(each) for each in self._ids}
        names = b"|".join(re.escape(each.encode()) for each in sorted(self._bases) if each)
        self._within = re.compile(rb"(?<![\w.-])(?:%b)(?![\w.-])" % names)

    def also(self, names: Iterable[str], *, calls: bool) -> None:
        """Also ask for rows with these names; if the id is a leg of a call, ask for its `calls` too."""
        self._others.update(names)
        if calls:
            self._ids.update(*map(self._published, self._others))

    def call(self, desk: str, name: str) -> bool:
        """Return whether this call, ticket or request is asked for."""
        if name not in self._ids and _base(name) not in self._ids:
            return False
        return not self._line or self._line == desk or bool(self._published(self.text) & {name, _base(name)})

    def name(self, name: str) -> bool:
        """Return whether a name in a row is asked for."""
        return name in self._others or not self._bases.isdisjoint(self._published(name))

    def inside(self, raw: bytes) -> bool:
        """Return whether a refused row contains an id that is asked for."""
        return self._within.search(raw) is not None

    def nearness(self, name: str) -> int:
        """Return the length of the longest common prefix of a name and an id that is asked for."""
        return max(sum(1 for _ in takewhile(bool, map(eq, name, each))) for each in self._ids)

    def _published(self, name: str) -> set[str]:
        return {name, short(name), short(self._pseudonym.id(name))}


def _base(name: str) -> str:
    """Return an id without the number of its attempt."""
    call, _, number = name.rpartition("#")
    return call if call and number.isdecimal() else name


class FirstReading(NamedTuple):
    """What the first reading of a file found."""

    there: bool
    near: list[str]  # similar ids, by longest common prefix
    events: int  # of the whole file
    refusals: Refusals


def find(entries: Iterable[Entry], asked: Sought, trace: Trace) -> FirstReading:
    """Read a file for the calls asked for, and also ask for the other names in the rows of these calls."""
    counted, there, near, events, refusals = False, False, dict[str, int](), 0, Refusals()
    for each in entries:
        if isinstance(each, Refused):
            refusals.add(each)
            there |= asked.inside(each.original)
            continue
        events += 1
        named = _named(each.event)
        if named is None:
            continue
        if asked.call(*named):
            counted = True
        elif 2 * (alike := asked.nearness(named[1])) > len(asked.text) and named[1] not in near:
            near[named[1]] = alike
            if len(near) > NEAR:
                del near[min(near, key=near.__getitem__)]
    asked.also(trace.names, calls=not counted)
    there = there or counted or bool(trace.rows)
    return FirstReading(there, sorted(near, key=lambda name: (-near[name], name)), events, refusals)


class Step(Struct, frozen=True):
    """The effect of one event of a row."""

    row: int
    event: Event
    result: str  # ok, duplicate or late
    types: int = 0  # of the call's earlier events
    before: int = 0  # its outcome before
    after: int = 0  # its outcome afterwards


class ExplainedCall(Struct):
    """One call of a line, or a ticket or a request, with the steps that made it."""

    desk: str
    name: str
    steps: list[Step] = field(default_factory=list)
    call: Call | None = None  # its final state


class Explained(Analysis):
    """An analysis that notes the effect of each event asked for, and why its rows were refused."""

    def __init__(self, settings: Settings, now: int, asked: Sought, pseudonym: Pseudonymizer) -> None:
        super().__init__(settings, now)
        self.trace = Trace(asked.name, pseudonym, self.aside)
        self.attempts: dict[tuple[str, str], ExplainedCall] = {}
        self.refused: dict[int, Invalid] = {}  # rows of the call, by their number
        self._asked = asked
        self._row = 0

    def take(self, entries: Iterable[Entry], witness: Iterable[Entry] = ()) -> None:
        """Fold and settle every entry of a file, then look up the final state of each call."""
        super().take(self._noted(entries), witness)
        for attempt in self.attempts.values():
            attempt.call = self._known(attempt.steps[0].event) or attempt.call

    def rows(self, attempt: ExplainedCall) -> list[int]:
        """Return the rows of a call in order: its own, and rows of the exchange's call that belong to no other call."""
        made = {step.row for each in self.attempts.values() for step in each.steps}
        own = {step.row for step in attempt.steps}
        return sorted(own | ((self.trace.rows.keys() | self.refused.keys()) - made))

    def _noted(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        for each in entries:
            self._row = each.row
            if isinstance(each, Refused) and (each.row in self.trace.rows or self._asked.inside(each.original)):
                self.refused[each.row] = each.why
            yield each

    def _fold(self, event: Event, at: int) -> str:
        named = _named(event)
        if named is None or not self._asked.call(*named):
            return super()._fold(event, at)
        before = self._known(event)
        types, outcome = (0, 0) if before is None else (before.types, before.outcome)
        try:
            result = super()._fold(event, at)
        except Invalid as why:
            self.refused[self._row] = why
            raise
        attempt = self.attempts.setdefault((named[0], self._key(event) or named[1]), ExplainedCall(*named))
        attempt.call = self._known(event) or attempt.call
        after = 0 if attempt.call is None else attempt.call.outcome
        attempt.steps.append(Step(self._row, event, result, types, outcome, after))
        return result

    def _known(self, event: Event) -> Call | None:
        """Return the current state of an event's call, live or settled."""
        if not isinstance(event, CallEvent) or event.line not in self.lines:
            return None
        line = self.lines[event.line]
        return line.calls.known(line.key(event))

    def _key(self, event: Event) -> str | None:
        """Return the key of an event's call on its line, as an id may be used again."""
        if not isinstance(event, CallEvent) or event.line not in self.lines:
            return None
        return self.lines[event.line].key(event)


def _named(event: Event) -> tuple[str, str] | None:
    """Return the desk and the name of an event's subject; None for a reading or a review."""
    if isinstance(event, CallEvent):
        return event.line, event.call
    if isinstance(event, TicketEvent):
        return event.service, event.ticket
    return (event.channel, event.request) if isinstance(event, RequestEvent) else None
