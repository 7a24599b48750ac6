"""The laws of a ticket and of a request, which honest records hardly ever break.

Each law applies to some cases and names the cases that break it. The stretch of cases with the greatest log-likelihood
ratio of a fault over the desk's usual share of breaks is its sign, if it is great enough
(`streams.checks.segment`). A case weighs at most a few nats, so that a break or two never make a sign.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import log
from statistics import median
from typing import Final, NamedTuple

from streams.cases.booked import AT_ONCE, booked_at_once, nearly_all_at_once
from streams.cases.case import SeenCase
from streams.cases.copies import copies
from streams.cases.limited import AT_LIMIT, at_limit
from streams.cases.view import BULK, NATURAL, CaseKind, Sign, View
from streams.checks.segment import segment
from streams.kept.times import MINUTE_MS, QUARTER_MS

BUSY: Final = 0.08  # share of visits that begin while their counter serves another
JUMPED: Final = 0.6  # share of waits of 0 while somebody else waits; visitors with appointments come to less
SHORT: Final = 60.0  # s: shorter waits show that the desk is free at times
MINUTES: Final = 240.0  # s: waits that whole minutes do not hide
ALL: Final = 0.9  # share of waits of 0; even at a free desk waits are of seconds
FEW: Final = 4  # cases
SEVERAL: Final = 15  # cases
UNNUMBERED: Final = 0.15  # share of numbers that do not follow the one before, above which they say nothing
WIDEST: Final = 5_000  # numbers in a hole; more is another series
WORKED_OFF: Final = 3  # days
ODD: Final = 2.0  # times the usual share of breaks
UNCALLED: Final = "visitors are called"
ON_THE_DAY: Final = "some answered later"
WEEKENDS: Final = 12  # opening days, after which it is known how a register counts on closed days
MOST_USUAL: Final = 0.45  # a law that honest days break more often is not checked


class CaseLaw(NamedTuple):
    """A law: a case either breaks it (True), keeps it (False), or does not concern it (None)."""

    name: str
    kind: CaseKind
    least: float  # usual share of breaks, at least
    worse: float  # share under a fault
    broken: Callable[[View], Callable[[SeenCase], bool | None]]
    stands: Callable[[View, Sequence[SeenCase]], bool] = lambda _view, _cases: True
    fewest: int = 4  # breaks
    final: bool = False  # it can be judged only once the day is over
    learnt: bool = True  # it needs the desk's usual values
    days: int = 0  # of these values, at least
    times: float = 2.0  # the learnt share of breaks that is usual, as days differ
    most: float = MOST_USUAL
    never: bool = False  # only faults break it, so that no fault is learnt as usual
    doubt: Callable[[View, Sequence[SeenCase]], bool] = lambda _view, _cases: False  # a real day may break it too
    returns: bool = False  # the greatest usual share so far is usual still
    habit: str = ""  # under which its usual share is learnt, if another law has its name

    @property
    def share(self) -> str:
        return self.habit or self.name


def sign(law: CaseLaw, view: View) -> Sign | None:
    """Return the stretch of a view that breaks a law, or None."""
    if (law.final and not view.whole) or (law.learnt and not view.usual.known) or view.usual.days < law.days:
        return None
    results = list(map(law.broken(view), view.cases))
    usual = law.least if law.never else view.usual.share(law.share).of(law.least, law.times)
    if law.returns:
        usual = max(usual, view.usual.share(law.share).most)
    fewest = min(2, law.fewest) if law.name in view.doubted else law.fewest
    if usual > law.most or results.count(True) < fewest:
        return None
    judged = [(each, broken) for each, broken in zip(view.cases, results, strict=True) if broken is not None]
    worse = max(law.worse, min(0.95, 3 * usual))
    breaks, keeps = log(worse / usual), log((1 - worse) / (1 - usual))
    found = segment([breaks if each else keeps for _, each in judged])
    if found is None or found.score < view.alarm(law.name):
        return None
    own = [each for each, _ in judged[found.start : found.end]]
    seen = [each for each, broken in judged[found.start : found.end] if broken]
    stands = law.stands(view, own)
    if len(seen) < fewest or not (stands or view.lasts(law.name, found.score)):
        return None
    return Sign(law.name, law.kind, own, len(seen), len(own), found.score, sure=stands and not law.doubt(view, own))


def count(law: CaseLaw, view: View) -> tuple[int, int]:
    """Return how many cases of a view break a law, and how many could."""
    results = list(map(law.broken(view), view.cases))
    return results.count(True), len(results) - results.count(None)


def odd(law: CaseLaw, view: View, breaks: int, cases: int) -> bool:
    """Return whether a day breaks a law far more often than usual, so that it is not learnt."""
    return breaks > 1 and breaks > ODD * view.usual.share(law.share).of(law.least, law.times) * cases


def _order(_view: View) -> Callable[[SeenCase], bool | None]:
    def broken(case: SeenCase) -> bool | None:
        wait, time = case.wait, case.time
        if wait is None:
            return None if time is None else time < 0
        return wait < 0 or (time is not None and time < 0)

    return broken


def _zero(_view: View) -> Callable[[SeenCase], bool | None]:
    def broken(case: SeenCase) -> bool | None:
        if case.wait is None or case.wait == 0 == case.time:
            return None  # closed at the same moment: another law
        return case.wait == 0

    return broken


def _zero_busy(view: View) -> Callable[[SeenCase], bool | None]:
    """Return the law of a counter: no visit begins at once while the counter still serves another."""
    overlapping = view.overlapping

    def broken(case: SeenCase) -> bool | None:
        overlap = None if overlapping or case.wait is None else view.overlap(case)
        return None if overlap is None else overlap and case.wait == 0

    return broken


def _zero_jumped(view: View) -> Callable[[SeenCase], bool | None]:
    """Return the law of a queue without counters: no visit begins at once while an earlier visitor still waits."""

    def broken(case: SeenCase) -> bool | None:
        return None if case.wait is None or case.counter or not view.service else view.jumps(case)

    return broken


def _zero_stands(view: View, cases: Sequence[SeenCase]) -> bool:
    """Return whether waits of 0 are unknown waits: the others are as usual, or contradict them."""
    if view.service:
        known = _zero_at_counter(view, cases)
        if known is not None:
            return known
    usual = view.usual
    others = [each.wait / 1000 for each in cases if each.wait is not None and each.wait > 0]
    if len(others) >= FEW:
        return median(others) > 0.4 * usual.waits.quantile(0.5)
    return not view.coarse or (len(cases) >= SEVERAL and usual.waits.quantile(0.25) > MINUTES)


def _zero_at_counter(view: View, cases: Sequence[SeenCase]) -> bool | None:
    """Return whether the counters, or the other visitors, show that waits of 0 are unknown; None if they do not say."""
    usual, crowded = view.usual, view.crowded(cases)
    at_once = sum(each.wait == 0 for each in cases)
    quick = usual.share("waits of zero").of(0.0) <= NATURAL and at_once >= ALL * len(cases) >= ALL * SEVERAL
    if not view.coarse and quick:
        return True  # even at a free desk waits are of seconds
    if crowded is not None:
        return crowded >= BUSY
    if view.exceeded(cases):
        return True
    jumped = view.jumped(cases) or 0.0
    if usual.share("waits of zero").of(0.0) > NATURAL:  # no visitor waits while the desk is free
        return jumped >= JUMPED
    if usual.waits.quantile(0.05) < SHORT:  # it is free at times, and waits of seconds are 0 now and then
        return jumped >= JUMPED / 2
    return None


def _same_stamp(view: View) -> Callable[[SeenCase], bool | None]:
    def of_ticket(case: SeenCase) -> bool | None:
        return None if case.time is None or case.time < 0 else case.time == 0

    def of_request(case: SeenCase) -> bool | None:
        if case.begun < 0 or view.rules.day(case.begun) != case.day or (case.left and case.met < 0):
            return None
        if case.met < 0:
            return False if view.whole else None
        if case.met < case.begun or view.rules.dates(case.begun, case.met):
            return None
        return case.met - case.begun < MINUTE_MS or (case.met - case.begun) // MINUTE_MS == view.by_rote

    return of_ticket if view.service else of_request


def _on_the_day(view: View) -> Callable[[SeenCase], bool | None]:
    """Return the law of a register whose answers take days: not nearly all come on the day of receipt."""

    def broken(case: SeenCase) -> bool | None:
        if view.service or case.begun < 0 or case.left:
            return None
        return case.met >= 0 and view.rules.day(case.met) == view.rules.day(case.begun)

    return broken


def _several_days(_view: View, cases: Sequence[SeenCase]) -> bool:
    return len({each.day for each in cases}) >= WORKED_OFF


def _issued_at_quarters(view: View) -> Callable[[SeenCase], bool | None]:
    """Return the law of issue times: few are whole quarters of an hour. Appointments begin on these."""
    return lambda case: None if case.begun < 0 or case.booked or not view.service else case.begun % QUARTER_MS == 0


def _met_in_bulk(view: View) -> Callable[[SeenCase], bool | None]:
    return lambda case: None if case.met < 0 else case.met in view.met_in_bulk


def _ended_in_bulk(view: View) -> Callable[[SeenCase], bool | None]:
    return lambda case: None if case.ended < 0 else case.ended in view.ended_in_bulk


def _repeated(_view: View) -> Callable[[SeenCase], bool | None]:
    return lambda case: case.repeats > 0


def _twice(_view: View) -> Callable[[SeenCase], bool | None]:
    return lambda case: case.twice


def _unclosed(_view: View) -> Callable[[SeenCase], bool | None]:
    return lambda case: None if min(case.begun, case.met) < 0 else case.ended < 0 and not case.left


def _unmet(view: View) -> Callable[[SeenCase], bool | None]:
    """Return the law of a counter: visitors are called on their day. A register may take days, or become slower."""
    return lambda case: None if case.begun < 0 or not view.service else case.met < 0 and not case.left


def _unmet_stands(view: View, cases: Sequence[SeenCase]) -> bool:
    """Return whether most visitors of a day were not called: some are sent home on a day of strike."""
    days = {each.day for each in cases}
    return len(cases) > 0.6 * sum(each.day in days for each in view.cases)


def _one_day(view: View, cases: Sequence[SeenCase]) -> bool:
    """Return whether a register may have been worked off on a day or two."""
    return not view.service and (len({each.day for each in cases}) < WORKED_OFF or len(cases) < SEVERAL)


def _always(_view: View, _cases: Sequence[SeenCase]) -> bool:
    return True


def _shut(view: View) -> Callable[[SeenCase], bool | None]:
    """Return the law of the calendar: no ticket is issued, and few requests are answered, on a closed day."""

    def broken(case: SeenCase) -> bool | None:
        at = case.begun if view.service else case.met
        opened = view.is_open(at) if at >= 0 and view.rules.rests else None
        return None if opened is None else not opened

    return broken


def _skipped(view: View) -> Callable[[SeenCase], bool | None]:
    """Return the law of the serial numbers: each follows the one before, if that is usual."""
    last: dict[int, tuple[int, int]] = {}
    broken_by: dict[int, bool | None] = {}
    for case in view.cases:
        if case.serial < 0 or case.begun < 0:
            continue
        known = last.get(case.series)
        if known is not None and known[1] == case.day:
            broken_by[id(case)] = case.serial != known[0] + 1
        last[case.series] = case.serial, case.day
    return lambda case: broken_by.get(id(case))


CASE_LAWS: Final = (
    CaseLaw("order of moments", "order", 0.002, 0.1, _order, learnt=False, fewest=3, never=True),
    CaseLaw("waits of zero", "zero", 0.01, 0.3, _zero, _zero_stands, times=1.1, most=0.9),
    CaseLaw("waits of zero", "zero", 0.01, 0.15, _zero_busy, never=True, habit="met at a busy counter"),
    CaseLaw(
        "waits of zero", "zero", 0.03, 0.3, _zero_jumped, fewest=6, doubt=_always, habit="met before who waits"
    ),  # visitors with appointments have a queue of their own
    CaseLaw(
        "waits of zero",
        "zero",
        0.02,
        0.95,
        booked_at_once,
        nearly_all_at_once,
        most=2 * NATURAL,
        habit=AT_ONCE,
    ),
    CaseLaw("same moments", "same-stamp", 0.02, 0.95, _same_stamp, times=1.3, most=0.75, doubt=_one_day),
    CaseLaw("issued at any minute", "clock", 0.1, 0.95, _issued_at_quarters, times=1.3, fewest=8, doubt=_always),
    CaseLaw(AT_LIMIT, "drift", 0.1, 0.95, at_limit, learnt=False, fewest=8, never=True, doubt=_always),
    CaseLaw("met one by one", "bulk", 0.002, 0.3, _met_in_bulk, fewest=BULK),
    CaseLaw("closed one by one", "bulk", 0.002, 0.3, _ended_in_bulk, fewest=BULK),
    CaseLaw("rows once", "duplicate", 0.01, 0.3, copies, learnt=False, never=True),
    CaseLaw("rows not repeated", "duplicate", 0.02, 0.4, _repeated, fewest=5),
    CaseLaw("a number once", "duplicate", 0.005, 0.2, _twice, fewest=3, never=True),
    CaseLaw("visits end", "never-closed", 0.03, 0.8, _unclosed, final=True, fewest=5),
    CaseLaw(
        UNCALLED, "never-closed", 0.05, 0.3, _unmet, _unmet_stands, final=True, fewest=10, doubt=_always
    ),  # visitors are sent home on days of strike; if it lasts, it is no strike
    CaseLaw(
        ON_THE_DAY,
        "drift",
        0.05,
        0.98,
        _on_the_day,
        _several_days,
        final=True,
        times=1.3,
        most=0.75,
        doubt=_always,
        returns=True,
    ),  # a quicker register, or one that closes requests to look so
    CaseLaw("closed days", "calendar", 0.01, 0.5, _shut, days=WEEKENDS),
)
SERIAL_LAW: Final = CaseLaw("numbers follow", "missing", 0.02, 0.3, _skipped)


def gaps(view: View) -> Sign | None:
    """Return the numbers that are missing: holes in a series that usually has none, seldom but wide."""
    usual = view.usual.share(SERIAL_LAW.name).of(0.02)
    if usual > UNNUMBERED or not view.usual.known:
        return None
    own = [each for each in view.cases if each.serial >= 0 and each.begun >= 0]
    wide: list[tuple[int, SeenCase, SeenCase]] = []
    by_series: dict[int, list[SeenCase]] = {}
    for case in own:
        by_series.setdefault(case.series, []).append(case)
    for cases in by_series.values():
        wide += [
            (after.serial - before.serial - 1, before, after)
            for before, after in pairwise(cases)
            if after.serial > before.serial + 1
        ]
    wide = [each for each in wide if each[0] < WIDEST]
    missing = sum(each[0] for each in wide)
    if missing < max(5, 0.04 * len(own), 4 * usual * len(own)):
        return None
    first, last = min(each[1].at for each in wide), max(each[2].at for each in wide)
    return Sign(
        "numbers missing", "missing", [each for each in own if first <= each.at <= last], missing, len(own), 0.0
    )
