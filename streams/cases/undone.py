"""A fault of lengths undone: if it is, the lengths are usual again, and the true ones are known.

A wrong unit multiplies all waits, swapped columns turn them round, a wrong clock shifts them: each is a map, and its
inverse gives back the usual distribution. Each case weighs the likelihood ratio of its undone length over its recorded
one. More tests keep real changes out, which move waits as well. The undone lengths must be as likely as usual ones, and
the recorded ones as spread: with more staff, nearly all visitors wait the same few seconds. And either a counter met
visitors while it still served others, which is impossible, or short waits depend on one another as in a queue: at a
free desk they do not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from math import exp, log, sqrt
from typing import Final

from streams.cases.case import SeenCase
from streams.cases.usual import LEAST, Lengths, bin_of, spread
from streams.cases.view import NATURAL, CaseKind, Sign, View, memory, overtaken
from streams.checks.segment import segment

MOST: Final = 2.0  # nats, of one case
FEWEST: Final = 6  # cases
FEW: Final = 3  # calls at night
LONG: Final = 5400.0  # s
MANY: Final = 20  # cases, if only their shape shows it
ALIKE: Final = 50  # cases, if only their distribution shows it
KOLMOGOROV: Final = 1.36  # of one sample in twenty the distance to its own distribution is greater
ODD: Final = 1.2  # nats: by which a day's lengths may be less likely than usual ones
NARROW: Final = 0.45  # of the usual spread; waits without a queue are alike
BEYOND: Final = 1.2  # times the longest usual waits but one in a hundred
MEMORY: Final = 0.4  # correlation of a wait with the one before: a queue has .5 to .9, a free desk 0 to .3
OVERTAKEN: Final = 0.2  # share of visitors called before the one who came just before them; half if waits are scaled
SPARE: Final = 0.1  # share of lengths of 0 above the expected one
FAR: Final = 0.05  # share of lengths that no unit makes usual
EARLY: Final = 2  # calls before the office opens
CROWDED: Final = 0.08  # share of visits that overlap at their counter

UNDO: Final[Mapping[str, tuple[CaseKind, Callable[[float], float]]]] = {
    "divided by 60": ("unit", lambda length: length * 60),
    "times 60": ("unit", lambda length: length / 60),
    "divided by 1000": ("unit", lambda length: length * 1000),
    "turned round": ("swapped", lambda length: -length),
    "an hour early": ("clock", lambda length: length + 3600),
}
BLURRED: Final = 0.05  # share of the usual mean wait by which half a second, once multiplied, may move the true one
OF_TIMES: Final = ("divided by 60", "times 60")


def waits_undone(view: View) -> Sign | None:
    """Return the stretch whose waits are usual once a fault is undone, the likeliest of all faults."""
    return _best(view, view.waited, view.usual.waits, lambda case: (case.wait or 0) / 1000, tuple(UNDO), "waits ")


def times_undone(view: View) -> Sign | None:
    """Return the same for times in service."""
    return _best(view, view.timed, view.usual.times, lambda case: (case.time or 0) / 1000, OF_TIMES, "times ")


def is_blurred(undo: str, view: View) -> bool:
    """Return whether waits are too short to be recounted: divided ones may have been cut to whole seconds."""
    whole = all(each.met % 1000 == 0 for each in view.waited)
    return whole and undo.startswith("divided") and UNDO[undo][1](0.5) > BLURRED * view.usual.waits.mean()


def columns_swapped(view: View) -> Sign | None:
    """Return the stretch whose waits look like times in service, and whose times look like waits."""
    waits, times = view.usual.waits, view.usual.times
    cases = [
        each
        for each in view.timed
        if each.wait is not None and each.wait >= 0 and each.time is not None and each.time >= 0
    ]
    if not (waits.known and times.known) or len(cases) < FEWEST:
        return None
    of_wait, of_time = waits.log_shares(), times.log_shares()

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
        _fits([of_wait[bin_of((each.time or 0) / 1000)] for each in own], len(own), of_wait)
        and _fits([of_time[bin_of((each.wait or 0) / 1000)] for each in own], len(own), of_time)
        and sum(map(stranger, own)) >= max(FEWEST, 0.3 * len(own))
    ):
        return None
    if sum(each.time == 0 for each in own) > (waits.below(0.0) + 2 * SPARE) * len(own):
        return None  # times of 0 are unknown ones, and no waits
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
    known, common = {each: shares[bin_of(each)] for each in lengths}, max(shares)
    if segment([min(MOST, common - known[each]) - MOST / 2 for each in lengths]) is None:
        return None  # none is rare enough
    if min(lengths) >= 0:  # swapped moments and a wrong clock turn most lengths negative, unless one of them lasts
        undos = [name for name in undos if UNDO[name][0] == "unit" or of + name in view.doubted]
    signs = [_undone(view, cases, usual, lengths, known, shares, name, of) for name in undos]

    def likelihood(sign: Sign) -> tuple[bool, float, float]:
        if sign.kind == "unit":  # of two that explain the same few short lengths, the first is the commoner fault
            return sign.sure, sign.score, 0.0
        undo = UNDO[sign.undo][1]  # swapped moments and a wrong clock both turn waits negative
        fit = sum(shares[bin_of(max(0.0, undo(length(each))))] for each in sign.cases) / len(sign.cases)
        return sign.sure, 0.0, fit

    return max(filter(None, signs), key=likelihood, default=None)


def _undone(
    view: View, cases: Sequence[SeenCase], usual: Lengths, lengths: Sequence[float], known: Mapping[float, float],
    shares: Sequence[float], name: str, of: str,
) -> Sign | None:  # fmt: skip
    kind, undo = UNDO[name]
    common, rounded, free = max(shares), _rounded(lengths), usual.below(0.0) > NATURAL
    error = rounded * abs(undo(1.0) - undo(0.0))

    def true(recorded: float) -> float:
        return _possible(shares, undo(recorded), error)

    def weigh(recorded: float) -> float:
        if undo(recorded) < 0:
            return -MOST
        if recorded < 0:
            return MOST / 2 + _clipped(true(recorded) - common)
        if recorded == 0 and free:
            return 0.0
        return _clipped(true(recorded) - known[recorded])

    weights = {each: weigh(each) for each in known}
    found = segment([weights[each] for each in lengths])
    if found is None or found.score < view.alarm(of + name):
        return None
    own = cases[found.start : found.end]
    recorded = lengths[found.start : found.end]
    if len(own) < FEWEST or not _fits([true(each) for each in recorded if undo(each) >= 0], len(own), shares):
        return None
    positive = [true(each) for each in recorded if each > 0]
    if kind == "unit" and not _of_unit(positive, len(recorded), usual.below(undo(rounded)), shares):
        return None
    sure = _sure(view, own, recorded, usual, name)
    if sure is None and not (view.lasts(of + name, found.score) and 2 * len(own) > len(cases)):
        return None
    return Sign(of + name, kind, own, len(own), len(own), found.score, name, sure=bool(sure))


def _of_unit(positive: Sequence[float], cases: int, at_once: float, shares: Sequence[float]) -> bool:
    """Return whether a unit makes such lengths, given the log shares of the undone ones that are not 0.

    A length of 0 fits any unit, but its share must be about `at_once`.
    """
    too_many = cases - len(positive) > (2 * at_once + SPARE) * cases
    return len(positive) >= FEWEST and not too_many and _fits(positive, len(positive), shares)


def _rounded(lengths: Sequence[float]) -> float:
    """Return the greatest rounding error (s) of lengths, half a second if all are whole."""
    return 0.5 if all(each.is_integer() for each in lengths) else 0.0


def _possible(shares: Sequence[float], length: float, error: float) -> float:
    """Return the logarithm of the share of the lengths that may be rounded to one with an error (s)."""
    first, last = (bin_of(length - error), bin_of(length + error)) if error else (0, 0)
    return shares[bin_of(length)] if last <= first + 1 else log(sum(map(exp, shares[first : last + 1])))


def _sure(view: View, own: Sequence[SeenCase], recorded: Sequence[float], usual: Lengths, name: str) -> bool | None:
    """Return whether a fault is certain; None if there is none."""
    kind, undo = UNDO[name]
    if kind == "unit":
        if _scaled(view, own, recorded, usual, name):
            return view.service  # a register may answer faster
        return False if name != "times 60" and _alike(recorded, undo, usual) else None
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
        long = shut >= 0.2 * len(own) and sorted(recorded)[3 * len(recorded) // 4] > LONG
        minutes = shut >= FEW and not view.coarse and all(each % 60 == 0 for each in recorded)
        return (long or minutes) and overtaken(own) >= OVERTAKEN
    positive = [each for each in recorded if each > 0]
    if len(positive) < FEWEST or min(recorded) < 0:
        return False
    scale = 60.0  # compared after scaling: short lengths would look alike beside `LEAST`
    usual_spread = spread([length for share in range(1, 40) if (length := usual.quantile(share / 40)) > LEAST])
    if spread([each * scale for each in positive]) < NARROW * usual_spread:
        return False
    longest = BEYOND * usual.quantile(0.99) / scale
    if sum(each > longest for each in recorded) > FAR * len(recorded):
        return False
    crowded = view.crowded(own)
    if (crowded or 0.0) >= CROWDED:  # in truth a counter serves one visitor
        return True
    short = crowded != 0 and max(recorded) <= longest
    remembered = len(own) >= MANY and memory(own) - 1 / sqrt(len(own)) >= MEMORY
    return short and (remembered or (view.service and view.exceeded(own)))


def _alike(recorded: Sequence[float], undo: Callable[[float], float], usual: Lengths) -> bool:
    """Return whether lengths are distributed as usual ones are once a fault is undone (Kolmogorov 1933).

    Recorded lengths may be rounded to seconds, so that a second may be any length around a minute.
    """
    if len(recorded) < ALIKE or min(recorded) < 0:
        return False
    rounded, below, gap = _rounded(recorded), 0, 0.0
    for length, many in sorted(Counter(recorded).items()):
        below += many
        gap = max(gap, abs(below / len(recorded) - usual.below(undo(length + rounded))))
    return gap * sqrt(len(recorded)) <= KOLMOGOROV


def _fits(known: Sequence[float], cases: int, shares: Sequence[float]) -> bool:
    """Return whether lengths of these log shares are about as likely as usual ones; the other cases have none."""
    typical = sum(exp(each) * each for each in shares)
    return len(known) >= 0.8 * cases and sum(known) / len(known) > typical - ODD


def _clipped(nats: float) -> float:
    return max(-MOST, min(MOST, nats))
