"""A sample of calls for a person to check, and what the answers say: counted right within so many points.

That no difference was found is no proof that there is none. So the question is the other way about: within which bound
is the counted rate surely right? Two one-sided tests answer it (TOST: Schuirmann, A comparison of the two one-sided
tests procedure, 1987), as passenger counters are accepted (VDV 457; Siebert and Ellenberger, Validation of automatic
passenger counting, 2020).

Nobody picks the calls: a seed that names the published figures does. Who has the events draws the same ones again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final, Literal, NamedTuple, TypeAlias

from msgspec import Struct

from streams.certificate.attempts import Outcome
from streams.checks.interval import clopper_pearson

Answer: TypeAlias = Literal["right", "wrong", "unknown"]
WRONG_BY: Final = 0.05  # the chance that a test is passed by a count that is farther off


class CountedCall(NamedTuple):
    """Hold a call as it was counted; it has no caller."""

    month: str  # 2013-09
    outcome: Outcome | Literal["unresolved"]
    call: str
    at: int  # when it entered the line, epoch ms
    wait: int  # ms

    @property
    def lost(self) -> bool:
        """Tell whether it counts in the lost rate."""
        return self.outcome == "lost"


class Checked(NamedTuple):
    """Hold what a person found of a call that was drawn: whether it is rightly lost, or rightly not."""

    lost: bool  # as it was counted
    answer: Answer


class Equivalence(Struct, frozen=True):
    """Say how right the lost rate was counted, by a sample; shares."""

    checked: int
    wrong: int
    unknown: int  # nobody could say: the bounds take them for wrong
    low: float  # of the counted rate less the true one
    high: float  # the same
    within: float  # the counted rate is right within this


def draw(calls: Iterable[CountedCall], number: int, seed: str) -> list[CountedCall]:
    """Return about `number` calls, in the order of their moments: of the lost and of the others as many as they are.

    Each call of a group has the same chance. Its calls are taken at equal steps through outcomes and months, and
    within these by a hash of the seed and the call, so that each month gives its share.

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
    """Return within which bound the lost rate is right, of which so many of the `calls` were counted `lost`.

    A call that was wrongly counted lost makes the rate too high, any other that was wrongly counted makes it too low:
    counted - true = (L q_l - O q_o) / (L + O), where L and O calls were counted lost and otherwise, and shares q of
    them wrongly. Each q has its exact bounds (Clopper and Pearson), each at half the level, as both enter each bound
    (Bonferroni). An equal share of each month makes the exact bounds only wider than need be (Hoeffding, On the
    distribution of the number of successes in independent trials, 1956). `calls` is above 0.

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
    """Return within which bound the rate is right where every one of `number` drawn calls is."""
    drawn = [Checked(each.lost, "right") for each in draw(calls, number, "")]
    return equivalence(drawn, sum(each.lost for each in calls), len(calls)).within


def _hash(seed: str, call: str) -> str:
    return sha256(f"{seed} {call}".encode()).hexdigest()
