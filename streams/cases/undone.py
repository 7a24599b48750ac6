"""A fault of lengths undone: if it is, the lengths are usual again, and the true ones are known.

A wrong unit multiplies all waits, swapped columns turn them round, a wrong clock shifts them: each is a map, and its
inverse gives back the usual distribution. Each case weighs the likelihood ratio of its undone length over its recorded
one. More tests keep real changes out, which move waits as well. The undone lengths must be as likely as usual ones, and
the recorded ones as spread: with more staff, nearly all visitors wait the same few seconds. And either a counter met
visitors while it still served others, which is impossible, or short waits depend on one another as in a queue: at a
free desk they do not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import exp, sqrt
from statistics import median
from typing import Final

from streams.cases.case import SeenCase
from streams.cases.usual import BINS, LEAST, Lengths, bin_of, spread
from streams.cases.view import CaseKind, Sign, View, memory, overtaken
from streams.checks.segment import segment

MOST: Final = 2.0  # nats, of one case
FEWEST: Final = 6  # cases
LONG: Final = 5400.0  # s
MANY: Final = 20  # cases, if only their shape shows it
ALIKE: Final = 50  # cases, if only their distribution shows it
KOLMOGOROV: Final = 1.36  # of one sample in twenty the distance to its own distribution is greater
ODD: Final = 1.2  # nats: by which a day's lengths may be less likely than usual ones
NARROW: Final = 0.45  # of the usual spread; waits without a queue are alike
BEYOND: Final = 1.2  # times the longest usual waits but one in a hundred
MEMORY: Final = 0.4  # correlation of a wait with the one before: a queue has .5 to .9, a free desk 0 to .3
OVERTAKEN: Final = 0.2  # share of visitors called before the one who came just before them; half if waits are scaled
EARLY: Final = 2  # calls before the office opens
CROWDED: Final = 0.08  # share of visits that overlap at their counter

UNDO: Final[Mapping[str, tuple[CaseKind, Callable[[float], float]]]] = {
    "divided by 60": ("unit", lambda length: length * 60),
    "times 60": ("unit", lambda length: length / 60),
    "divided by 1000": ("unit", lambda length: length * 1000),
    "turned round": ("swapped", lambda length: -length),
    "an hour early": ("clock", lambda length: length + 3600),
}
OF_TIMES: Final = ("divided by 60", "times 60")


def waits_undone(view: View) -> Sign | None:
    """Return the stretch whose waits are usual once a fault is undone, the likeliest of all faults."""
    return _best(view, view.waited, view.usual.waits, lambda case: (case.wait or 0) / 1000, tuple(UNDO), "waits ")


def times_undone(view: View) -> Sign | None:
    """Return the same for times in service."""
    return _best(view, view.timed, view.usual.times, lambda case: (case.time or 0) / 1000, OF_TIMES, "times ")


def columns_swapped(view: View) -> Sign | None:
    """Return the stretch whose waits look like times in service, and whose times look like waits."""
    waits, times = view.usual.waits, view.usual.times
    of_wait, of_time = waits.log_shares(), times.log_shares()
    cases = [each for each in view.timed if each.wait is not None and each.wait >= 0 and (each.time or -1) >= 0]
    if not (waits.known and times.known) or len(cases) < FEWEST:
        return None

    def stranger(case: SeenCase) -> float:  # times in service do not change with the queue
        time = bin_of((case.time or 0) / 1000)
        return of_wait[time] - of_time[time]

    def weigh(case: SeenCase) -> float:
        wait, time = bin_of((case.wait or 0) / 1000), bin_of((case.time or 0) / 1000)
        return _clipped(of_wait[time] + of_time[wait] - of_wait[wait] - of_time[time])

    found = segment([weigh(each) for each in cases])
    if found is None or found.score < view.alarm("columns swapped"):
        return None
    own = cases[found.start : found.end]
    if len(own) < FEWEST or not (
        _fits([(each.time or 0) / 1000 for each in own], of_wait)
        and _fits([(each.wait or 0) / 1000 for each in own], of_time)
        and sum(map(stranger, own)) >= max(FEWEST, 0.3 * len(own))
    ):
        return None
    return Sign("columns swapped", "swapped", own, len(own), len(own), found.score, "columns swapped")


def _best(
    view: View,
    cases: Sequence[SeenCase],
    usual: Lengths,
    length: Callable[[SeenCase], float],
    undos: Sequence[str],
    of: str,
) -> Sign | None:
    if not usual.known or len(cases) < FEWEST:
        return None
    shares, lengths = usual.log_shares(), [length(each) for each in cases]
    recorded = [shares[bin_of(each)] for each in lengths]
    common = max(shares)
    if segment([min(MOST, common - each) - MOST / 2 for each in recorded]) is None:
        return None  # none is rare enough
    signs = [_undone(view, cases, usual, lengths, recorded, shares, name, of) for name in undos]

    def fit(sign: Sign) -> float:  # swapped moments and a wrong clock both turn waits negative
        undo = UNDO[sign.undo][1]
        return sum(shares[bin_of(max(0.0, undo(length(each))))] for each in sign.cases) / len(sign.cases)

    return max(filter(None, signs), key=lambda sign: (sign.score * (sign.kind == "unit"), fit(sign)), default=None)


def _undone(
    view: View, cases: Sequence[SeenCase], usual: Lengths, lengths: Sequence[float], known: Sequence[float],
    shares: Sequence[float], name: str, of: str,
) -> Sign | None:  # fmt: skip
    kind, undo = UNDO[name]
    common = max(shares)

    def weigh(recorded: float, log_share: float) -> float:
        true = undo(recorded)
        if true < 0:
            return -MOST
        if recorded < 0:
            return MOST / 2 + _clipped(shares[bin_of(true)] - common)
        return _clipped(shares[bin_of(true)] - log_share)

    found = segment(list(map(weigh, lengths, known)))
    if found is None or found.score < view.alarm(of + name):
        return None
    own = cases[found.start : found.end]
    recorded = lengths[found.start : found.end]
    if len(own) < FEWEST or not _fits([undo(each) for each in recorded], shares):
        return None
    sure = _sure(view, own, recorded, usual, name)
    if sure is None:
        return None
    return Sign(of + name, kind, own, len(own), len(own), found.score, name, sure=sure)


def _sure(view: View, own: Sequence[SeenCase], recorded: Sequence[float], usual: Lengths, name: str) -> bool | None:
    """Return whether a fault is certain; None if there is none."""
    kind, undo = UNDO[name]
    if kind == "unit":
        if _scaled(view, own, recorded, usual, name):
            return view.service  # a register may answer faster
        alike = name != "times 60" and _alike([undo(each) for each in recorded], usual)
        return False if alike else None
    if sum(each < 0 for each in recorded) < 0.6 * len(own):
        return None
    if view.rules.opened is None:
        return True
    early = sum(view.early(each.met) for each in own)  # a clock that is early calls visitors before the doors open
    return True if (early >= EARLY) == (kind == "clock") else None


def _scaled(view: View, own: Sequence[SeenCase], recorded: Sequence[float], usual: Lengths, name: str) -> bool:
    """Return whether lengths are scaled: nothing real makes them so."""
    if name == "times 60":  # a rush ends in the evening, and visitors are called in turn
        shut = sum(view.shut(max(each.met, each.ended)) for each in own)
        return shut >= 0.2 * len(own) and median(recorded) > LONG and overtaken(own) >= OVERTAKEN
    positive = [each for each in recorded if each > 0]
    if len(positive) < FEWEST or min(recorded) < 0:
        return False
    scale = 60.0  # compared after scaling: short lengths would look alike beside `LEAST`
    usual_spread = spread([length for share in range(1, 40) if (length := usual.quantile(share / 40)) > LEAST])
    if spread([each * scale for each in positive]) < NARROW * usual_spread:
        return False
    crowded = view.crowded(own)
    if (crowded or 0.0) >= CROWDED:  # in truth a counter serves one visitor
        return True
    short = crowded != 0 and max(recorded) <= BEYOND * usual.quantile(0.99) / scale
    remembered = len(own) >= MANY and memory(own) - 1 / sqrt(len(own)) >= MEMORY
    return short and (remembered or (view.service and view.exceeded(own)))


def _alike(lengths: Sequence[float], usual: Lengths) -> bool:
    """Return whether lengths are distributed as usual ones are (Kolmogorov 1933, by bins)."""
    if len(lengths) < ALIKE or min(lengths) < 0:
        return False
    found = Lengths()
    found.learn(lengths)
    gap = most = 0.0
    for place in range(BINS):
        gap += found.bins.get(place, 0.0) / found.count - usual.bins.get(place, 0.0) / usual.count
        most = max(most, abs(gap))
    return most * sqrt(len(lengths)) <= KOLMOGOROV


def _fits(lengths: Sequence[float], shares: Sequence[float]) -> bool:
    """Return whether lengths are about as likely as usual ones."""
    known = [each for each in lengths if each >= 0]
    if len(known) < 0.8 * len(lengths):
        return False
    typical = sum(exp(each) * each for each in shares)
    return sum(shares[bin_of(each)] for each in known) / len(known) > typical - ODD


def _clipped(nats: float) -> float:
    return max(-MOST, min(MOST, nats))
