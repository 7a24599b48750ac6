"""The funnel of offices: which ones truly differ, and which are merely small.

An office is compared with the rate that its unit would have with the same lines as the office, because lines differ
more than offices do (indirect standardisation). Statistics and their sources: `streams.checks.dispersion`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from msgspec import Struct

from streams.checks.dispersion import ALIKE, LEAST_OFFICES, Peers, limits_at, peers, score
from streams.watch.guard import Guard

FunnelVerdict: TypeAlias = Literal["alike", "above", "below"]

INNER: Final = 0.95  # share of ordinary offices that lie between the inner limits
OUTER: Final = 0.998  # this share for the outer limits, which decide: with 100 offices, one false report in 5 years
_CURVE: Final = 48  # points of a limit


class ComparedOffice(NamedTuple):
    """An office for comparison: the corrected counts of its lines, by line id."""

    site: str
    lines: Mapping[str, tuple[int, int]]  # lost, offered
    guard: Guard | None = None  # why its rate is withheld; then it is not compared
    silent: bool = False


class FunnelPoint(Struct, frozen=True, kw_only=True):
    """An office in a funnel."""

    site: str
    offered: int  # calls behind its rate
    rate: float | None
    expected: float | None  # the unit's rate on this office's lines
    adjusted: float | None  # its rate as if it had the unit's lines, as drawn
    z: float | None  # standard deviations above a typical office, including over-dispersion
    verdict: FunnelVerdict | None  # by the outer limits; None if unknown
    outside: float | None = None  # the widest limits that it lies beyond: .95 or .998
    guard: Guard | None = None  # why its rate is withheld
    silent: bool = False  # nothing was counted


class FunnelLimits(Struct, frozen=True):
    """The limits at one number of calls."""

    offered: int
    inner_low: float
    inner_high: float
    outer_low: float
    outer_high: float


class Funnel(Struct, frozen=True, kw_only=True):
    """The offices of a unit around its lost rate."""

    rate: float | None  # the unit's
    peers: Peers  # how its offices differ
    between: float  # standard deviation of the offices' own rates
    points: list[FunnelPoint]  # the most certainly worse first, offices that are not compared last
    compares: bool  # False if there are too few offices

    def limits(self) -> list[FunnelLimits]:
        """Return the limits from the fewest calls to the most; empty if no office is compared."""
        calls = [each.offered for each in self.points if each.z is not None]
        return (
            _limits(calls, self.peers.typical(self.rate), self.peers.spread) if self.rate is not None and calls else []
        )

    def of(self, verdict: FunnelVerdict) -> list[FunnelPoint]:
        """Return the offices with a verdict, the most certainly worse first."""
        return [each for each in self.points if each.verdict == verdict]


def funnel(offices: Iterable[ComparedOffice]) -> Funnel:
    """Return offices around the total rate of the offices with a known rate.

    Fewer than five comparable offices get no verdict, because they cannot show how much offices differ.
    """
    every = list(offices)
    known = [each for each in every if each.guard is None and any(offered for _, offered in each.lines.values())]
    by_line: dict[str, tuple[int, int]] = {}
    for each in known:
        for line, (lost, offered) in each.lines.items():
            others = by_line.get(line, (0, 0))
            by_line[line] = others[0] + lost, others[1] + offered
    lost, offered = (sum(both[part] for both in by_line.values()) for part in (0, 1))
    rate = lost / offered if offered else None
    counted = [_counted(each, by_line) for each in known]
    judged = rate is not None and len(known) >= LEAST_OFFICES and all(0 < own.expected < 1 for own in counted)
    alike = peers(*zip(*counted, strict=True)) if judged else ALIKE
    points = [_point(each, own, rate, alike if judged else None) for each, own in zip(known, counted, strict=True)]
    points.sort(key=lambda each: (-(each.z or 0.0), -(each.rate or 0.0), each.site))
    apart = [each for each in every if each not in known]
    points += [_apart(each) for each in sorted(apart, key=lambda each: each.site)]
    return Funnel(
        rate=rate,
        peers=alike,
        between=alike.spread * rate * (1 - rate) if rate is not None else 0.0,
        points=points,
        compares=judged,
    )


class _Counted(NamedTuple):
    lost: float
    offered: float
    expected: float


def _counted(office: ComparedOffice, by_line: Mapping[str, tuple[int, int]]) -> _Counted:
    """Return an office's calls, and the total rate on its lines."""
    lost, offered = (sum(both[part] for both in office.lines.values()) for part in (0, 1))
    expected = sum(own * by_line[line][0] / by_line[line][1] for line, (_, own) in office.lines.items() if own)
    return _Counted(lost, offered, expected / offered)


def _point(office: ComparedOffice, own: _Counted, unit: float | None, alike: Peers | None) -> FunnelPoint:
    """Return an office's comparison; `alike` is None if there are too few."""
    rate = own.lost / own.offered
    z = None if alike is None else score(own.lost, own.offered, alike.typical(own.expected), alike.spread)
    adjusted = min(1.0, rate * unit / own.expected) if unit is not None and own.expected else rate
    return FunnelPoint(
        site=office.site,
        offered=int(own.offered),
        rate=rate,
        expected=own.expected,
        adjusted=adjusted,
        z=None if z is None else round(z, 2),
        verdict=None if z is None else _verdict(z),
        outside=None if z is None else next((share for share in (OUTER, INNER) if abs(z) > _far(share)), None),
    )


def _far(share: float) -> float:
    return {INNER: 1.959964, OUTER: 3.090232}[share]


def _verdict(z: float) -> FunnelVerdict:
    if abs(z) <= _far(OUTER):
        return "alike"
    return "above" if z > 0 else "below"


def _apart(office: ComparedOffice) -> FunnelPoint:
    """Return an office without a comparison."""
    return FunnelPoint(
        site=office.site,
        offered=0,
        rate=None,
        expected=None,
        adjusted=None,
        z=None,
        verdict=None,
        guard=office.guard,
        silent=office.silent,
    )


def _limits(calls: list[int], typical: float, spread: float) -> list[FunnelLimits]:
    least, most = max(1.0, 0.8 * min(calls)), 1.05 * max(calls)
    step = (most / least) ** (1 / (_CURVE - 1))
    at = sorted({round(least * step**number) for number in range(_CURVE)})
    bounds = [each.tolist() for share in (INNER, OUTER) for each in limits_at(at, typical, spread, share)]
    return [FunnelLimits(*each) for each in zip(at, *bounds, strict=True)]
