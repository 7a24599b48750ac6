"""The lost-call rate, the answer rate and the service level by their common definitions, side by side.

The same calls may give a rate of 11 % or 22 %, depending only on the definition, so each definition has a name. All
figures are shares between 0 and 1, or None if nothing was counted or no wait is known.
"""

from __future__ import annotations

from msgspec import Struct

from streams.calls.service_level import service_level
from streams.calls.tally import Tally
from streams.desks.line import Line
from streams.indicators.answer_rate import answer_rate, global_answer_rate
from streams.ledger.diversions import Diversions


class Rates(Struct, frozen=True):
    """The lost-call rates and answer rates of one line."""

    lost_over_offered: float | None  # lost / offered: the official one
    without_short: float | None  # the same without calls lost before `short_call`
    unanswered: float | None  # calls that reached no human / offered
    queued_only: float | None  # lost / (answered + lost), of the calls that waited at all
    net_callers: float | None  # callers who reached no agent that day / callers, over calls with a known caller
    answer_rate: float | None  # answered / calls that required an agent
    global_answer_rate: float | None  # the same with the calls that the voice menu answered, on both sides


def rates(line: Line, diverted: Diversions) -> Rates:
    """Return the rates over all of a line's calls, with its `diverted` ones."""
    offered, total, counts = line.state.offered, line.figures.total(), line.figures.counts()
    answered_timed, lost_timed = _timed(total)
    queued = total.lost_queued + total.answered_queued
    return Rates(
        lost_over_offered=_share(total.lost, offered),
        without_short=_share(total.lost - total.lost_short, offered - total.lost_short) if lost_timed else None,
        unanswered=_share(offered - total.answered, offered),
        queued_only=_share(total.lost_queued, queued) if answered_timed and lost_timed else None,
        net_callers=line.figures.callers().unreached_share,
        answer_rate=answer_rate(counts, diverted),
        global_answer_rate=global_answer_rate(counts, diverted),
    )


class ServiceLevels(Struct, frozen=True):
    """The service levels of one line: calls answered in time, over various denominators."""

    over_offered: float | None  # over all: the official one
    over_answered: float | None  # over the answered calls
    without_short: float | None  # over all but calls lost before `short_call`
    lost_in_time_met: float | None  # over all, with the calls lost in time counted as answered in time


def service_levels(line: Line) -> ServiceLevels:
    """Return the service levels over all of a line's calls.

    Answered calls with an unknown wait are left out (`streams.calls.service_level`); `lost_in_time_met` also leaves out
    such lost calls. A level that needs the waits of lost calls is None if none is known. Readings have no waits at all.
    """
    if line.reported is not None:
        return ServiceLevels(None, None, None, None)
    offered, total = line.state.offered, line.figures.total()
    _, lost_timed = _timed(total)
    in_time, timed = total.within + total.lost_within, total.answered_waits.count + total.lost_waits.count
    return ServiceLevels(
        over_offered=total.level_over(offered),
        over_answered=total.level_over(total.answered),
        without_short=total.level_over(offered - total.lost_short) if lost_timed else None,
        lost_in_time_met=service_level(in_time, total.answered + total.lost, timed, offered) if lost_timed else None,
    )


def _timed(total: Tally) -> tuple[bool, bool]:
    """Return whether any wait of an answered call is known, and whether any wait of a lost call is."""
    return bool(total.answered_waits.count or not total.answered), bool(total.lost_waits.count or not total.lost)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole > 0 else None
