"""A sample of calls to verify by hand, and the equivalence bound that the answers give.

A failure to find a difference does not prove that there is none. The test is therefore inverted: how small is
the bound within which the counted rate is certainly right? Two one-sided tests answer that (TOST: Schuirmann, A
comparison of the two one-sided tests procedure, 1987), as in the acceptance of passenger counters (VDV 457; Siebert and
Ellenberger, Validation of automatic passenger counting, 2020).

The calls are drawn by a seed that names the published figures, not chosen. Anyone with the events can draw the same
ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final, Literal, NamedTuple, TypeAlias

from msgspec import Struct

from streams.certificate.attempts import Outcome
from streams.checks.interval import clopper_pearson

Answer: TypeAlias = Literal["right", "wrong", "unknown"]
WRONG_BY: Final = 0.05  # the chance to accept a count with a larger error


class CountedCall(NamedTuple):
    """A call as it was counted, without its caller."""

    month: str  # 2013-09
    outcome: Outcome | Literal["unresolved"]
    call: str
    at: int  # when it entered the line, epoch ms
    wait: int  # ms

    @property
    def lost(self) -> bool:
        """Return whether the call counts as lost in the lost rate."""
        return self.outcome == "lost"


class Checked(NamedTuple):
    """A person's verdict on a drawn call: whether it was rightly counted as lost, or as not lost."""

    lost: bool  # as it was counted
    answer: Answer


class Equivalence(Struct, frozen=True):
    """The accuracy of the counted lost rate by a sample. All values are shares."""

    checked: int
    wrong: int
    unknown: int  # could not be verified: the bounds count them as wrong
    low: float  # lower bound of the counted minus the true rate
    high: float  # upper bound of the same
    within: float  # the counted rate is right within this


def draw(calls: Iterable[CountedCall], number: int, seed: str) -> list[CountedCall]:
    """Return about `number` calls in time order, half of them lost.

    The groups are the lost calls and the others; each call of a group has the same chance. Calls are taken at equal
    steps through outcomes and months, and within these by a hash of the seed and the call, so each month is represented
    in proportion.

    >>> calls = [CountedCall("2013-01", "answered", str(n), n, 0) for n in range(1000)]
    >>> [each.call for each in draw(calls, 3, "a")] == [each.call for each in draw(calls[::-1], 3, "a")]
    True
    """
    every = list(calls)
    drawn: list[CountedCall] = []
    for group in ([each for each in every if each.lost], [each for each in every if not each.lost]):
        taken = min(len(group), max(1, round(number * len(group) / len(every)))) if group else 0
        in_order = sorted(group, key=lambda each: (each.outcome, each.month, _hash(seed, each.call)))
        offset = int(_hash(seed, ""), 16) / 16**64
        drawn += [in_order[int((n + offset) * len(group) / taken)] for n in range(taken)]
    return sorted(drawn, key=lambda each: (each.at, each.call))


def equivalence(answers: Sequence[Checked], lost: int, calls: int) -> Equivalence:
    """Return the bound within which the lost rate is right, if `lost` of the `calls` were counted lost.

    A call wrongly counted as lost raises the rate, any other wrongly counted call lowers it: counted - true = (L q_l -
    O q_o) / (L + O). L calls were counted as lost and O calls otherwise; the shares q_l and q_o of these were counted
    wrongly. Each q has exact bounds (Clopper and Pearson) at half the level, as both enter each bound (Bonferroni).
    Proportional sampling by month only makes the exact bounds conservative (Hoeffding, On the distribution of the
    number of successes in independent trials, 1956). `calls` is above 0.

    >>> right = [Checked(False, "right")] * 98 + [Checked(True, "right")] * 2
    >>> round(equivalence(right, 200, 10_000).within, 4)
    0.0362
    """
    low = high = 0.0
    for is_lost, of in ((True, lost), (False, calls - lost)):
        own = [each.answer for each in answers if each.lost == is_lost]
        least = clopper_pearson(own.count("wrong"), len(own), WRONG_BY / 2)[0] * of / calls
        most = clopper_pearson(len(own) - own.count("right"), len(own), WRONG_BY / 2)[1] * of / calls
        low, high = (low + least, high + most) if is_lost else (low - most, high - least)
    said = [each.answer for each in answers]
    return Equivalence(len(said), said.count("wrong"), said.count("unknown"), low, high, max(-low, high))


def best(calls: Sequence[CountedCall], number: int) -> float:
    """Return the bound if every one of `number` drawn calls was counted rightly."""
    drawn = [Checked(each.lost, "right") for each in draw(calls, number, "")]
    return equivalence(drawn, sum(each.lost for each in calls), len(calls)).within


def _hash(seed: str, call: str) -> str:
    return sha256(f"{seed} {call}".encode()).hexdigest()
