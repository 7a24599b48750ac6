"""Is it the line, or is it the counting? If callers really were lost, other signs must show it.

A rise of the lost rate is a miscount, a real overload, a refusal, or an odd day of an honest count. Real overload
lengthens the waits in step with the loss (P(lost) = theta x mean wait: Mandelbaum and Zeltyn 2007; Brown et al. 2005),
and callers who really were lost call again within the half-hour. Refused callers (full trunks, a message that hangs up)
are lost without waiting, so only signs other than waits support a refusal: call-backs, the switch's own reasons, a
rush, and losses that come in bursts. Each witness gives a log-likelihood ratio in nats of a miscount against each
alternative. The ratios are bounded and added (Good 1950). Losses are real only if witnesses of two kinds say so: those
of one kind observe the same thing, and a fault may imitate it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import exp, log
from typing import Final, Literal, NamedTuple, TypeAlias

from streams.checks.beta_binomial import log_pmf
from streams.watch.slot import Slot, wait_of
from streams.watch.thresholds import RATE, SLOT, WITNESS
from streams.watch.usual import Usual

Check: TypeAlias = Literal[
    "wait law", "waits of the lost", "call-backs", "lost at once", "arrivals", "refused", "bursts", "talk"
]

# What each witness observes.
KIND: Final[Mapping[Check, str]] = {
    "wait law": "waits of the answered",
    "waits of the lost": "waits of the lost",
    "call-backs": "callers",
    "lost at once": "waits of the lost",
    "arrivals": "crowd",
    "refused": "switch",
    "bursts": "hours",
    "talk": "crowd",
}
APART: Final = frozenset({"waits of the answered", "crowd"})  # kinds that do not come from lost calls
EVEN: Final = 1e-3  # correlation of the calls of one hour if they are lost by chance
MOST_EXPONENT: Final = 50.0  # nats: the bound that keeps likelihood ratios from overflowing


class Witness(NamedTuple):
    """One check's observation beside the usual value, and its weight for a miscount, in nats.

    On a mild odd day callers are less patient, but the waits are as usual. A busy odd day is a small overload.
    """

    check: Check
    observed: float  # seconds of a wait, a share of calls, or a ratio
    usual: float
    expected: float  # if the losses are real
    no_overload: float  # nats against an overload
    no_mild_day: float  # nats against a mild odd day
    no_busy_day: float  # nats against a busy odd day
    no_refusal: float = 0.0  # nats against callers who were lost without waiting


class Corroboration(NamedTuple):
    """The witnesses, and the sums of their weights (nats) for a miscount against each alternative."""

    witnesses: list[Witness]
    no_overload: float
    no_refusal: float
    no_odd_day: float
    distinct: float  # share of the lost calls that are the first ones of a known caller

    @property
    def real(self) -> bool:
        """Whether witnesses of at least two kinds show that callers really were lost."""
        return any(
            _two_say_so([(each.check, getattr(each, against)) for each in self.witnesses])
            for against in ("no_overload", "no_refusal")
        )

    @property
    def unreal(self) -> bool:
        """Whether the lost calls themselves, by their waits and by their callers, look as if they were not lost.

        Usual waits of the answered exclude an overload, but not a menu, machines that call, or callers who changed. Few
        callers say nothing about the losses of all the others.
        """
        shares = {"waits of the lost": 1.0, "call-backs": self.distinct}
        of_lost = [shares[each.check] * each.no_overload for each in self.witnesses if each.check in shares]
        return min(of_lost, default=0.0) >= WITNESS.of_lost

    @property
    def apart(self) -> float:
        """The weights against an overload (nats) of the witnesses that do not come from lost calls."""
        return sum(each.no_overload for each in self.witnesses if KIND[each.check] in APART)


def _two_say_so(scores: Iterable[tuple[Check, float]]) -> bool:
    """Return whether scores decide for real losses, and hold without the kind of witness that says so most.

    Witnesses that do not come from lost calls decide alone: with the losses themselves, two kinds of calls say so.
    """
    by_kind: dict[str, float] = {}
    for check, score in scores:
        by_kind[KIND[check]] = by_kind.get(KIND[check], 0.0) + score
    whole = sum(by_kind.values())
    apart = sum(score for kind, score in by_kind.items() if kind in APART)
    least = whole - min(by_kind.values(), default=0.0)
    return whole <= -RATE.decided and (apart <= -RATE.decided or least <= -WITNESS.second)


def corroborate(seen: Slot, usual: Usual, hours: Iterable[tuple[int, int]] = ()) -> Corroboration:
    """Return the evidence for (above 0) or against a miscount, without the evidence of the rate itself.

    `hours` has the lost and the offered calls of each hour.
    """
    asked = [weigh(seen, usual) for weigh in (_waits, _lost_waits, _call_backs, _at_once, _arrivals, _refused, _talk)]
    witnesses = [witness for witness in (*asked, _bursts(hours)) if witness is not None]
    mild, busy = sum(each.no_mild_day for each in witnesses), sum(each.no_busy_day for each in witnesses)
    return Corroboration(
        witnesses,
        sum(each.no_overload for each in witnesses),
        sum(each.no_refusal for each in witnesses),
        -log(WITNESS.mild_days * exp(-mild) + (1 - WITNESS.mild_days) * exp(-busy)),
        seen.named / seen.lost if seen.lost else 0.0,
    )


def _bounded(score: float, most: float = WITNESS.most) -> float:
    return round(max(-most, min(most, score)), 2)


def _growth(seen: Slot, usual: Usual) -> float:
    """Return the factor by which losses grew or fell (one added to both), within bounds."""
    return min(WITNESS.most_growth, max(WITNESS.least_growth, (seen.lost + 1) / (usual.lost + 1)))


def _real(seen: Slot, usual: Usual) -> float:
    """Return the share of the losses that is real if the losses beyond the usual are a miscount."""
    return min(1.0, (usual.lost + 0.5) / (seen.lost + 0.5))


def _waits(seen: Slot, usual: Usual) -> Witness | None:
    """Weigh whether the mean wait of answered calls is usual, or has changed in proportion to the losses."""
    if not seen.waited:
        return None
    mean = seen.waits / seen.waited
    if usual.wait is None:
        return _waits_of_any_line(seen, usual, mean)
    # The typical wait is mostly ringing. Only the wait beyond it is for an agent, and changes with the losses.
    calm = usual.wait if usual.answered_log_wait is None else wait_of(usual.answered_log_wait)
    expected = calm + (usual.wait - calm) * _growth(seen, usual)
    if seen.lost > usual.lost:
        expected = max(expected, usual.wait + WITNESS.patience * (seen.lost - usual.lost) / seen.offered)
    little = SLOT.little_wait
    moved, in_step = log((mean + little) / (usual.wait + little)), log((expected + little) / (usual.wait + little))
    spread = WITNESS.same**2 + usual.spread / max(1, usual.days) + WITNESS.one_wait / seen.waited
    score = _bounded(((moved - in_step) ** 2 - moved**2) / (2 * spread))
    return Witness("wait law", mean / 1000, usual.wait / 1000, expected / 1000, score, 0.0, score)


def _waits_of_any_line(seen: Slot, usual: Usual, mean: float) -> Witness:
    """On a line without a known usual wait, weigh whether its usual or its observed losses imply the mean wait (ms)."""
    a_share = 1000 / WITNESS.theta / seen.offered  # ms of mean wait for each lost call
    little = SLOT.little_wait
    counted, real = (log((lost * a_share + little) / (mean + little)) for lost in (usual.lost, seen.lost))
    spread = WITNESS.theta_spread**2 + WITNESS.one_wait / seen.waited
    score = _bounded((real**2 - counted**2) / (2 * spread), WITNESS.most_unlearnt)
    expected = usual.lost * a_share / 1000
    return Witness("wait law", mean / 1000, expected, seen.lost * a_share / 1000, score, 0.0, score)


def _lost_waits(seen: Slot, usual: Usual) -> Witness | None:
    """Weigh whether the waits of lost calls are typical of callers who give up, or of answered calls."""
    answered, lost = usual.answered_log_wait, usual.lost_log_wait
    if answered is None or lost is None or not seen.lost_waited or seen.lost <= usual.lost:
        return None
    real = _real(seen, usual)
    due = real * lost + (1 - real) * answered
    mean = seen.lost_log_waits / seen.lost_waited
    spread = WITNESS.lost_wait**2 / seen.lost_waited + WITNESS.stretch_wait**2
    score = _bounded(((mean - lost) ** 2 - (mean - due) ** 2) / (2 * spread))
    gives_up = wait_of(lost) / 1000
    return Witness("waits of the lost", wait_of(mean) / 1000, gives_up, gives_up, score, score, score)


def _call_backs(seen: Slot, usual: Usual) -> Witness | None:
    """Weigh how many lost callers called again; in a miscount only the usual losses are real.

    If no more losses than usual have a known caller, all of those may be real.
    """
    if not seen.named:
        return None
    real = min(1.0, (usual.lost + 0.5) / (seen.named + 0.5))
    share = usual.back * (real + (1 - real) * WITNESS.back_after_answered / WITNESS.back_after_lost)
    score = seen.back * log(share / usual.back) + (seen.named - seen.back) * log((1 - share) / (1 - usual.back))
    whole = _bounded(score, WITNESS.most_claimed)
    score = _bounded(score * WITNESS.back_weight, WITNESS.most_claimed)
    return Witness("call-backs", seen.back / seen.named, usual.back, usual.back, score, score, score, whole)


def _at_once(seen: Slot, usual: Usual) -> Witness | None:
    """Weigh the losses without a wait: invented calls have no wait, answered calls reported as lost have one.

    Impatient callers leave this share as usual; an overload lowers it, since more callers give up waiting.
    """
    told = seen.at_once + seen.lost_waited  # lost, with a known wait
    if seen.lost <= usual.lost or not told:
        return None
    share = min(WITNESS.most_at_once, max(WITNESS.least_at_once, usual.at_once))

    def likelihood(other: float) -> float:
        waited = seen.lost_waited * log((1 - other) / (1 - share))
        return exp(min(MOST_EXPONENT, seen.at_once * log(other / share) + waited))

    real = _real(seen, usual)
    made_up, diluted = likelihood(WITNESS.made_up_at_once), likelihood(share * real)
    flipped = likelihood(min(WITNESS.most_answered_at_once, share * real + usual.no_wait * (1 - real)))
    counted_wrong = log((1 + made_up + flipped) / 3)
    score = _bounded(counted_wrong - log((1 + diluted) / 2), WITNESS.most_moody)
    no_mild_day = _bounded(counted_wrong, WITNESS.most_moody)
    return Witness("lost at once", seen.at_once / told, share, share, score, no_mild_day, score)


def _arrivals(seen: Slot, usual: Usual) -> Witness | None:
    """Weigh a rush: more callers than usual even without the excess losses."""
    if not usual.offered:
        return None
    true = seen.offered - max(0.0, seen.lost - usual.lost)
    ratio = (true + WITNESS.first_arrivals) / (usual.offered + WITNESS.first_arrivals)
    rush = _bounded(-WITNESS.rush * max(0.0, log(ratio) - WITNESS.no_rush))
    crowd = rush if ratio >= WITNESS.crowd else 0.0
    return Witness("arrivals", ratio, 1.0, 1.0, rush, crowd, crowd, rush)


def _refused(seen: Slot, usual: Usual) -> Witness | None:
    """Weigh the losses that the switch itself reports as refused: they can be real without a wait."""
    beyond = seen.lost - usual.lost
    if not seen.refused or beyond <= 0:
        return None
    full = seen.refused - seen.unattended
    score = -WITNESS.most if 2 * full >= beyond else -WITNESS.most_claimed if 2 * seen.refused >= beyond else 0.0
    return Witness("refused", seen.refused / seen.lost, 0.0, 0.0, score, score, score, score)


def _talk(seen: Slot, usual: Usual) -> Witness | None:
    """Weigh a rush whose conversations are shorter than usual, because all callers want the same thing."""
    if usual.talk is None or not usual.offered or not seen.talked_on:
        return None
    mean = seen.talks / seen.talked_on
    if seen.answered < usual.offered or mean > WITNESS.short_talk * usual.talk:
        return None
    score = -WITNESS.most_moody
    return Witness("talk", mean / 1000, usual.talk / 1000, usual.talk / 1000, score, score, score, score)


def _bursts(hours: Iterable[tuple[int, int]]) -> Witness | None:
    """Weigh how evenly losses spread over the hours: a fault hits calls at random, refusals come in bursts."""
    counted = [(lost, offered) for lost, offered in hours if offered > 1]
    lost, offered = sum(lost for lost, _ in counted), sum(offered for _, offered in counted)
    if len(counted) < 2 or not 0 < lost < offered:  # noqa: PLR2004 -- one hour has no other to differ from
        return None
    rate = lost / offered
    burst = sum(log_pmf(k, n, rate, WITNESS.clusters) - log_pmf(k, n, rate, EVEN) for k, n in counted)
    score = _bounded(-burst, WITNESS.most_clusters)
    spread = sum((k - n * rate) ** 2 / (n * rate * (1 - rate)) for k, n in counted) / len(counted)
    return Witness("bursts", spread, 1.0, 1.0, 0.0, 0.0, 0.0, min(0.0, score))
