"""The lost-call rate and the service level by their common definitions, side by side.

The same calls give from 11 % to 22 % lost by definition alone, so each is named. All are
shares between 0 and 1, or None where nothing was counted.
"""

from __future__ import annotations

from msgspec import Struct

from streams.desks.line import Line


class Rates(Struct, frozen=True):
    """Hold one line's lost-call rates.

    `lost_over_offered`: lost over offered. `without_short`: calls lost before `short_call` are left
    out of both. `unanswered`: whoever reached no human, over offered. `queued_only`: lost over
    answered and lost, of the calls that waited at all. `net_callers`: callers who reached nobody
    that day, over callers, of the calls whose caller was told.
    """

    lost_over_offered: float | None
    without_short: float | None
    unanswered: float | None
    queued_only: float | None
    net_callers: float | None


def rates(line: Line) -> Rates:
    """Return the rates over all of a line's calls."""
    offered, total = line.state.offered, line.figures.total()
    return Rates(
        lost_over_offered=_share(total.lost, offered),
        without_short=_share(total.lost - total.lost_short, offered - total.lost_short),
        unanswered=_share(offered - total.answered, offered),
        queued_only=_share(total.lost_queued, total.lost_queued + total.answered_queued),
        net_callers=line.figures.callers().unreached_share,
    )


class ServiceLevels(Struct, frozen=True):
    """Hold one line's service levels: the share of calls answered in time, of which calls.

    `over_offered`: of all, the official one. `over_answered`: of those answered. `without_short`: of all but
    those lost before `short_call`. `lost_in_time_met`: of all, where a call lost in time counts as met.
    """

    over_offered: float | None
    over_answered: float | None
    without_short: float | None
    lost_in_time_met: float | None


def service_levels(line: Line) -> ServiceLevels:
    """Return the service levels over all of a line's calls."""
    offered, total = line.state.offered, line.figures.total()
    return ServiceLevels(
        over_offered=_share(total.within, offered),
        over_answered=_share(total.within, total.answered),
        without_short=_share(total.within, offered - total.lost_short),
        lost_in_time_met=_share(total.within + total.lost_within, offered),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole > 0 else None
