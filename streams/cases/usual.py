"""The usual values of a counter or register: shares by law, the distribution of lengths, cases by hour.

Everything fades, so that a season passes and an old habit is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import exp, log
from typing import Final

from msgspec import Struct, field

from streams.checks.profile import ProfileState

BIN: Final = 0.3  # of the logarithm of a length
LEAST: Final = 3.0  # s added to each length, so that short ones are not spread over many bins
FLOOR: Final = 0.03  # share of a length that no day has had: of all bins together
BINS: Final = 60
KEEP: Final = 0.5 ** (1 / 40)  # a day's weight falls by half in forty opening days
NOTHING: Final = 1e-3  # of a length, faded
KNOWN_DAYS: Final = 6
KNOWN_CASES: Final = 40


def bin_of(length: float) -> int:
    """Return the bin of a length (s)."""
    return min(BINS - 1, int(log(length + LEAST) / BIN)) if length > 0 else _FIRST


_FIRST: Final = int(log(LEAST) / BIN)


class Lengths(Struct, array_like=True):
    """The distribution of a desk's waits, or of its times in service, by logarithmic bins.

    >>> usual = Lengths()
    >>> usual.learn([600.0 + 10 * number for number in range(60)])
    >>> shares = usual.log_shares()
    >>> usual.quantile(0.5) > 700 and shares[bin_of(900.0)] > shares[bin_of(15.0)] + 3
    True
    """

    bins: dict[int, float] = {}
    count: float = 0.0

    def learn(self, lengths: Iterable[float]) -> None:
        """Let earlier days fade, and add a day's lengths (s)."""
        self.bins = {place: KEEP * known for place, known in self.bins.items() if known > NOTHING}
        for length in lengths:
            place = bin_of(length)
            self.bins[place] = self.bins.get(place, 0.0) + 1
        self.count = sum(self.bins.values())

    def log_shares(self) -> list[float]:
        """Return the logarithm of each bin's share, smoothed over neighbours, as days and seasons differ."""
        near = [0.0] * BINS
        for place, known in self.bins.items():
            for step, weight in _KERNEL:
                if 0 <= place + step < BINS:
                    near[place + step] += known * weight / self.count
        return [log((1 - FLOOR) * each + FLOOR / BINS) for each in near]

    def quantile(self, share: float) -> float:
        """Return a quantile (s); 0 if nothing was learnt."""
        rank = share * self.count
        for place in sorted(self.bins):
            rank -= self.bins[place]
            if rank <= 0:
                return max(0.0, exp((place + 0.5) * BIN) - LEAST)
        return 0.0

    def mean(self) -> float:
        """Return the mean (s), within the width of a bin; 0 if nothing was learnt."""
        total = sum(max(0.0, exp((place + 0.5) * BIN) - LEAST) * known for place, known in self.bins.items())
        return total / self.count if self.count else 0.0

    def below(self, length: float) -> float:
        """Return the share of lengths up to one (s); within a bin they are spread evenly over its logarithm.

        >>> usual = Lengths()
        >>> usual.learn([0.0] * 20 + [600.0] * 60)
        >>> usual.below(0.0), usual.below(60.0), usual.below(3600.0)
        (0.25, 0.25, 1.0)
        """
        own, found = bin_of(length), 0.0
        for place, known in self.bins.items():
            if place < own or (place == own == _FIRST):
                found += known
            elif place == own:
                found += known * (log(length + LEAST) / BIN - place)
        return found / self.count

    @property
    def known(self) -> bool:
        return self.count >= KNOWN_CASES / 2


_KERNEL: Final = ((-3, 0.05), (-2, 0.1), (-1, 0.2), (0, 0.3), (1, 0.2), (2, 0.1), (3, 0.05))


class BreakShare(Struct, array_like=True):
    """How many cases break a law on believed days, faded."""

    breaks: float = 0.0
    cases: float = 0.0
    most: float = 0.0  # the greatest usual share so far

    def learn(self, breaks: int, cases: int) -> None:
        self.breaks = KEEP * self.breaks + breaks
        self.cases = KEEP * self.cases + cases
        if self.cases >= KNOWN_CASES:
            self.most = max(self.most, self.breaks / self.cases)

    def of(self, least: float, times: float = 2.0) -> float:
        """Return the usual share: at least `least`, and some times the learnt one, as days differ."""
        return max(least, times * self.breaks / self.cases if self.cases else 0.0)


class UsualCases(Struct):
    """A desk's usual values."""

    days: int = 0  # days learnt
    cases: float = 0.0  # of a day, mean of those days, faded
    weight: float = 0.0
    waits: Lengths = field(default_factory=Lengths)
    times: Lengths = field(default_factory=Lengths)
    shares: dict[str, BreakShare] = {}
    most_at_once: float = 0.0  # cases met, or ended, at one moment
    hours: ProfileState = field(default_factory=ProfileState)
    most_together: float = 0.0  # visitors served at the same time

    @property
    def known(self) -> bool:
        return self.days >= KNOWN_DAYS and self.waits.count + self.times.count + self.cases >= KNOWN_CASES

    @property
    def a_day(self) -> float:
        return self.cases / self.weight if self.weight else 0.0

    def share(self, law: str) -> BreakShare:
        return self.shares.setdefault(law, BreakShare())

    def learn_count(self, cases: int) -> None:
        self.days += 1
        self.cases = KEEP * self.cases + cases
        self.weight = KEEP * self.weight + 1


def spread(lengths: Sequence[float]) -> float:
    """Return the interquartile range of the logarithm of lengths (s).

    >>> round(spread([10.0, 20.0, 40.0, 80.0, 160.0]), 1)
    1.3
    """
    logs = sorted(log(max(each, 0.0) + LEAST) for each in lengths)
    return logs[3 * len(logs) // 4] - logs[len(logs) // 4] if logs else 0.0
