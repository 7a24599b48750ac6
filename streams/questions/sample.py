"""The figure of a miscounted stretch by persons' answers about calls drawn from it at random, whatever the mechanism.

Of the calls counted lost, a share was not lost, and of the others, a share was. Strata are weighted by their sizes
(Cochran, Sampling techniques, 1977, chapter 5); the shares have Jeffreys' law. An answer says that a call was counted
wrongly, but not whether a call counted lost was answered or never came, so the upper bound allows for both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import hypot
from typing import Annotated, NamedTuple

from msgspec import Meta, Struct

from streams.calls.counts import Counts
from streams.checks.interval import jeffreys
from streams.questions.question import Drawn
from streams.questions.stratum import LOST_STRATA, STRATA, Stratum

Share = Annotated[float, Meta(ge=0, le=1)]
Calls = Annotated[float, Meta(ge=0)]


class Estimated(NamedTuple):
    """Estimated counts, and by how many calls fewer or more may have been lost (95 %)."""

    counts: Counts
    fewer: float
    more: float

    def __add__(self, other: Estimated) -> Estimated:  # type: ignore[override] # a sum, as of counts
        """Return the estimate of two stretches whose answers are independent."""
        return Estimated(self.counts + other.counts, hypot(self.fewer, other.fewer), hypot(self.more, other.more))


class WrongShares(Struct, frozen=True):
    """The shares of a stretch's calls that were counted wrongly, by how they were counted.

    `of_lost` and `of_others` are the numbers of calls, drawn without strata, that give the same variance. None of the
    others is believed lost unless a person found one.
    """

    lost: Share
    of_lost: Calls
    others: Share = 0.0
    of_others: Calls = 0.0

    def estimate(self, counts: Counts, *, invented: bool) -> Estimated:
        """Return what a stretch's counts should be; if `invented`, calls wrongly counted lost never came."""
        mean = (self.lost * self.of_lost + 0.5) / (self.of_lost + 1)
        wrong = jeffreys(self.lost * self.of_lost, self.of_lost) or (mean, mean)
        hidden = (jeffreys(self.others * self.of_others, self.of_others) if self.others else None) or (0.0, 0.0)
        out, back = round(counts.lost * mean), round(counts.answered * self.others)
        answered = 0 if invented else out
        mended = Counts(
            counts.offered - (out - answered),
            counts.answered + answered - back,
            counts.lost - out + back,
            counts.diverted,
            counts.unresolved,
        )
        never_came = 0.0 if invented or counts.offered <= out else mended.lost * out / (counts.offered - out)
        fewer = hypot(counts.lost * (wrong[1] - mean), counts.answered * (self.others - hidden[0]))
        more = hypot(counts.lost * (mean - wrong[0]), counts.answered * (hidden[1] - self.others))
        return Estimated(mended, fewer, more + never_came)


def sample_of(drawn: Iterable[Drawn], sizes: Mapping[Stratum, int]) -> WrongShares | None:
    """Return the sample of a stretch from the calls drawn at random in it; None if nobody could judge a lost one.

    `sizes` are the numbers of the stretch's calls by stratum. If nobody judged a stratum, its lost calls are as often
    wrong as the other lost calls, and its other calls are right.
    """
    answers: dict[Stratum, list[bool]] = {each: [] for each in STRATA}
    for each in drawn:
        if each.answer in {"right", "wrong"}:
            answers[each.stratum].append(each.answer == "wrong")
    judged = [each for each in LOST_STRATA if answers[each]]
    if not judged:
        return None
    lost = _share(answers, {each: max(1, sizes.get(each, 0)) for each in judged})
    return WrongShares(
        *lost, *_share(answers, {each: sizes.get(each, 0) for each in STRATA if each not in LOST_STRATA})
    )


def _share(answers: Mapping[Stratum, list[bool]], sizes: Mapping[Stratum, int]) -> tuple[float, float]:
    """Return the wrong share over strata of these sizes, and how many calls without strata have the same variance."""
    whole = sum(sizes.values())
    share = variance = 0.0
    for stratum, size in sizes.items():
        told = answers[stratum]
        if told and whole:
            weight, wrong = size / whole, sum(told) / len(told)
            even = (sum(told) + 0.5) / (len(told) + 1)
            share += weight * wrong
            variance += weight**2 * even * (1 - even) / len(told)
    calls = sum(len(answers[each]) for each in sizes)
    even = (share * calls + 0.5) / (calls + 1)
    return share, even * (1 - even) / variance if variance else 0.0
