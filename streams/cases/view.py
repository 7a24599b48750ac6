"""What the laws of cases look at: the latest cases of a desk, beside its usual values."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence, Set
from functools import cached_property
from itertools import pairwise
from statistics import correlation
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

from streams.cases.case import SeenCase
from streams.cases.usual import UsualCases
from streams.kept.times import DAY_MS, HOUR_MS, MINUTE_MS, QUARTER_MS
from streams.watch.laws import CaseMiscount

Opened: TypeAlias = Callable[[int], Sequence[tuple[int, int]]]
CaseDesk: TypeAlias = Literal["service", "channel"]
OtherKind: TypeAlias = Literal["duplicate", "missing", "clock", "drift"]  # that lines have too
CaseKind: TypeAlias = CaseMiscount | OtherKind
CASE_KINDS: Final[tuple[CaseKind, ...]] = (*get_args(CaseMiscount), *get_args(OtherKind))
ALARM: Final = 11.0  # nats
NATURAL: Final = 0.04  # share of waits of 0 above which they are honest: the desk is free at times
BULK: Final = 6  # cases at one moment
STILL: Final = 4.0  # nats, of a law that has been broken lately
CROWDED: Final = "one visitor a counter"
HONEST: Final = 0.03  # share of visits that overlap at their counter by inexact moments
FEW: Final = 5  # visits
MANY: Final = 40  # visits
MORE_STAFF: Final = 1.5  # times the visitors served at the same time
TOGETHER: Final = 3  # cases closed at one moment; of more, a person closed the rest
TIDY: Final = MINUTE_MS  # by which two visits of one counter may overlap


class CaseRules(NamedTuple):
    """What the watch must know of a desk."""

    name: str
    desk: CaseDesk
    day: Callable[[int], int]  # a moment (ms) -> its local day
    opened: Opened | None  # a local day -> its opening hours (ms); None if unknown
    rests: bool = True  # works on open days alone; a channel with calendar days may answer on any day

    def dates(self, *moments: int) -> bool:
        """Return whether any of these moments (ms) is a date without a time: local midnight, a whole minute."""
        return any(at % MINUTE_MS == 0 and self.day(at - 1) != self.day(at) for at in moments)


class Sign(NamedTuple):
    """A stretch of cases that breaks a law."""

    law: str
    kind: CaseKind
    cases: Sequence[SeenCase]  # that are wrong, in order
    seen: int  # the cases that broke the law
    of: int  # among these
    score: float  # nats
    undo: str = ""  # by which the true lengths are known again
    sure: bool = True  # False if something real looks the same


class View:
    """The latest cases of a desk in order; `whole` if the last day is over.

    `doubted` are the laws that have been broken lately: less evidence is needed that they still are.
    """

    def __init__(
        self,
        rules: CaseRules,
        usual: UsualCases,
        cases: Iterable[SeenCase],
        *,
        whole: bool,
        doubted: frozenset[str] = frozenset(),
    ) -> None:
        self.rules = rules
        self.usual = usual
        self.cases = sorted(cases, key=lambda each: each.at)
        self.whole = whole
        self.doubted = doubted
        self.service = rules.desk == "service"

    def alarm(self, law: str) -> float:
        """Return the evidence (nats) that is needed for a broken law."""
        return STILL if law in self.doubted else ALARM

    def lasts(self, law: str, score: float) -> bool:
        """Return whether a law that has been broken lately is so again, by its cases (nats) alone."""
        return law in self.doubted and score >= ALARM

    @cached_property
    def met_in_bulk(self) -> Set[int]:
        return self._in_bulk([each.met for each in self.cases])

    @cached_property
    def ended_in_bulk(self) -> Set[int]:
        return self._in_bulk([each.ended for each in self.cases])

    def _in_bulk(self, moments: Iterable[int]) -> Set[int]:
        """Return the moments that far more cases share than usual: several counters may call at the same second."""
        most = max(BULK, (2 if self.service or not self.coarse else 3) * self.usual.most_at_once + 1)
        return {at for at, cases in Counter(moments).items() if at >= 0 and cases >= most}

    @cached_property
    def rows(self) -> Set[tuple[int, ...]]:
        """The moments of each case that was met."""
        return {each.row for each in self.cases if each.begun >= 0 and each.met >= 0}

    @cached_property
    def by_rote(self) -> int:
        """The commonest time to an answer, in whole minutes below 60; -1 if fewer than `BULK` requests have it."""
        minutes = Counter(
            each.wait // MINUTE_MS for each in self.waited if each.wait is not None and each.wait < HOUR_MS
        )
        return max((minute for minute, many in minutes.items() if many >= BULK), key=minutes.__getitem__, default=-1)

    @cached_property
    def waited(self) -> list[SeenCase]:
        """The cases with a wait, or a negative one."""
        return [each for each in self.cases if each.wait is not None]

    @cached_property
    def timed(self) -> list[SeenCase]:
        return [each for each in self.separate(self.cases) if each.time is not None] if self.service else []

    @cached_property
    def coarse(self) -> bool:
        """Whether moments are whole minutes, or dates alone."""
        moments = [at for each in self.cases for at in (each.begun, each.met, each.ended) if at >= 0]
        whole = sum(at % MINUTE_MS == 0 for at in moments)
        return bool(moments) and whole > 0.5 * len(moments)

    @cached_property
    def _waiting(self) -> tuple[list[int], list[int]]:
        """When each visitor who waits came, in order, and the latest moment at which anybody so far is met."""
        begun, latest = list[int](), list[int]()
        for each in self.waited:
            if (each.wait or 0) > 0:
                begun.append(each.begun)
                latest.append(max(each.met, latest[-1] if latest else 0))
        return begun, latest

    def jumps(self, case: SeenCase) -> bool:
        """Return whether a case is met at once while an earlier visitor waits on.

        Seconds do not count: visitors are called one after the other, and not in the moment when a counter is free.
        """
        begun, latest = self._waiting
        place = bisect_left(begun, case.begun - MINUTE_MS)
        return case.wait == 0 and place > 0 and latest[place - 1] > case.met + TIDY

    def jumped(self, cases: Sequence[SeenCase]) -> float | None:
        """Return the share of waits of 0 during which an earlier visitor waited on; None without such a wait."""
        at_once = [each for each in cases if each.wait == 0]
        return sum(map(self.jumps, at_once)) / len(at_once) if at_once else None

    def crowded(self, cases: Sequence[SeenCase]) -> float | None:
        """Return the share of visits that begin while their own counter still serves another.

        None if it is unknown, or if the desk's counters do so on honest days.
        """
        if self.overlapping:
            return None
        overlaps, known = self.overlaps(cases)
        return overlaps / known if known >= FEW else None

    @property
    def overlapping(self) -> bool:
        """Whether visits overlap at their counters on honest days: the moments of service are not exact."""
        honest = self.usual.share(CROWDED)
        return honest.cases >= MANY and honest.breaks > HONEST * honest.cases

    def separate(self, cases: Iterable[SeenCase]) -> list[SeenCase]:
        """Return the cases that were not closed together with several others: their ends are known."""
        return [each for each in cases if self._ends[each.ended] <= TOGETHER]

    def exceeded(self, cases: Iterable[SeenCase]) -> bool:
        """Return whether far more visitors than ever are served at the same time; more staff serves a few more."""
        most = self.usual.most_together
        return not self.overlapping and most > 0 and together(self.separate(cases)) > MORE_STAFF * most + 1

    @cached_property
    def _ends(self) -> Counter[int]:
        return Counter(each.ended for each in self.cases if each.ended >= 0)

    def overlaps(self, cases: Iterable[SeenCase]) -> tuple[int, int]:
        """Return how many visits begin while their own counter still serves another, and of how many that is known."""
        known = [found for each in cases if (found := self.overlap(each)) is not None]
        return sum(known), len(known)

    def overlap(self, case: SeenCase) -> bool | None:
        """Return whether a visit begins while its own counter still serves another; None if unknown."""
        return self._overlaps.get(id(case))

    @cached_property
    def _overlaps(self) -> dict[int, bool]:
        by_counter: defaultdict[int, list[SeenCase]] = defaultdict(list)
        visits = {(each.counter, *each.row): each for each in self.separate(self.cases)}
        for case in visits.values():  # without copies, which no counter served
            if case.counter and case.met >= 0 and case.ended > case.met:
                by_counter[case.counter].append(case)
        found = dict[int, bool]()
        for own in by_counter.values():
            own.sort(key=lambda each: (each.met, each.ended))
            found |= {id(after): after.met < before.ended - TIDY for before, after in pairwise(own)}
        return found

    def is_open(self, at: int) -> bool | None:
        """Return whether the office opens on the day of a moment; None if unknown."""
        opened = self.rules.opened
        return None if opened is None else bool(opened(self.rules.day(at)))

    def early(self, at: int) -> bool:
        """Return whether a moment is well before the office opens."""
        opened = self.rules.opened
        hours = None if opened is None else opened(self.rules.day(at))
        return bool(hours) and at < hours[0][0] - QUARTER_MS  # type: ignore[index]

    def shut(self, at: int) -> bool:
        """Return whether a moment lies far outside the opening hours of its day."""
        opened = self.rules.opened
        if opened is None:
            return False
        hours = opened(self.rules.day(at))
        return not any(opens - DAY_MS // 24 <= at <= closes + DAY_MS // 12 for opens, closes in hours)


def together(cases: Iterable[SeenCase]) -> int:
    """Return how many visitors are served at the same time, at most."""
    known = [each for each in cases if 0 <= each.met <= each.ended]
    now = most = 0
    for _, step in sorted([(each.met, 1) for each in known] + [(each.ended, -1) for each in known]):
        now += step
        most = max(most, now)
    return most


def overtaken(cases: Iterable[SeenCase]) -> float:
    """Return the share of visitors whose successor in the queue is called before them."""
    came = sorted((each.begun, each.met) for each in cases if each.begun >= 0 and each.met >= 0)
    turns = [first > second for (_, first), (_, second) in pairwise(came)]
    return sum(turns) / len(turns) if turns else 0.0


def memory(cases: Iterable[SeenCase]) -> float:
    """Return the rank correlation of each wait with the wait of the visitor before (Spearman 1904); 0 if unknown."""
    came = sorted((each.begun, each.wait) for each in cases if each.wait is not None)
    ranks = _ranks([wait for _, wait in came])
    before, after = ranks[:-1], ranks[1:]
    if len(ranks) < FEW or len(set(before)) == 1 or len(set(after)) == 1:
        return 0.0
    return correlation(before, after)


def _ranks(values: Sequence[int]) -> list[float]:
    """Return the rank of each value; equal values have their middle rank."""
    ordered = sorted(values)
    return [(bisect_left(ordered, each) + bisect_right(ordered, each)) / 2 for each in values]
