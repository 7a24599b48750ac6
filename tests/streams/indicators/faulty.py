"""A small office that miscounts in some weeks: the line, fed event by event, and its ledger."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from random import Random

from streams.calls.rules import LineRules
from streams.desks.line import Line
from streams.events import CallEvent, Reading
from streams.indicators.line import LineTotals, line_totals
from streams.indicators.period import Period
from streams.indicators.plan import LinePlan
from streams.kept.times import QUARTER_MS
from streams.ledger.day import LineDay
from streams.ledger.sums import whole
from streams.simulation.faults.fault import Fault
from streams.simulation.faults.mechanisms import MECHANISMS
from streams.simulation.simulate import play
from streams.simulation.world import World
from tests.streams.reading_back import read_back
from tests.streams.simulation.offices import LINE, days, office

DAYS = days(63)
PERIOD = Period(DAYS[0].date, DAYS[-1].date)
PLAN = LinePlan("Circulation", 0.10, 20.0, "exclude", "lost over offered", LINE.expected_lost_rate)
OPEN = {
    day.date: {
        slot_no: round((slot_no * QUARTER_MS / 1000 - day.start) // 3600)
        for opens, closes in day.opened
        for slot_no in range(round(opens * 1000) // QUARTER_MS, round(closes * 1000) // QUARTER_MS)
    }
    for day in DAYS
}
SLOTS = frozenset(slot_no for hours in OPEN.values() for slot_no in hours)
RULES = LineRules(
    site="lozere",
    line=LINE.line,
    expected=LINE.expected_lost_rate,
    open=lambda at: at // QUARTER_MS in SLOTS,
)


@lru_cache(maxsize=3)
def world(seed: int) -> World:
    """Return the true calls."""
    return World(office(readings="cumulative"), DAYS, seed)


def random_fault(mechanism: str, seed: int) -> Fault:
    """Return a fault of random severity and duration; with some seeds it starts on the first day."""
    chance, (_, mildest, worst) = Random(f"{mechanism} {seed}"), MECHANISMS[mechanism].severity
    first = chance.choice([0, chance.randrange(len(DAYS) - 10)])
    last = min(len(DAYS) - 1, first + chance.randrange(1, 30))
    severity = mildest + (worst - mildest) * chance.random()
    return Fault(line=LINE.line, mechanism=mechanism, start=DAYS[first].start, end=DAYS[last].end, severity=severity)


class Office:
    """A line that has received all events, and the ledger parts that it wrote."""

    def __init__(self, fault: Fault, seed: int, *, killed_every: int = 0) -> None:
        self.line = Line(RULES)
        self._parts: list[LineDay] = []
        for number, event in enumerate(play(world(seed), [fault])[0]):
            self.line.state.offset = number  # names the part of a closed day that it opens
            if isinstance(event, CallEvent):
                self.line.fold(event)
            elif isinstance(event, Reading):
                self.line.read(event)
            if killed_every and number % killed_every == 0:
                self._parts += self.line.ledger.take()
                self.line = Line(RULES, read_back(self.line.state))

    def close(self) -> None:
        """End the line at the end of the file."""
        self.line.close(self.line.state.high)

    def ledger(self) -> list[LineDay]:
        """Return the whole days."""
        self._parts += self.line.ledger.take()
        return whole([*self._parts, *self.line.days()])

    def totals(self) -> LineTotals:
        """Return the figures of the whole period."""
        return line_totals(self.ledger(), self.line.watch.incidents.kept, PLAN, opened, PERIOD)


def opened(day: date) -> dict[int, int]:
    """Return the opening hours of a day, as a plan has them."""
    return OPEN.get(day, {})
