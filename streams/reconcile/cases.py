"""Two records of a counter or a register: a ticket, a request or a whole day in each, and the difference.

A case is one visitor's ticket or one request. If both records hold cases with the same names, they are compared case by
case. Otherwise, as with the daily statistic of a ticket system, their sums are compared day by day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median
from typing import Final, Literal, NamedTuple, TypeAlias

from streams.reconcile.matching import FEWEST, SHARED
from streams.reconcile.verdict import Standing

CaseWhy: TypeAlias = Literal["no-row", "outcome", "unit", "zero", "length", "moment", "doubled", "count"]
CaseWay: TypeAlias = Literal["id", "day", "none"]
CaseKey: TypeAlias = tuple[int, str]  # a local day (0 for a request) and a name

OPEN: Final = "open"  # a case without an outcome
SIXTY: Final = 50.0, 70.0  # ratio of two lengths if one is in minutes and the other in seconds
MET: Final = frozenset({"served", "answered"})
LEFT: Final = frozenset({"no_show", "withdrawn"})
_BELIEVED: Final = ("served", "transferred", "no_show", "cancelled", "answered", "withdrawn", OPEN)


class CaseSighting(NamedTuple):
    """One case as one record saw it."""

    name: str
    at: int  # when it began, epoch ms
    day: int  # local day (an ordinal) of its beginning
    outcome: str | None  # one of `_BELIEVED`; None if the record does not show outcomes
    length: float | None  # wait in s, or days until the answer; None if unknown


class DaySighting(NamedTuple):
    """The sums of a day in one record; None for a sum that it lacks."""

    at: int  # the day's first moment in the record, epoch ms
    begun: int | None  # issued or received
    met: int | None  # served or answered
    left: int | None  # no-shows or withdrawals
    mean: float | None  # of the lengths
    people: int = 0  # behind the mean
    by_cases: bool = False  # summed here, and not by the system that wrote the record

    def plus(self, later: DaySighting) -> DaySighting:
        """Return the sum of two stretches of a day."""
        told = [(each.mean, each.people) for each in (self, later) if each.mean is not None and each.people]
        people = sum(count for _, count in told)
        return DaySighting(
            min(self.at, later.at),
            _plus(self.begun, later.begun),
            _plus(self.met, later.met),
            _plus(self.left, later.left),
            sum(mean * count for mean, count in told) / people if people else None,
            people,
        )


class CaseLimits(NamedTuple):
    """By how much two honest records of one case may differ."""

    length: float  # s, or days
    moment: int | None  # ms; None if the beginnings must be on one day
    timed: bool  # lengths are in seconds, so that one can be in a wrong unit


class CaseSum:
    """The sum of cases or of days; None while a sum is unknown."""

    def __init__(self) -> None:
        self.begun = 0
        self.met: int | None = None
        self.left: int | None = None
        self._total = 0.0  # of the lengths
        self._lengths = 0

    @property
    def mean(self) -> float | None:
        """The mean length, or None without any."""
        return self._total / self._lengths if self._lengths else None

    def measure(self, length: float | None, cases: int = 1) -> None:
        """Add a length of some cases, if it is known."""
        if length is not None:
            self._total += length * cases
            self._lengths += cases


class CaseDifference(NamedTuple):
    """A case or a day on which two records differ."""

    name: str
    at: int  # epoch ms
    first: CaseSighting | DaySighting | None
    second: CaseSighting | DaySighting | None
    why: CaseWhy


class CaseAccount:
    """The comparison of a desk in two records; `best` is the figure by both together."""

    def __init__(self) -> None:
        self.standings: Counter[Standing] = Counter()
        self.reasons: Counter[CaseWhy] = Counter()
        self.differences: list[CaseDifference] = []
        self.best = CaseSum()
        self.apart = 0  # cases or days whose lengths differ, so that they are in no mean

    def note(
        self,
        name: str,
        first: CaseSighting | DaySighting | None,
        second: CaseSighting | DaySighting | None,
        why: CaseWhy | None,
    ) -> None:
        """Count one case or day, and keep it if the records differ."""
        alone: Standing = "only_first" if second is None else "only_second"
        both: Standing = "matched" if why is None else "contradicted"
        self.standings[alone if first is None or second is None else both] += 1
        if why is not None:
            self.reasons[why] += 1
            seen = first or second
            assert seen is not None
            self.differences.append(CaseDifference(name, seen.at, first, second, why))

    def in_order(self) -> list[CaseDifference]:
        return sorted(self.differences, key=lambda each: (each.at, each.name))


def share_names(
    first: Sequence[Mapping[CaseKey, CaseSighting]], second: Sequence[Mapping[CaseKey, CaseSighting]]
) -> bool:
    """Return whether two records share the names of their cases; each is a list of its desks."""
    shared = sum(len(one.keys() & other.keys()) for one, other in zip(first, second, strict=True))
    smaller = min(sum(map(len, first)), sum(map(len, second)))
    return shared >= max(SHARED * smaller, min(FEWEST, smaller), 1)


def clock(desks: Iterable[tuple[Mapping[CaseKey, CaseSighting], Mapping[CaseKey, CaseSighting]]]) -> float | None:
    """Return by how much (ms) the second record's clock is ahead of the first's: the median over the shared cases."""
    apart = [other[key].at - one[key].at for one, other in desks for key in one.keys() & other.keys()]
    return median(apart) if apart else None


def by_case(
    first: Mapping[CaseKey, CaseSighting], second: Mapping[CaseKey, CaseSighting], limits: CaseLimits, ahead: float
) -> CaseAccount:
    """Compare a desk case by case; the second clock is `ahead` (ms)."""
    account = CaseAccount()
    for key in sorted(first.keys() | second.keys()):
        one, other = first.get(key), second.get(key)
        why = _why(one, other, limits, ahead)
        seen = [each for each in (one, other) if each is not None]
        account.note(seen[0].name, one, other, why)
        best = account.best
        best.begun += 1
        outcomes = [each.outcome for each in seen if each.outcome is not None]
        if outcomes:
            believed = min(outcomes, key=_BELIEVED.index)
            best.met = _plus(best.met, believed in MET)
            best.left = _plus(best.left, believed in LEFT)
        lengths = [each.length for each in seen if each.length is not None]
        if len(lengths) > 1 and abs(lengths[0] - lengths[1]) > limits.length:
            account.apart += 1
        elif lengths:
            best.measure(sum(lengths) / len(lengths))
    return account


def by_day(
    first: Mapping[int, DaySighting],
    second: Mapping[int, DaySighting],
    limits: CaseLimits,
    name: Callable[[int], str],
) -> CaseAccount:
    """Compare a desk day by day; `name` gives the name of a day.

    Of two sums the greater one is believed, because records omit cases, unless it is twice the other. A mean of cases
    is believed rather than one that a system reports.
    """
    account = CaseAccount()
    for day in sorted(first.keys() | second.keys()):
        one, other = first.get(day), second.get(day)
        account.note(name(day), one, other, _why_day(one, other, limits))
        best, seen = account.best, [each for each in (one, other) if each is not None]
        if counted := [each for each in seen if each.begun is not None]:
            twice = len(counted) > 1 and _doubled(counted[0].begun, counted[1].begun)
            believed = (min if twice else max)(counted, key=lambda each: each.begun or 0)
            best.begun += believed.begun or 0
            best.met = _plus(best.met, believed.met)
            best.left = _plus(best.left, believed.left)
        means = [each for each in seen if each.mean is not None]
        if len(means) > 1 and means[0].by_cases != means[1].by_cases:
            means = [each for each in means if each.by_cases]
        if len(means) > 1 and _lengths(means[0].mean, means[1].mean, limits) is not None:
            account.apart += 1
        elif means:
            most = max(means, key=lambda each: each.people)
            best.measure(most.mean, most.people)
    return account


def days_of(cases: Iterable[CaseSighting]) -> dict[int, DaySighting]:
    by_day: dict[int, list[CaseSighting]] = {}
    for each in cases:
        by_day.setdefault(each.day, []).append(each)
    return {day: _day(own) for day, own in by_day.items()}


def _day(cases: list[CaseSighting]) -> DaySighting:
    lengths = [each.length for each in cases if each.length is not None]
    shown = any(each.outcome is not None for each in cases)
    return DaySighting(
        min(each.at for each in cases),
        len(cases),
        sum(each.outcome in MET for each in cases) if shown else None,
        sum(each.outcome in LEFT for each in cases) if shown else None,
        sum(lengths) / len(lengths) if lengths else None,
        len(lengths),
        by_cases=True,
    )


def _plus(one: int | None, other: int | None) -> int | None:
    return one if other is None else (one or 0) + other


def _why(first: CaseSighting | None, second: CaseSighting | None, limits: CaseLimits, ahead: float) -> CaseWhy | None:
    """Return why two records differ on a case; None if they agree."""
    if first is None or second is None:
        return "no-row"
    outcomes = {first.outcome, second.outcome}
    if None not in outcomes and len(outcomes) > 1:
        return "no-row" if OPEN in outcomes else "outcome"
    if (why := _lengths(first.length, second.length, limits)) in {"unit", "zero"}:
        return why
    moved = first.day != second.day if limits.moment is None else abs(second.at - first.at - ahead) > limits.moment
    return "moment" if moved else why


def _why_day(first: DaySighting | None, second: DaySighting | None, limits: CaseLimits) -> CaseWhy | None:
    """Return why two records differ on a day; None if they agree."""
    if first is None or second is None:
        return "no-row"
    pairs = ((first.begun, second.begun), (first.met, second.met), (first.left, second.left))
    known = [(one, other) for one, other in pairs if one is not None and other is not None and one != other]
    if known:
        return "doubled" if all(_doubled(*pair) for pair in known) else "count"
    return _lengths(first.mean, second.mean, limits)


def _doubled(one: int | None, other: int | None) -> bool:
    few, many = sorted((one or 0, other or 0))
    return 0 < 2 * few == many


def _lengths(one: float | None, other: float | None, limits: CaseLimits) -> CaseWhy | None:
    """Return how two lengths differ; None if they agree or one is unknown."""
    if one is None or other is None:
        return None
    short, long = sorted((one, other))
    if long - short <= limits.length:
        return None
    if short == 0:
        return "zero"
    if limits.timed and SIXTY[0] <= long / short <= SIXTY[1]:
        return "unit"
    return "length"
