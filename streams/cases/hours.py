"""The hours of a desk's day: a clock that is hours off, and opening hours without a case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from streams.cases.case import SeenCase
from streams.cases.missing import QUIET, absence, hole, on_weekday
from streams.cases.view import CaseRules, Sign, View
from streams.checks.profile import HOURS
from streams.kept.times import DAY_MS, HOUR_MS, MINUTE_MS, QUARTER_MS

FEW: Final = 12  # cases of a day whose hours are judged
EDGE: Final = 4.0  # cases that usually begin at an edge of a day
EMPTY: Final = 0.15  # of these; fewer came
EDGE_MS: Final = 45 * MINUTE_MS
LONGEST: Final = 10  # days without a request
HOURS_SHIFTED: Final = "hours shifted"
NO_CASES: Final = "no cases"


class DayHours(NamedTuple):
    """The hours of one local day (an ordinal) of a desk."""

    rules: CaseRules
    day: int

    @property
    def weekday(self) -> int:
        return (self.day - 1) % 7

    def shifted(self, view: View) -> Sign | None:
        """Return the sign of a clock that is hours off, from the hours at which the day's cases began."""
        own = [each for each in view.cases if each.day == self.day and each.begun >= 0]
        if not view.service or len(own) < FEW:
            return None
        before, after = (self._outside(own, late=late) for late in (False, True))
        edges = view.usual.edges
        first, last = edges.early(len(own)), edges.late(len(own))
        least = 1 if HOURS_SHIFTED in view.doubted else 3
        ahead = after >= least and first > EDGE and self.early(own) < EMPTY * first
        behind = before >= least and last > EDGE and self.late(own) < EMPTY * last
        if not (ahead or behind):
            return None
        return Sign(HOURS_SHIFTED, "clock", own, max(before, after), len(own), float(max(before, after)))

    def _opened(self, at: int) -> tuple[int, int] | None:
        """Return when the office opens and closes on the day of a moment (ms)."""
        hours = None if self.rules.opened is None else self.rules.opened(self.rules.day(at))
        return (hours[0][0], hours[-1][1]) if hours else None

    def _outside(self, cases: Iterable[SeenCase], *, late: bool) -> int:
        """Return how many cases began before the office opened, or `late` after it closed."""
        hours = [(each.begun, hours) for each in cases if (hours := self._opened(each.begun)) is not None]
        if late:
            return sum(at > closes + MINUTE_MS for at, (_, closes) in hours)
        return sum(at < opens - QUARTER_MS for at, (opens, _) in hours)

    def early(self, cases: Iterable[SeenCase]) -> int:
        """Return how many cases began in the first 45 minutes of opening hours."""
        return sum(
            (hours := self._opened(each.begun)) is not None and 0 <= each.begun - hours[0] < EDGE_MS for each in cases
        )

    def late(self, cases: Iterable[SeenCase]) -> int:
        """Return how many cases began in the last 90 minutes of opening hours."""
        return sum(
            (hours := self._opened(each.begun)) is not None and 0 <= hours[1] - each.begun < 2 * EDGE_MS
            for each in cases
        )

    def absent(self, view: View) -> Sign | None:
        """Return the sign of opening hours without a case; `of` is the expected number of cases, as it has none."""
        opened, day = self.rules.opened, self.day
        hours = [] if opened is None else list(opened(day))
        if not hours:
            return None
        if not view.service:
            return self._absent_days(view, hours)
        own = [each for each in view.cases if each.day == day and each.begun >= 0]
        found = hole(view.usual, self.weekday, self.counts(own), hours, self._hour(hours[0][0]))
        if found is None:
            return None
        start, end, due = found
        case = SeenCase(-1, 0, begun=start, met=end - 1, day=day)
        return Sign(
            NO_CASES, "missing", [case, SeenCase(-1, 0, begun=end - 1, day=day)], 0, round(due), 0.0, sure=False
        )

    def _absent_days(self, view: View, hours: Sequence[tuple[int, int]]) -> Sign | None:
        """Return the sign of whole days without a request: they come at any hour, or are dated by days alone."""
        begun = {self.rules.day(each.begun) for each in view.cases if each.begun >= 0}
        first, due = self.day, 0.0
        while first > self.day - LONGEST and first not in begun:
            due += on_weekday(view.usual, (first - 1) % 7)
            first -= 1
        if first == self.day or absence(due) < QUIET:
            return None
        start = min(hours[0][0] - (self.day - first - 1) * DAY_MS, hours[0][0])
        case = SeenCase(-1, 0, begun=start, day=first + 1)
        last = SeenCase(-1, 0, begun=hours[-1][1] - 1, day=self.day)
        return Sign(NO_CASES, "missing", [case, last], 0, round(due), 0.0, sure=False)

    def _hour(self, at: int) -> int:
        day, hour = self.rules.day(at), 0
        while hour < HOURS - 1 and self.rules.day(at - (hour + 1) * HOUR_MS) == day:
            hour += 1
        return hour

    def counts(self, cases: Iterable[SeenCase]) -> list[int]:
        """Return the cases by the local hour at which they began."""
        counts, first = [0] * HOURS, dict[int, int]()
        for each in cases:
            hour_no = each.begun // HOUR_MS
            if hour_no not in first:
                first[hour_no] = self._hour(each.begun)
            counts[first[hour_no]] += 1
        return counts
