"""The opening hours implied by traffic, by weekday, on a grid of quarters of an hour.

The weight of a quarter of an hour is its number of arrivals relative to the usual number, at most 1, so that a rush
cannot outweigh a habit. An opening is a stretch with one rate, while the remaining day has a lower rate; the stretch
with the greatest likelihood is chosen (Poisson; a change-point fit as in Killick et al., Optimal detection of
changepoints, 2012, here by trying every pair). A lunch break is found by a second such fit inside the opening.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate, groupby
from math import inf, log
from statistics import fmean
from typing import Final, NamedTuple, TypeAlias

from streams.kept.times import SLOTS_A_DAY

Spans: TypeAlias = tuple[tuple[int, int], ...]  # openings of a day, in quarters from midnight

LEAST_DAYS: Final = 3  # minimum of days to show a habit
LEAST_QUARTERS: Final = 40  # minimum of served quarters; with fewer, the edges are chance
IDLE: Final = 0.15  # of the busiest weekday's quarters: weekdays with fewer are closed, and their arrivals are chance
RARE: Final = 0.1  # of the rate around it: a quieter stretch is a closing
MISSED: Final = 12.0  # usual quarters that a closing must lack; by chance this happens once in e^12
EVIDENCE: Final = 10.0  # nats that justify separate hours for a weekday
NOTHING: Final = 1e-9  # tolerance of an empty sum
SHORTEST: Final = 2  # quarters of a closing
WORKING: Final = range(5)  # weekdays that are assumed open if none was observed
NAMES: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


class WeeklyHours(NamedTuple):
    """The openings of each weekday, empty if it is closed, and the basis of the estimate."""

    week: tuple[Spans, ...]  # Monday first
    days: int  # number of served days
    unseen: tuple[int, ...]  # weekdays that are missing in the record

    def notation(self) -> str:
        """Return the hours as OpenStreetMap writes them.

        >>> WeeklyHours((((34, 48), (54, 68)),) * 4 + (((34, 48),), (), ()), 20, ()).notation()
        'Mo-Th 08:30-12:00,13:30-17:00; Fr 08:30-12:00'
        """
        if set(self.week) == {((0, SLOTS_A_DAY),)}:
            return "24/7"
        return "; ".join(self._groups())

    def _groups(self) -> Iterator[str]:
        for spans, group in groupby(range(7), key=self.week.__getitem__):
            days = list(group)
            if spans:
                name = NAMES[days[0]] if len(days) == 1 else f"{NAMES[days[0]]}-{NAMES[days[-1]]}"
                yield f"{name} {','.join(f'{clock(start)}-{clock(end)}' for start, end in spans)}"


def clock(quarter: int) -> str:
    """Format a quarter as a time of day: 34 is 08:30."""
    return f"{quarter // 4:02}:{quarter % 4 * 15:02}"


def weekday(day: int) -> int:
    return (day + 6) % 7


def weekly_hours(there: Mapping[int, Mapping[int, int]], days: Collection[int]) -> WeeklyHours | None:
    """Return the opening hours from the arrivals in each served quarter, by local day (an ordinal) in `there`.

    `days` are the days of the record on which the office could open. None if too little was observed.
    """
    seen = {day: there[day] for day in days if there.get(day)}
    if len(seen) < LEAST_DAYS or sum(map(len, seen.values())) < LEAST_QUARTERS:
        return None
    usually = fmean(count for quarters in seen.values() for count in quarters.values())
    spanned, counts = [0] * 7, [[0.0] * SLOTS_A_DAY for _ in range(7)]
    for day in days:
        spanned[weekday(day)] += 1
        for quarter, count in seen.get(day, {}).items():
            counts[weekday(day)][quarter] += min(count / usually, 1.0)
    busy = [sum(each) / days_of if days_of else 0.0 for each, days_of in zip(counts, spanned, strict=True)]
    opened = [number for number in range(7) if busy[number] > IDLE * max(busy)]
    usual = _openings([sum(counts[number][quarter] for number in opened) for quarter in range(SLOTS_A_DAY)])
    unseen = tuple(number for number in range(7) if not spanned[number])
    # a single day may be incomplete
    often = {number for number, days_of in Counter(map(weekday, seen)).items() if days_of > 1}
    week = [_own(counts[number], usual) if number in often else usual for number in range(7)]
    week = [spans if number in opened else () for number, spans in enumerate(week)]
    for number in set(unseen) & set(WORKING):
        week[number] = usual
    return WeeklyHours(tuple(week), len(seen), unseen)


def _own(counts: Sequence[float], usual: Spans) -> Spans:
    """Return a weekday's own openings if they are clear, otherwise the usual ones."""
    own = _openings(counts)
    moved = _covered(own) ^ _covered(usual)
    return own if len(moved) > 1 and _likelihood(counts, own) - _likelihood(counts, usual) > EVIDENCE else usual


def _openings(counts: Sequence[float]) -> Spans:
    total = [0.0, *accumulate(counts)]
    whole = [(start, end) for start in range(SLOTS_A_DAY) for end in range(start + 1, SLOTS_A_DAY + 1)]

    def gain(start: int, end: int) -> float:
        return _fit(total[end] - total[start], end - start, total[-1])

    start, end = max(whole, key=lambda span: gain(*span))

    def with_closing(first: int, last: int) -> float:
        closed = total[last] - total[first]
        return _fit(total[end] - total[start] - closed, end - start - (last - first), total[-1])

    closings = [(a, b) for a, b in whole if start < a and b < end and b - a >= SHORTEST]
    if not closings:
        return ((start, end),)
    first, last = max(closings, key=lambda span: with_closing(*span))
    closed, length = total[last] - total[first], last - first
    usual = (total[end] - total[start] - closed) / (end - start - length)
    if usual * length - closed < MISSED or closed > RARE * usual * length:
        return ((start, end),)
    return ((start, first), (last, end))


def _fit(inside: float, length: int, all_of_them: float) -> float:
    """Return the log-likelihood of a day with two rates, up to a constant common to all such days.

    Return minus infinity if the rate outside is not small compared to the rate inside, as no closing is then visible.
    """
    outside, rest = all_of_them - inside, SLOTS_A_DAY - length
    if outside * length > RARE * inside * rest:
        return -inf
    return _weight(inside, length) + _weight(outside, rest)


def _likelihood(counts: Sequence[float], spans: Spans) -> float:
    covered = _covered(spans)
    inside = sum(counts[quarter] for quarter in covered)
    return _weight(inside, len(covered)) + _weight(sum(counts) - inside, SLOTS_A_DAY - len(covered))


def _weight(weight: float, length: int) -> float:
    return weight * log(weight / length) if weight > NOTHING else 0.0


def _covered(spans: Spans) -> set[int]:
    return {quarter for start, end in spans for quarter in range(start, end)}
