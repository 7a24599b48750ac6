"""The totals that a ticket system reports for a service, and the laws between them.

People are conserved: whoever took a number was served, did not come when called, or still waits. A mean wait lies
within the bounds of its own distribution (`streams.checks.reading_waits`), and the queue is as long as arrivals and
waits make it (Little 1961): the mean number of people who wait is their arrivals per second times their mean wait.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import log
from statistics import median
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from msgspec import Struct, field

from streams.cases.view import Opened
from streams.checks.reading_waits import ReadingWaits, WaitsFault, fault
from streams.kept.mark import DUPLICATE, LATE, OK
from streams.watch.facts import CasesBreak
from streams.watch.incident import Evidence, Judgement, Verdict
from streams.watch.incidents import Incidents
from streams.watch.laws import Kind

PeopleTotal: TypeAlias = Literal["issued", "served", "no_show"]
MAX_PERIODS: Final = 4_000
SLACK: Final = 5  # people who can be at the counters at a period's end
FEW: Final = 10  # people: fewer have no usual mean
KNOWN: Final = 6  # periods with a mean, after which it is known
MOST_KNOWN: Final = 60
SIXTY: Final = log(60)
STRAYS: Final = 1.0  # nats: by which a period's mean differs from the usual one, at most, if only its unit is wrong
APART: Final = 2.0  # nats: the least difference of a mean in a wrong unit
LITTLE: Final = log(120)  # of s: a display of whole minutes may show such a day as 0
QUEUED: Final = 0.5  # people who wait on average, so that Little's law can be checked
POLLS: Final = 4  # readings of a day that show the queue, or that show waits but no people
SENT_HOME: Final = 3  # days in a row on which many are not served; a strike is shorter
LONGEST: Final = 45  # days without a reading, after which none of them is judged
CLEAN: Final = 2  # days without a break, after which an incident is over


class CaseTotals(Struct, frozen=True, array_like=True):
    """The totals of a reading; None for missing ones."""

    issued: int | None = None
    served: int | None = None
    no_show: int | None = None
    waiting: int | None = None  # at the reading's end
    waits: ReadingWaits | None = None


class CasePeriod(Struct, array_like=True):
    """The totals of a stretch."""

    start: int  # epoch ms
    end: int  # epoch ms
    day: int  # local day (an ordinal) of its start
    totals: CaseTotals

    @property
    def mean(self) -> float | None:
        return None if self.totals.waits is None else self.totals.waits.mean


class ReportedCasesState(Struct):
    """The readings of a service."""

    periods: list[CasePeriod] = []  # by start; none overlap
    at: int = -1  # of the last cumulative reading, epoch ms
    totals: CaseTotals = field(default_factory=CaseTotals)  # its totals
    revised: int = 0  # periods reported again with other figures
    forgotten: int = 0  # periods dropped for want of room
    means: list[float] = []  # logarithms of the latest believed mean waits
    broken: dict[str, int] = {}  # the days in a row that broke a law, up to the last one
    judged: int = -1  # the last judged local day (an ordinal)

    @property
    def known(self) -> bool:
        return len(self.means) >= KNOWN

    def total(self, name: PeopleTotal) -> int | None:
        """Return the sum of one of the totals, or None if no reading has it."""
        told = [count for each in self.periods if (count := getattr(each.totals, name)) is not None]
        return sum(told) if told else None

    @property
    def mean_wait(self) -> float | None:
        """The mean of the mean waits (s), by the people served."""
        told = [(each.totals.served or 0, each.mean) for each in self.periods if each.mean is not None]
        people = sum(count for count, _ in told)
        return sum(count * mean for count, mean in told) / people if people else None


class BrokenTotal(NamedTuple):
    """A law that a day's readings break."""

    law: str
    kind: Kind
    verdict: Verdict
    observed: float
    expected: float | None


BrokenTotals: TypeAlias = Iterator[BrokenTotal]
_OF_WAITS: Final[dict[WaitsFault, Kind]] = {"unit": "unit", "order": "order", "mismatch": "mismatch"}


class ReportedCases:
    """The check of one service's readings, day by day."""

    def __init__(self, state: ReportedCasesState, incidents: Incidents, opened: Opened | None) -> None:
        self.state = state
        self._incidents = incidents
        self._opened = opened

    def take(self, totals: CaseTotals, since: int | None, at: int, day: Callable[[int], int]) -> int:
        """Take totals that run from `since` (None if they are running totals) to `at` (ms).

        `day` gives the local day of a moment. Return `OK`, `DUPLICATE` or `LATE`.
        """
        state = self.state
        if since is None:
            before, since = state.totals, state.at
            if at <= since:
                return DUPLICATE if at == since and totals == before else LATE
            state.at, state.totals = at, totals
            growth = None if since < 0 or day(since) != day(at) else grown(before, totals)
            if growth is None and since < 0:
                return OK  # the counts before it are unknown
            totals = growth or totals
        if state.periods and since < state.periods[-1].end:
            known = next((each for each in state.periods if (each.start, each.end) == (since, at)), None)
            if known is None or known.totals == totals:
                return LATE if known is None else DUPLICATE
            known.totals = totals
            state.revised += 1
            return OK
        self.add(CasePeriod(since, at, day(at - 1), totals))
        return OK

    def add(self, period: CasePeriod) -> None:
        """Take a period that follows all others, and judge the days before it."""
        state = self.state
        last = state.periods[-1].day if state.periods else period.day
        if period.day > last:
            self.judge(last)
            if period.day <= last + LONGEST and len(state.periods) >= KNOWN and self._opened is not None:
                for day in range(last + 1, period.day):
                    if hours := self._opened(day):
                        self._begin(
                            BrokenTotal("days reported", "missing", "undecided", 0, 1), hours[0][0], hours[-1][1]
                        )
        state.periods.append(period)
        if len(state.periods) > MAX_PERIODS:
            del state.periods[0]
            state.forgotten += 1

    @property
    def last(self) -> int:
        """Return the last local day with a reading that is not judged yet, or -1."""
        periods = self.state.periods
        return periods[-1].day if periods and periods[-1].day > self.state.judged else -1

    def judge(self, day: int) -> None:
        """Judge a day whose readings are all known."""
        state = self.state
        if day <= state.judged:
            return
        state.judged = day
        own: list[CasePeriod] = []
        for each in reversed(state.periods):
            if each.day != day:
                break
            own.insert(0, each)
        found = [*_people(own, state.broken)] or [*_waits(own)][:1] or [*self._means(own)]
        found += self._again(own)
        state.broken = {each.law: state.broken.get(each.law, 0) + 1 for each in found}
        people = sum(each.totals.issued or 0 for each in own)
        for broken in found:
            self._begin(broken, own[0].start, own[-1].end, people)
        for incident in list(self._incidents.open(lambda each: each.cause in LAWS and each.cause not in state.broken)):
            incident.clean += 1
            if incident.clean >= CLEAN:
                incident.close()

    def _begin(self, found: BrokenTotal, start: int, end: int, people: int = 0) -> None:
        """Begin or extend the incident of a law."""
        facts = CasesBreak(found.law, round(found.observed), round(found.expected or 0))
        evidence = Evidence(found.law, round(found.observed, 1), found.expected, 0.0, facts)
        judgement = Judgement(found.kind, found.verdict, [evidence])
        incident = self._incidents.by_cause(found.law)
        if incident is None:
            self._incidents.begin(found.law, judgement, start=start, now=end, calls=people)
        else:
            incident.end, incident.clean = end, 0
            incident.judge(judgement)

    def _again(self, own: list[CasePeriod]) -> BrokenTotals:
        """Compare a day with the one before: with a mean wait, no two are alike."""
        before = [each for each in self.state.periods if each.day < own[0].day][-len(own) :]
        told = [each.totals for each in own]
        alike = told == [each.totals for each in before]
        if _polled(own):
            enough = len({each.mean for each in own if each.mean}) >= POLLS
        else:
            enough = any(each.mean and (each.totals.issued or 0) >= FEW for each in own)
        if alike and enough:
            people = sum(each.issued or 0 for each in told)
            yield BrokenTotal("a day once", "duplicate", "miscount", people, people)

    def _means(self, own: list[CasePeriod]) -> BrokenTotals:
        """Compare a day's mean wait with the usual one and with its queue; learn it if it is as usual."""
        served = sum(each.totals.issued or 0 for each in own)
        polled = _polled(own)
        told = [(each.mean, 1 if polled else each.totals.issued or 0) for each in own if each.mean is not None]
        known = self.state.means
        if self._opened is not None and not self._opened(own[0].day):
            return  # a display shows 0 while the office is closed
        if not told:
            if len(known) >= KNOWN and served >= FEW:
                yield BrokenTotal("waits reported", "missing", "miscount", 0, served)
            return
        people = sum(count for _, count in told)
        mean = sum(mean * count for mean, count in told) / people if people else 0.0
        if people < (POLLS if polled else FEW):
            return
        found = (None if polled else _queue(own, mean)) or _unusual(mean, known, polled=polled)
        if found is not None:
            yield found
        elif mean > 0 or polled:
            known.append(log(max(1.0, mean)))
            del known[:-MOST_KNOWN]


def _people(own: list[CasePeriod], broken: dict[str, int]) -> BrokenTotals:
    """Check that people are conserved on a day."""
    totals = [each.totals for each in own if None not in (each.totals.issued, each.totals.served)]
    if not totals:
        return
    issued, served, left = (
        sum(getattr(each, name) or 0 for each in totals) for name in ("issued", "served", "no_show")
    )
    waiting = totals[-1].waiting or 0
    slack = SLACK + 0.05 * issued
    excess = served + left + waiting - issued
    if excess > slack:
        kind: Kind = "mismatch"
        if abs(served - 2 * (issued - left - waiting)) <= slack:
            kind = "duplicate"
        elif abs(issued + left + waiting - served) <= slack:
            kind = "swapped"
        yield BrokenTotal("people add up", kind, "miscount", served, max(0, issued - left - waiting))
    elif -excess > slack + 0.2 * issued:
        kind = "duplicate" if abs(issued - 2 * (served + left + waiting)) <= slack else "never-closed"
        lasting = broken.get("people served", 0) >= SENT_HOME
        yield BrokenTotal("people served", kind, "miscount" if lasting else "undecided", -excess, issued)


def _waits(own: list[CasePeriod]) -> BrokenTotals:
    """Check each reading's mean wait against its own distribution."""
    for each in own:
        wrong = None if each.totals.waits is None else fault(each.totals.waits)
        if wrong is not None:
            yield BrokenTotal("mean within limits", _OF_WAITS[wrong], "miscount", each.mean or 0.0, None)


def _queue(own: list[CasePeriod], mean: float) -> BrokenTotal | None:
    """Check a day's mean wait against its queue, by Little's law; None if they agree or the queue is not known."""
    shown = [each.totals.waiting for each in own if each.totals.waiting is not None]
    length = (own[-1].end - own[0].start) / 1000
    if len(shown) < POLLS or length <= 0:
        return None
    queue = sum(shown) / len(shown)
    waits = queue * length / max(1, sum(each.totals.issued or 0 for each in own))
    if queue < QUEUED:
        return None
    if mean <= 0:
        return BrokenTotal("queue and waits", "zero", "miscount", 0, waits)
    off = log(mean / waits)
    if abs(off) < APART:
        return None
    kind: Kind = "unit" if abs(abs(off) - SIXTY) <= STRAYS else "mismatch"
    return BrokenTotal("queue and waits", kind, "miscount", mean, waits)


def _polled(own: list[CasePeriod]) -> bool:
    """Return whether a day's readings are polls of a display that shows waits but no people."""
    return all(each.totals.issued is None for each in own)


def _unusual(mean: float, known: list[float], *, polled: bool) -> BrokenTotal | None:
    """Compare a day's mean wait with the `known` ones (logarithms). Often short waits hide a fault."""
    if len(known) < KNOWN:
        return None
    usual, low = median(known), sorted(known)[len(known) // 10]
    if mean <= 0:
        return None if polled and low < LITTLE else BrokenTotal("usual waits", "zero", "miscount", 0, None)
    off = log(mean) - usual
    if abs(off) < APART or abs(abs(off) - SIXTY) > STRAYS or (off < 0 and low < usual - APART):
        return None
    return BrokenTotal("usual waits", "unit", "miscount", mean, None)


LAWS: Final = frozenset(
    {
        *("people add up", "people served", "mean within limits", "queue and waits"),
        *("usual waits", "waits reported", "days reported", "a day once"),
    }
)


def grown(before: CaseTotals, after: CaseTotals) -> CaseTotals | None:
    """Return the totals of the stretch between two running totals; None if any fell."""
    names = get_args(PeopleTotal)
    growth = [
        None if None in (one, other) else other - one
        for one, other in ((getattr(before, name), getattr(after, name)) for name in names)
    ]
    if any(each is not None and each < 0 for each in growth):
        return None
    issued, served, no_show = growth
    return CaseTotals(issued, served, no_show, after.waiting, _grown_waits(before.waits, after.waits, served))


def _grown_waits(before: ReadingWaits | None, after: ReadingWaits | None, people: int | None) -> ReadingWaits | None:
    """Return the waits of a stretch from two running ones."""
    if after is None or before is None or before.answered is None or after.answered is None:
        return None
    mean = None
    if people and before.mean is not None and after.mean is not None:
        mean = max(0.0, (after.mean * after.answered - before.mean * before.answered) / people)
    known = dict(before.within)
    return ReadingWaits(people, mean, tuple((limit, count - known.get(limit, 0)) for limit, count in after.within))
