"""The strata of a line's calls by the risk that they are counted wrongly, and the calls that a sample draws of each."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import Final, Literal, TypeAlias, get_args

from streams.calls.call import ANSWERED, LOST, REASON_MASK, Call
from streams.events import Outcome

Stratum: TypeAlias = Literal[
    "lost-talk", "lost-at-once", "lost", "answered-no-agent", "answered-short", "answered", "diverted"
]
STRATA: Final[tuple[Stratum, ...]] = get_args(Stratum)
COUNTED: Final[Mapping[Stratum, Outcome]] = {
    "lost-talk": "lost",
    "lost-at-once": "lost",
    "lost": "lost",
    "answered-no-agent": "answered",
    "answered-short": "answered",
    "answered": "answered",
    "diverted": "diverted",
}
LOST_STRATA: Final[tuple[Stratum, ...]] = ("lost-talk", "lost-at-once", "lost")
AT_ONCE: Final = 1_000  # ms of wait
SHORT_TALK: Final = 15_000  # ms: a machine that answers speaks as long
WRONG: Final[Mapping[Stratum, float]] = {
    "lost-talk": 0.5,
    "lost-at-once": 0.1,
    "lost": 0.05,
    "answered-no-agent": 0.05,
    "answered-short": 0.05,
    "answered": 0.01,
    "diverted": 0.01,
}  # guessed share of the calls that are counted wrongly
RISKY: Final[tuple[Stratum, ...]] = ("answered-no-agent", "answered-short")


def stratum(call: Call) -> Stratum | None:
    """Return the stratum of a call by its present outcome; None if it has none.

    >>> stratum(Call(0, outcome=LOST, lost=500, lost_wait=500))
    'lost-at-once'
    """
    kind = call.outcome & ~REASON_MASK
    if kind == LOST:
        if call.talk > 0:
            return "lost-talk"
        return "lost-at-once" if 0 <= call.wait < AT_ONCE else "lost"
    if kind != ANSWERED:
        return "diverted" if kind else None
    if not call.agent:
        return "answered-no-agent"
    return "answered-short" if 0 <= call.talked < SHORT_TALK else "answered"


def allocation(counts: Mapping[Stratum, int], number: int) -> dict[Stratum, int]:
    """Return how many of `number` calls to draw from strata of these sizes; at most as many as there are.

    The estimate varies least if a stratum gets calls in proportion to its size times the deviation of its answers
    (Neyman, On the two different aspects of the representative method, 1934). The deviations are first guesses: a loss
    after a conversation is wrong as often as not, an ordinary call hardly ever. A machine answers too few calls for a
    proportional share, so each stratum of such calls gets one call first.

    >>> allocation({"lost-talk": 2, "lost-at-once": 10, "lost": 60}, 5)
    {'lost-talk': 0, 'lost-at-once': 1, 'lost': 4}
    """
    left, taken = dict(counts), dict.fromkeys(counts, 0)
    for each in RISKY:
        if 0 < 2 * left.get(each, 0) < sum(counts.values()) and sum(taken.values()) < number:
            taken[each], left[each] = 1, left[each] - 1
    weights = {each: size * sqrt(WRONG[each] * (1 - WRONG[each])) for each, size in counts.items()}
    for _ in range(min(number, sum(counts.values())) - sum(taken.values())):
        # The method of Sainte-Laguë keeps to the proportions with whole numbers.
        best = max((each for each in left if left[each]), key=lambda each: weights[each] / (2 * taken[each] + 1))
        taken[best] += 1
        left[best] -= 1
    return taken
