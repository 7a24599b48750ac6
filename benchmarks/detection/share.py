"""Shares and yearly rates, each with an exact interval."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from scipy.special import gammaincinv

from streams.checks.interval import clopper_pearson

TAIL: Final = 0.025  # of a 95 % interval


class Share(NamedTuple):
    """A share of independent trials."""

    hits: int
    trials: int

    @classmethod
    def of(cls, flags: Iterable[bool]) -> Share:
        every = list(flags)
        return cls(sum(every), len(every))

    @property
    def value(self) -> float | None:
        return self.hits / self.trials if self.trials else None

    def bounds(self, tail: float = TAIL) -> tuple[float, float]:
        """Return the bounds by Clopper and Pearson."""
        return clopper_pearson(self.hits, self.trials, tail)

    def __str__(self) -> str:
        """Return the counts, the share and its interval.

        >>> str(Share(1, 40)), str(Share(0, 0))
        ('1 of 40: 2.5 % [0.1, 13.2]', '-')
        """
        if not self.trials:
            return "-"
        low, high = (100 * bound for bound in self.bounds())
        return f"{self.hits} of {self.trials}: {100 * self.hits / self.trials:.3g} % [{low:.1f}, {high:.1f}]"

    @property
    def short(self) -> str:
        """The counts, and the interval in percent.

        >>> Share(1, 40).short
        '1/40 [0, 13]'
        """
        if not self.trials:
            return "-"
        low, high = (100 * bound for bound in self.bounds())
        return f"{self.hits}/{self.trials} [{low:.0f}, {high:.0f}]"


class Yearly(NamedTuple):
    """A number of events in line-years."""

    number: int
    years: float

    @property
    def value(self) -> float | None:
        return self.number / self.years if self.years else None

    def bounds(self, tail: float = TAIL) -> tuple[float, float]:
        """Return the bounds of the rate a year by Garwood (Fiducial limits for the Poisson distribution, 1936)."""
        low = float(gammaincinv(self.number, tail)) if self.number else 0.0
        return low / self.years, float(gammaincinv(self.number + 1, 1 - tail)) / self.years

    def __str__(self) -> str:
        """Return the number, the rate a year and its interval.

        >>> str(Yearly(2, 80.0)), str(Yearly(0, 30.0))
        ('2 in 80: 0.025 [0.003, 0.090]', '0 in 30: 0.000 [0.000, 0.123]')
        """
        if not self.years:
            return "-"
        low, high = self.bounds()
        return f"{self.number} in {self.years:.0f}: {self.number / self.years:.3f} [{low:.3f}, {high:.3f}]"
