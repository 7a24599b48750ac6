"""Is it the line, or is it the counting? What else must be true if callers really were lost.

A rise of the lost rate is a miscount, a real overload, or an odd day of an honest count. Real overload lengthens the
waits in step with the loss (P(lost) = theta x mean wait: Mandelbaum and Zeltyn 2007; Brown et al. 2005), and who was
really lost calls again within the half-hour. Each witness gives two log-likelihood ratios in nats: of a miscount
against an overload, and against an odd day. They are bounded, so that none decides alone against all others, and
added (Good 1950).
"""

from __future__ import annotations

from math import exp, log
from typing import Final, NamedTuple

from streams.watch.french import number, percent
from streams.watch.incident import Evidence
from streams.watch.slot import FLOOR, Slot, wait_of

BACK_AFTER_LOST, BACK_AFTER_ANSWERED = 0.389, 0.093  # within 30 min; 33,344 bank calls of February 1999 (Technion)
AT_ONCE_SHARE: Final = 0.265  # of real losses; the same source
MOST: Final = 7.0  # nats that one piece of evidence may weigh
LITTLE: Final = 5.0  # and one that moods may bend
MILD: Final = 0.4  # of odd days have no longer waits
SAME: Final = 0.07  # standard deviation of the logarithm of the mean wait of stretches that are alike
IMPATIENT: Final = 60_000  # ms: mean patience of callers who hardly wait; they take the least wait for a loss
DEPTH_SPREAD: Final = 900.0  # standard deviation of the depths of one kind of waits
STRETCH_SPREAD: Final = 250.0  # and of a stretch's mean depth


class Usual(NamedTuple):
    """Hold what is usual on the line: losses and calls to expect, mean wait (ms) of the answered, and mean depths.

    `spread` is the variance of the logarithm of a day's mean wait, `days` how many days the stretch has.
    `answered_depth` is that of the answered, `lost_depth` that of the lost that were not lost at once
    (`streams.watch.slot.depth`); `at_once` of the lost and `no_wait` of the answered do not wait at all; the share
    `back` of the lost call again; `callers_told` where most calls have a caller. None is for what nobody knows yet.
    """

    lost: float
    offered: float | None
    wait: float | None
    spread: float
    days: int
    answered_depth: float | None
    lost_depth: float | None
    at_once: float
    callers_told: bool = True
    no_wait: float = 0.0
    back: float = BACK_AFTER_LOST


class Corroboration(NamedTuple):
    """Hold the evidence, and the nats for a miscount against an overload and against an odd day."""

    evidence: list[Evidence]
    no_overload: float
    no_odd_day: float


class Witness(NamedTuple):
    """Hold a piece of evidence, whose score is against an overload, and what it says against odd days (nats).

    A `mild` odd day leaves the waits as they are, as callers were less patient; a `busy` one is an overload in small.
    """

    evidence: Evidence
    mild: float
    busy: float


def corroborate(seen: Slot, usual: Usual) -> Corroboration:
    """Return what speaks for a miscount (above 0) or against one, besides the rate itself."""
    told = (weigh(seen, usual) for weigh in (_waits, _lost_waits, _call_backs, _at_once, _arrivals))
    found = [witness for witness in told if witness is not None]
    mild, busy = sum(each.mild for each in found), sum(each.busy for each in found)
    return Corroboration(
        [each.evidence for each in found],
        sum(each.evidence.score for each in found),
        -log(MILD * exp(-mild) + (1 - MILD) * exp(-busy)),
    )


def _bounded(score: float, most: float = MOST) -> float:
    return round(max(-most, min(most, score)), 2)


def _growth(seen: Slot, usual: Usual) -> float:
    """Return by what factor losses grew or fell, cautiously, between 1/20 and 30."""
    return min(30.0, max(0.05, (seen.lost + 1) / (usual.lost + 1)))


def _real(seen: Slot, usual: Usual) -> float:
    """Return the share of the losses that are real if the others are a miscount."""
    return min(1.0, (usual.lost + 0.5) / (seen.lost + 0.5))


def _waits(seen: Slot, usual: Usual) -> Witness | None:
    """Weigh the mean wait of the answered: as usual, or grown (or fallen) as the losses did."""
    if not seen.waited or usual.wait is None:
        return None
    mean = seen.waits / seen.waited
    # Only what exceeds the typical wait, mostly ringing, is waiting for an agent, and grows or falls with the losses.
    calm = usual.wait if usual.answered_depth is None else wait_of(usual.answered_depth)
    expected = calm + (usual.wait - calm) * _growth(seen, usual)
    if seen.lost > usual.lost:
        expected = max(expected, usual.wait + IMPATIENT * (seen.lost - usual.lost) / seen.offered)
    moved, in_step = log((mean + FLOOR) / (usual.wait + FLOOR)), log((expected + FLOOR) / (usual.wait + FLOOR))
    spread = SAME**2 + usual.spread / max(1, usual.days) + 1.5 / seen.waited
    score = _bounded(((moved - in_step) ** 2 - moved**2) / (2 * spread))
    was, now, due = usual.wait / 1000, mean / 1000, expected / 1000
    evidence = Evidence(
        "wait law",
        round(now, 1),
        round(due, 1),
        score,
        f"attente moyenne avant réponse {now:.0f} s (d'ordinaire {was:.0f} s) ; "
        f"de telles pertes en supposeraient {due:.0f} s",
        f"mean wait for an answer {now:.0f} s (usually {was:.0f} s); such losses would take {due:.0f} s",
    )
    return Witness(evidence, 0.0, score)


def _lost_waits(seen: Slot, usual: Usual) -> Witness | None:
    """Weigh how long the lost had waited: as callers who give up, or mostly as those who are answered."""
    if usual.answered_depth is None or usual.lost_depth is None or not seen.lost_waited or seen.lost <= usual.lost:
        return None
    real = _real(seen, usual)
    due = real * usual.lost_depth + (1 - real) * usual.answered_depth
    mean = seen.lost_depths / seen.lost_waited
    spread = DEPTH_SPREAD**2 / seen.lost_waited + STRETCH_SPREAD**2
    score = _bounded(((mean - usual.lost_depth) ** 2 - (mean - due) ** 2) / (2 * spread), LITTLE)
    waited, gives_up = wait_of(mean) / 1000, wait_of(usual.lost_depth) / 1000
    evidence = Evidence(
        "waits of the lost",
        round(waited, 1),
        round(gives_up, 1),
        score,
        f"les perdus ont attendu {waited:.0f} s ; d'ordinaire {gives_up:.0f} s",
        f"the lost had waited {waited:.0f} s; usually {gives_up:.0f} s",
    )
    return Witness(evidence, score, score)


def _call_backs(seen: Slot, usual: Usual) -> Witness | None:
    """Weigh how many of the lost called again; of a miscount only the usual losses are real."""
    if not seen.named:
        return None
    real = _real(seen, usual)
    share = usual.back * (real + (1 - real) * BACK_AFTER_ANSWERED / BACK_AFTER_LOST)
    score = seen.back * log(share / usual.back) + (seen.named - seen.back) * log((1 - share) / (1 - usual.back))
    score = _bounded(score / 2)  # the same callers come again and again, so they are no independent witnesses
    back = seen.back / seen.named
    evidence = Evidence(
        "call-backs",
        round(back, 3),
        round(usual.back, 3),
        score,
        f"{percent(back)} des appelants perdus rappellent dans la demi-heure ; {percent(usual.back)} le feraient",
        f"{back:.0%} of the lost call again within half an hour; {usual.back:.0%} would",
    )
    return Witness(evidence, score, score)


def _at_once(seen: Slot, usual: Usual) -> Witness | None:
    """Weigh the losses without any wait: calls made up have none, answered ones that are told lost have theirs.

    Where callers are just impatient their share is the usual one; in an overload it falls, as more give up waiting.
    """
    if seen.lost <= usual.lost:
        return None
    share = min(0.7, max(0.05, usual.at_once))

    def told(other: float) -> float:
        waited = (seen.lost - seen.at_once) * log((1 - other) / (1 - share))
        return exp(min(50.0, seen.at_once * log(other / share) + waited))

    real = _real(seen, usual)
    made_up, diluted = told(0.85), told(share * real)
    counted_wrong = log((1 + made_up + told(min(0.9, share * real + usual.no_wait * (1 - real)))) / 3)
    score = _bounded(counted_wrong - log((1 + diluted) / 2), LITTLE)
    evidence = Evidence(
        "lost at once",
        round(seen.at_once / seen.lost, 3),
        round(share, 3),
        score,
        f"{percent(seen.at_once / seen.lost)} des appels perdus n'ont pas attendu ; d'ordinaire {percent(share)}",
        f"{seen.at_once / seen.lost:.0%} of the lost calls never waited; usually {share:.0%}",
    )
    return Witness(evidence, _bounded(counted_wrong, LITTLE), score)


def _arrivals(seen: Slot, usual: Usual) -> Witness | None:
    """Weigh a rush: more callers than usual even without the losses that are too many."""
    if not usual.offered:
        return None
    true = seen.offered - max(0.0, seen.lost - usual.lost)
    ratio = (true + 5) / (usual.offered + 5)
    evidence = Evidence(
        "arrivals",
        round(ratio, 2),
        1.0,
        _bounded(-4 * max(0.0, log(ratio) - 0.2)),
        f"{number(ratio, 2)} fois le nombre d'appels attendu, pertes en trop non comprises",
        f"{ratio:.2f} times as many calls as expected, the losses beyond the usual left out",
    )
    return Witness(evidence, 0.0, 0.0)
