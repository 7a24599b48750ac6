"""Is it the line, or is it the counting? What else must be true if callers really were lost.

Real overload lengthens the waits in step with the loss (P(lost) = theta x mean wait: Mandelbaum and Zeltyn 2007;
Brown et al. 2005), and who was really lost calls again within the half-hour. A miscount does neither. Each piece of
evidence is a log-likelihood ratio in nats, above zero for a miscount, bounded so that none decides alone against all
others; they are added (Good 1950).
"""

from __future__ import annotations

from math import exp, log
from typing import Final, NamedTuple

from streams.watch.incident import Evidence
from streams.watch.slot import Slot

BACK_AFTER_LOST, BACK_AFTER_ANSWERED = 0.389, 0.093  # within 30 min; 33,344 bank calls of February 1999 (Technion)
AT_ONCE_SHARE: Final = 0.265  # of real losses; the same source
MOST: Final = 7.0  # nats that one piece of evidence may weigh
LITTLE: Final = 4.0  # and one that moods may bend
FLOOR: Final = 2_000  # ms: waits below say little
DAY_SPREAD: Final = 0.25  # standard deviation of the logarithm of a day's mean wait


class Usual(NamedTuple):
    """Hold what is usual on the line: losses and calls to expect, mean waits (ms), share lost at once.

    `wait` is that of all calls, `answered_wait` of the answered, `lost_wait` of the lost that were not lost at once.

    None is for what nobody knows yet.
    """

    lost: float
    offered: float | None
    wait: float | None
    answered_wait: float | None
    lost_wait: float | None
    at_once: float | None


def corroborate(seen: Slot, usual: Usual) -> list[Evidence]:
    """Return what speaks for a miscount (score above 0) or for a real overload (below), besides the rate itself."""
    found = (weigh(seen, usual) for weigh in (_waits, _lost_waits, _call_backs, _at_once, _arrivals))
    return [evidence for evidence in found if evidence is not None]


def _bounded(score: float, most: float = MOST) -> float:
    return round(max(-most, min(most, score)), 2)


def _growth(seen: Slot, usual: Usual) -> float:
    """Return by what factor losses grew or fell, cautiously, between 1/20 and 30."""
    return min(30.0, max(0.05, (seen.lost + 1) / (usual.lost + 1)))


def _waits(seen: Slot, usual: Usual) -> Evidence | None:
    """Weigh the mean wait: as usual, or grown (or fallen) as the losses did."""
    if not seen.waited or usual.wait is None:
        return None
    mean = seen.waits / seen.waited
    expected = (usual.wait + FLOOR) * _growth(seen, usual)
    moved, in_step = log((mean + FLOOR) / (usual.wait + FLOOR)), log(expected / (usual.wait + FLOOR))
    spread = DAY_SPREAD**2 + 1.5 / seen.waited
    score = _bounded(((moved - in_step) ** 2 - moved**2) / (2 * spread))
    was, now, due = usual.wait / 1000, mean / 1000, max(0.0, expected - FLOOR) / 1000
    return Evidence(
        "wait law",
        round(now, 1),
        round(due, 1),
        score,
        f"attente moyenne {now:.0f} s (d'ordinaire {was:.0f} s) ; de telles pertes en supposeraient {due:.0f} s",
        f"mean wait {now:.0f} s (usually {was:.0f} s); such losses would take {due:.0f} s",
    )


def _lost_waits(seen: Slot, usual: Usual) -> Evidence | None:
    """Weigh how long the lost had waited: as callers who give up, or as those who are answered.

    Both waits are taken as exponential, so the ratio of n of them with sum s is n log(b / a) - s (1 / a - 1 / b).
    """
    if usual.answered_wait is None or usual.lost_wait is None or not seen.lost_waited or seen.lost <= usual.lost:
        return None
    gives_up, answered = usual.lost_wait, usual.answered_wait + FLOOR
    if gives_up < 2 * answered:
        return None
    n, total = seen.lost_waited, seen.lost_waits
    score = n * log(gives_up / answered) - total * (1 / answered - 1 / gives_up)
    return Evidence(
        "waits of the lost",
        round(total / n / 1000, 1),
        round(gives_up / 1000, 1),
        _bounded(score / 2, LITTLE),  # waits of one stretch resemble each other
        f"les perdus ont attendu {total / n / 1000:.0f} s ; d'ordinaire {gives_up / 1000:.0f} s",
        f"the lost had waited {total / n / 1000:.0f} s; usually {gives_up / 1000:.0f} s",
    )


def _call_backs(seen: Slot, usual: Usual) -> Evidence | None:
    """Weigh how many of the lost called again; of a miscount only the usual losses are real."""
    if not seen.named:
        return None
    real = min(1.0, (usual.lost + 0.5) / (seen.lost + 0.5))
    share = real * BACK_AFTER_LOST + (1 - real) * BACK_AFTER_ANSWERED
    score = seen.back * log(share / BACK_AFTER_LOST) + (seen.named - seen.back) * log(
        (1 - share) / (1 - BACK_AFTER_LOST)
    )
    back = seen.back / seen.named
    return Evidence(
        "call-backs",
        round(back, 3),
        BACK_AFTER_LOST,
        _bounded(score / 2),  # the same callers come again and again, so they are no independent witnesses
        f"{back:.0%} des appelants perdus rappellent dans la demi-heure ; {BACK_AFTER_LOST:.0%} le feraient",
        f"{back:.0%} of the lost call again within half an hour; {BACK_AFTER_LOST:.0%} would",
    )


def _at_once(seen: Slot, usual: Usual) -> Evidence | None:
    """Weigh the losses without any wait: in an overload people wait before they give up."""
    if seen.lost <= usual.lost:
        return None
    share = min(0.7, max(0.05, AT_ONCE_SHARE if usual.at_once is None else usual.at_once))
    told = seen.at_once * log(0.85 / share) + (seen.lost - seen.at_once) * log(0.15 / (1 - share))
    score = log(0.5 + 0.5 * exp(min(told, 50.0)))  # a miscount need not be of calls without a wait
    return Evidence(
        "lost at once",
        round(seen.at_once / seen.lost, 3),
        round(share, 3),
        _bounded(score, LITTLE),
        f"{seen.at_once / seen.lost:.0%} des appels perdus n'ont pas attendu ; d'ordinaire {share:.0%}",
        f"{seen.at_once / seen.lost:.0%} of the lost calls never waited; usually {share:.0%}",
    )


def _arrivals(seen: Slot, usual: Usual) -> Evidence | None:
    """Weigh a rush: more callers than usual even without the losses that are too many."""
    if not usual.offered:
        return None
    true = seen.offered - max(0.0, seen.lost - usual.lost)
    ratio = (true + 5) / (usual.offered + 5)
    score = _bounded(-4 * max(0.0, log(ratio) - 0.2))
    return Evidence(
        "arrivals",
        round(ratio, 2),
        1.0,
        score,
        f"{ratio:.2f} fois le nombre d'appels attendu, pertes en trop non comprises",
        f"{ratio:.2f} times as many calls as expected, the losses beyond the usual left out",
    )
