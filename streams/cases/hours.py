"""The hours of a desk's day: a clock that is hours off, and opening hours without a case."""

from __future__ import annotations

from collections.abc import Iterable, Set
from math import log
from typing import Final, NamedTuple

from streams.cases.case import SeenCase
from streams.cases.missing import QUIET, absence, hole, on_weekday
from streams.cases.view import CaseRules, Sign, View
from streams.checks.profile import HOURS, ProfileCheck, ProfileState
from streams.kept.times import DAY_MS, HOUR_MS

FEW: Final = 12  # cases of a day whose hours are judged
LONGEST: Final = 10  # days without a request
CLOCK: Final = ProfileCheck(alarm=11.0, most=13.0, weight=150.0, shrinkage=50.0, half_life=60.0)
HOURS_SHIFTED: Final = "hours shifted"
NO_CASES: Final = "no cases"
NO_ANSWERS: Final = "no answers"
RARE: Final = 0.02  # share of opening days without an answer, at least


class DayHours(NamedTuple):
    """The hours of one local day (an ordinal) of a desk."""

    rules: CaseRules
    day: int

    @property
    def weekday(self) -> int:
        return (self.day - 1) % 7

    def shifted(self, view: View) -> Sign | None:
        """Add the day to the evidence that the clock is hours off, and return its sign if there is enough."""
        own = [each for each in view.cases if each.day == self.day and each.begun >= 0]
        if not view.service or len(own) < FEW:
            return None
        counts, profile = self.counts(own), view.usual.hours
        if HOURS_SHIFTED in view.doubted:
            lasts = CLOCK.lasts(profile, self.weekday, counts)
            return Sign(HOURS_SHIFTED, "clock", own, len(own), len(own), 0.0) if lasts else None
        found = CLOCK.add(profile, self.day, self.weekday, counts)
        if found is None:
            return None
        profile.sums = ProfileState().sums
        own = [each for each in view.cases if each.day >= found.since and each.begun >= 0]
        return Sign(HOURS_SHIFTED, "clock", own, len(own), len(own), found.score)

    def absent(self, view: View) -> Sign | None:
        """Return the sign of opening hours without a case; `of` is the expected number of cases, as it has none."""
        day, hours = self.day, self._opened()
        if not hours:
            return None
        if not view.service:
            begun = {self.rules.day(each.begun) for each in view.cases if each.begun >= 0}
            return self._silent(NO_CASES, view, begun)
        own = [each for each in view.cases if each.day == day and each.begun >= 0]
        found = hole(view.usual, self.weekday, self.counts(own), hours, self._hour(hours[0][0]))
        if found is None:
            return None
        start, end, due = found
        case = SeenCase(-1, 0, begun=start, met=end - 1, day=day)
        return Sign(
            NO_CASES, "missing", [case, SeenCase(-1, 0, begun=end - 1, day=day)], 0, round(due), 0.0, sure=False
        )

    def unanswered(self, view: View) -> Sign | None:
        """Return the sign of opening days on which no request is answered, at a register that answers nearly daily."""
        opened = self.rules.opened
        if view.service or opened is None:
            return None
        answered = self.answered(view.cases)
        days = [day for day in range(max(answered, default=self.day - LONGEST) + 1, self.day + 1) if opened(day)]
        usual = max(RARE, view.usual.share(NO_ANSWERS).of(0.0, times=1.0))
        if -len(days) * log(usual) < view.alarm(NO_ANSWERS):
            return None
        return self._silent(NO_ANSWERS, view, answered)

    def answered(self, cases: Iterable[SeenCase]) -> set[int]:
        """Return the days up to this one on which a request was answered."""
        days = {self.rules.day(each.met) for each in cases if each.met >= 0}
        return {each for each in days if each <= self.day}

    def _silent(self, law: str, view: View, heard: Set[int]) -> Sign | None:
        """Return the sign of whole days that are not among the `heard` ones; requests may be dated by days alone."""
        hours = self._opened()
        first, due = self.day, 0.0
        while first > self.day - LONGEST and first not in heard:
            due += on_weekday(view.usual, (first - 1) % 7)
            first -= 1
        if not hours or first == self.day or absence(due) < QUIET:
            return None
        start = min(hours[0][0] - (self.day - first - 1) * DAY_MS, hours[0][0])
        case = SeenCase(-1, 0, begun=start, day=first + 1)
        last = SeenCase(-1, 0, begun=hours[-1][1] - 1, day=self.day)
        return Sign(law, "missing", [case, last], 0, round(due), 0.0, sure=False)

    def _opened(self) -> list[tuple[int, int]]:
        return [] if self.rules.opened is None else list(self.rules.opened(self.day))

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
