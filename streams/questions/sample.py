"""The figure of a miscounted stretch by persons' answers about calls drawn from it at random, whatever the mechanism.

Of the calls counted lost, a share was not lost, and of the others, a share was. Persons err, so in each stratum this
share and the share of wrong answers are both unknown, and are estimated together (Gaba and Winkler, Implications of
errors in survey data: a Bayesian model, 1992). Strata are weighted by their sizes (Cochran, Sampling techniques, 1977,
chapter 5). An answer says that a call was counted wrongly, but not whether a call counted lost was answered or never
came, so the upper bound allows for both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import hypot
from typing import Annotated, Final, NamedTuple

from msgspec import Meta, Struct

from streams.calls.counts import Counts
from streams.checks.erring import beta_bounds, share_law
from streams.events import Answer
from streams.questions.question import Drawn
from streams.questions.stratum import LOST_STRATA, STRATA, WRONG, Stratum

Share = Annotated[float, Meta(ge=0, le=1)]
Calls = Annotated[float, Meta(ge=0)]

LOST_WRONG: Final = 0.5  # of the calls counted lost in a miscount, before the first answer; weighs one call


class Estimated(NamedTuple):
    """Estimated counts, and by how many calls fewer or more may have been lost (95 %)."""

    counts: Counts
    fewer: float
    more: float

    def __add__(self, other: Estimated) -> Estimated:  # type: ignore[override] # a sum, as of counts
        """Return the estimate of two stretches whose answers are independent."""
        return Estimated(self.counts + other.counts, hypot(self.fewer, other.fewer), hypot(self.more, other.more))


class WrongShares(Struct, frozen=True):
    """The shares of a stretch's calls that were counted wrongly, by how they were counted: means and weights.

    `of_lost` and `of_others` are the numbers of calls whose Beta law varies as much. None of the others is believed
    lost unless a person found one.
    """

    lost: Share
    of_lost: Calls
    others: Share = 0.0
    of_others: Calls = 0.0

    def estimate(self, counts: Counts, *, invented: bool) -> Estimated:
        """Return what a stretch's counts should be; if `invented`, calls wrongly counted lost never came."""
        wrong, hidden = beta_bounds(self.lost, self.of_lost), beta_bounds(self.others, self.of_others)
        out, back = round(counts.lost * self.lost), round(counts.answered * self.others)
        answered = 0 if invented else out
        mended = Counts(
            counts.offered - (out - answered),
            counts.answered + answered - back,
            counts.lost - out + back,
            counts.diverted,
            counts.unresolved,
        )
        never_came = 0.0 if invented or counts.offered <= out else mended.lost * out / (counts.offered - out)
        fewer = hypot(counts.lost * (wrong[1] - self.lost), counts.answered * (self.others - hidden[0]))
        more = hypot(counts.lost * (self.lost - wrong[0]), counts.answered * (hidden[1] - self.others))
        return Estimated(mended, fewer, more + never_came)


def sample_of(drawn: Iterable[Drawn], sizes: Mapping[Stratum, int]) -> WrongShares | None:
    """Return the sample of a stretch from the calls drawn at random in it; None if nobody could judge a lost one.

    `sizes` are the numbers of the stretch's calls by stratum. If nobody judged a stratum, its lost calls are as often
    wrong as the other lost calls, and its other calls are right.
    """
    said: dict[Stratum, list[Answer | None]] = {each: [] for each in STRATA}
    for each in drawn:
        said[each.stratum].append(each.answer)
    laws = {
        each: share_law(
            answers.count("wrong"), answers.count("right"), LOST_WRONG if each in LOST_STRATA else WRONG[each]
        )
        for each, answers in said.items()
        if "wrong" in answers or ("right" in answers and each in LOST_STRATA)
    }
    judged = {each: max(1, sizes.get(each, 0)) for each in LOST_STRATA if each in laws}
    if not judged:
        return None
    others = {each: sizes.get(each, 0) for each in STRATA if each not in LOST_STRATA}
    return WrongShares(*_share(laws, judged), *_share(laws, others))


def _share(laws: Mapping[Stratum, tuple[float, float]], sizes: Mapping[Stratum, int]) -> tuple[float, float]:
    """Return the wrong share over strata of these sizes, and the weight (calls) of a Beta law that varies as much."""
    whole = sum(sizes.values()) or 1
    known = [(size / whole, *laws[each]) for each, size in sizes.items() if each in laws]
    share = sum(weight * mean for weight, mean, _ in known)
    variance = sum(weight**2 * of for weight, _, of in known)
    return share, share * (1 - share) / variance - 1 if variance else 0.0
