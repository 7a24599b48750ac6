"""Why a call counts as what it is: every row that made it so, and what each did.

The file is read twice. The first reading finds the names of the call (`find`), the second one folds the whole file as
any analysis does, and notes what each event of the call changed (`Explained`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from operator import eq
from typing import Final, NamedTuple

from msgspec import Struct, field

from agents.analysis.fold import Analysis
from agents.sources.entry import Entry, Refused, short
from agents.sources.pseudonym import Pseudonymizer
from agents.sources.refusals import Refusals
from agents.sources.trace import Trace
from config.settings import Settings
from streams.calls.call import Call
from streams.decoding import Invalid
from streams.events import CallEvent, Event, RequestEvent, TicketEvent
from streams.kept.digest import digest

NEAR: Final = 5  # ids that are shown where the one asked for is not there


class Sought:
    """Tell which calls and names somebody asks for: an id as its source writes it or as Tocsin publishes it.

    `line/id` asks for the call on one line, `id#2` for a later attempt; `id` for every attempt on every line.
    """

    def __init__(self, text: str, pseudonym: Pseudonymizer) -> None:
        self.text = text
        self._pseudonym = pseudonym
        line, _, call = text.rpartition("/")
        self._ids = self._published(text) | (self._published(call) if line else set())
        self._line = line
        self._others: set[str] = set()  # names of the same call of the exchange
        self._bases = {_base(each) for each in self._ids}
        names = b"|".join(re.escape(each.encode()) for each in sorted(self._bases) if each)
        self._within = re.compile(rb"(?<![\w.-])(?:%b)(?![\w.-])" % names)

    def also(self, names: Iterable[str], *, calls: bool) -> None:
        """Ask for more names of rows, and for the calls of these names too where what is asked for is a leg of one."""
        self._others.update(names)
        if calls:
            self._ids.update(*map(self._published, self._others))

    def call(self, desk: str, name: str) -> bool:
        """Tell whether this call, ticket or request is asked for."""
        if name not in self._ids and _base(name) not in self._ids:
            return False
        return not self._line or self._line == desk or bool(self._published(self.text) & {name, _base(name)})

    def name(self, name: str) -> bool:
        """Tell whether a name in a row is asked for."""
        return name in self._others or not self._bases.isdisjoint(self._published(name))

    def inside(self, raw: bytes) -> bool:
        """Tell whether a row that was refused has an id that is asked for."""
        return self._within.search(raw) is not None

    def nearness(self, name: str) -> int:
        """Return how many characters a name has in common with what is asked for, from the left."""
        return max(sum(1 for _ in takewhile(bool, map(eq, name, each))) for each in self._ids)

    def _published(self, name: str) -> set[str]:
        return {name, short(name), short(self._pseudonym.id(name))}


def _base(name: str) -> str:
    """Return an id without the number of its attempt."""
    call, _, number = name.rpartition("#")
    return call if call and number.isdecimal() else name


class FirstReading(NamedTuple):
    """Hold what the first reading of a file found."""

    there: bool
    near: list[str]  # ids that begin alike, the likest first
    events: int  # of the whole file
    refusals: Refusals


def find(entries: Iterable[Entry], asked: Sought, trace: Trace) -> FirstReading:
    """Read a file for the calls that are asked for, and ask for the other names of their rows too."""
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
    """Hold what one event of a row did in the fold."""

    row: int
    event: Event
    result: str  # ok, duplicate or late
    types: int = 0  # of events, seen of the call before
    before: int = 0  # its outcome before
    after: int = 0  # its outcome then


class ExplainedCall(Struct):
    """Hold one call of one line, or one ticket or request: what came of it, by which steps."""

    desk: str
    name: str
    steps: list[Step] = field(default_factory=list)
    call: Call | None = None  # as it stands at the end


class Explained(Analysis):
    """Analyse a file, and note what became of each event that is asked for, and why rows of it were refused."""

    def __init__(self, settings: Settings, now: int, asked: Sought, pseudonym: Pseudonymizer) -> None:
        super().__init__(settings, now)
        self.trace = Trace(asked.name, pseudonym, self.aside)
        self.attempts: dict[tuple[str, str], ExplainedCall] = {}
        self.refused: dict[int, Invalid] = {}  # rows of the call, by their number
        self._asked = asked
        self._row = 0

    def take(self, entries: Iterable[Entry], witness: Iterable[Entry] = ()) -> None:
        """Fold every entry of a file, settle it, and look up how each call stands."""
        super().take(self._noted(entries), witness)
        for attempt in self.attempts.values():
            attempt.call = self._known(attempt.steps[0].event) or attempt.call

    def rows(self, attempt: ExplainedCall) -> list[int]:
        """Return the rows that made a call, in order: its own, and those of the exchange's call that made no other."""
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
        attempt = self.attempts.setdefault(named, ExplainedCall(*named))
        attempt.call = self._known(event) or attempt.call
        after = 0 if attempt.call is None else attempt.call.outcome
        attempt.steps.append(Step(self._row, event, result, types, outcome, after))
        return result

    def _known(self, event: Event) -> Call | None:
        """Return the call of an event, live or settled, as it stands now."""
        if not isinstance(event, CallEvent) or event.line not in self.lines:
            return None
        state, name = self.lines[event.line].state, digest(event.call)
        return state.live.get(event.call) or state.young.get(name) or state.old.get(name)


def _named(event: Event) -> tuple[str, str] | None:
    """Return the desk and the name of what an event is about; None of a reading or a review."""
    if isinstance(event, CallEvent):
        return event.line, event.call
    if isinstance(event, TicketEvent):
        return event.service, event.ticket
    return (event.channel, event.request) if isinstance(event, RequestEvent) else None
