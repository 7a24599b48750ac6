"""The figure of each month as it would be published on the 3rd of the next month, beside what truly happened.

It is the figure of `tocsin totals` for the month: `streams.indicators.annual` over the days that the line's ledger has
then, with the incidents of then. A published figure is **marked** if a reader can see that it may not be what the
exchange counted: its method is not `none`, an undecided incident touches the month, or a question about the line waits
for an answer. A withheld figure is always marked.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from msgspec import Struct

from agents.totals.plan import plan_of
from benchmarks.detection.held_out.questions import Asked
from benchmarks.detection.held_out.situation import Played
from benchmarks.detection.office import LINE
from config.settings import Settings
from streams.desks.line import Line
from streams.desks.line_corrected import corrected_of
from streams.indicators.annual import AnnualInput, annual
from streams.indicators.desk_days import HeldDays
from streams.indicators.period import Period
from streams.kept.times import QUARTER_MS
from streams.ledger.day import LineDay
from streams.watch.incidents import doubtful

PUBLISHED_ON: Final = 3  # day of the next month
GROSS: Final = 0.005  # half a point of the lost rate


class Figure(Struct, kw_only=True):
    """A lost rate as published, or withheld."""

    name: str  # of the month, or `whole`
    true: float = 0.0  # truly lost
    wrong: int = 0  # calls of the period whose record is not right or missing
    raw: float | None = None
    rate: float | None = None  # None if withheld
    low: float | None = None
    high: float | None = None
    method: str = "none"
    coverage: float = 1.0
    guard: str | None = None
    doubted: bool = False
    waiting: bool = False  # a question about the line has waited too long for an answer
    contradicted: bool = False  # the configured rate is surely another one, as the report says

    @property
    def withheld(self) -> bool:
        return self.rate is None

    @property
    def marked(self) -> bool:
        return self.withheld or self.method != "none" or self.doubted or self.waiting or self.contradicted

    @property
    def off(self) -> bool:
        """Return whether it is published and off by more than half a point."""
        return self.rate is not None and abs(self.rate - self.true) > GROSS

    @property
    def holds(self) -> bool:
        """Return whether its interval contains the true rate."""
        return self.low is not None and self.high is not None and self.low <= self.true <= self.high


class Publisher:
    """Publishes the whole months of a line from a day on, while its events come in."""

    def __init__(self, line: Line, settings: Settings, first: date) -> None:
        self.figures: list[Figure] = []
        self._line, self._settings = line, settings
        self._plan = plan_of(settings)
        self._days: list[LineDay] = []
        self._await(first if first.day == 1 else first.replace(day=1) + timedelta(32))

    def publish(self, asked: Asked) -> None:
        """Publish the month that is due."""
        self._days += self._line.ledger.take()
        days = HeldDays([*self._days, *self._line.days()])
        given = AnnualInput(days, self._line.state.watch.incidents)
        found = annual(given, self._plan, self._month, self._today, whole_only=True).lines[LINE]
        self.figures.append(
            Figure(
                name=self._month.name,
                raw=found.raw.lost_rate,
                rate=None if found.corrected is None else found.corrected.lost_rate,
                low=found.low,
                high=found.high,
                method=found.method,
                coverage=found.coverage,
                guard=None if found.guard is None else found.guard.reason,
                doubted=found.undecided,
                waiting=asked.waiting,
                contradicted=found.contradicted is not None,
            )
        )
        self._await(self._month.last + timedelta(1))

    def _await(self, day: date) -> None:
        """Wait for the publication of a day's month; `due` is its moment (epoch ms)."""
        self._month = Period.of_months(day.year, day.month, 1)
        self._today = self._month.last + timedelta(PUBLISHED_ON)
        self.due = round(self._settings.calendar().day_bounds(self._today)[0] * 1000)


def whole(line: Line, asked: Asked) -> Figure:
    """Return the figure of the whole run, as `tocsin analyze` shows it at the end."""
    found = corrected_of(line)
    low, high = found.intervals.underlying or (None, None)
    return Figure(
        name="whole",
        raw=line.figures.counts().lost_rate,
        rate=found.lost_rate,
        low=low,
        high=high,
        method=found.method,
        coverage=found.coverage,
        guard=None if found.guard is None else found.guard.reason,
        doubted=any(map(doubtful, line.watch.incidents.kept)),
        waiting=asked.waiting,
    )


def add_truth(figures: Sequence[Figure], played: Played) -> None:
    """Add to each figure what truly happened in its period, in the configured opening hours as the figure has them."""
    calendar, opened = played.settings.calendar(), plan_of(played.settings).opened
    true, lost, wrong = dict[str, int](), dict[str, int](), dict[str, int]()

    def names(start: int) -> tuple[str, ...]:
        day = calendar.local_day(start / 1000)
        return ("whole", day.isoformat()[:7]) if start // QUARTER_MS in opened(day) else ("whole",)

    for call in played.calls:
        for name in names(call.start):
            true[name] = true.get(name, 0) + 1
            lost[name] = lost.get(name, 0) + call.lost
    for start in played.changed:
        for name in names(start):
            wrong[name] = wrong.get(name, 0) + 1
    for each in figures:
        each.true = lost.get(each.name, 0) / max(1, true.get(each.name, 0))
        each.wrong = wrong.get(each.name, 0)
