"""Every kind of indicator, in one table: its subject and unit, what is divided by what, which way is better.

A kind that is added here needs its words in `agents.pages.sheets`; mypy and the tests name whatever else must know it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias, assert_never

from streams.calls.counts import Counts
from streams.indicators.answer_rate import required
from streams.indicators.channel import ChannelMonth, ChannelTotals
from streams.indicators.plan import LinePlan, ServicePlan
from streams.indicators.service import ServiceMonth, ServiceTotals
from streams.indicators.wait import Wait
from streams.ledger.diversions import Diversions

IndicatorKind: TypeAlias = Literal[
    "lost_rate", "answer_rate", "within_target", "mean_days", "wait", "time_in_service", "satisfaction"
]
IndicatorUnit: TypeAlias = Literal["share", "days", "minutes"]
SubjectKind: TypeAlias = Literal["line", "service", "channel", "survey"]
Parts: TypeAlias = tuple[int, int | None]  # part and whole; None where it is not known
Bounds: TypeAlias = tuple[float | None, float | None]  # of the 95 % interval


class OfCalls(NamedTuple):
    """Say how a rate of a line comes from its calls."""

    parts: Callable[[Counts, Diversions], Parts]
    target: Callable[[LinePlan], float | None]
    bounds: Callable[[Counts | None, Diversions, Bounds], Bounds]  # of corrected counts, from those of the lost rate


class OfRequests(NamedTuple):
    """Say how a figure of a channel comes from the requests received."""

    parts: Callable[[ChannelTotals | ChannelMonth], tuple[int, int]]
    aimed: bool  # only a channel with a target has it


class OfTickets(NamedTuple):
    """Say how a mean of a service comes from its tickets."""

    waits: Callable[[ServiceTotals], Wait]
    seconds: Callable[[ServiceMonth], float | None]
    target: Callable[[ServicePlan], float | None]  # s


class OfAnswers(NamedTuple):
    """Say that a share is of the answers to a question, as the survey has it."""


class KindRow(NamedTuple):
    """Describe a kind of indicator."""

    unit: IndicatorUnit
    rises: bool  # more is better: a target is to be reached; else to stay below
    rolls_up: bool  # units of many offices have it too
    made: OfCalls | OfRequests | OfTickets | OfAnswers
    principal: bool = False  # what is said once of a line (coverage, parts, doubts, its place) is said beside this one

    @property
    def subject(self) -> SubjectKind:
        """Return what it is of."""
        match self.made:
            case OfCalls():
                return "line"
            case OfRequests():
                return "channel"
            case OfTickets():
                return "service"
            case OfAnswers():
                return "survey"
            case never:
                assert_never(never)


def _answered_between(counts: Counts | None, diverted: Diversions, lost: Bounds) -> Bounds:
    """Return the bounds of the answer rate: those of the lost rate, with every other call as it was counted."""
    low, high = lost
    asked = None if counts is None else required(counts, diverted)
    if counts is None or not asked or low is None or high is None:
        return None, None
    others = asked - counts.answered - counts.lost  # ended otherwise, without an agent
    least, most = (1 - (others + bound * counts.offered) / asked for bound in (high, low))
    return max(0.0, least), min(1.0, most)


KINDS: Final[Mapping[IndicatorKind, KindRow]] = {
    "lost_rate": KindRow(
        unit="share",
        rises=False,
        rolls_up=True,
        made=OfCalls(
            parts=lambda counts, _: (counts.lost, counts.offered),
            target=lambda plan: plan.target,
            bounds=lambda _counts, _diverted, lost: lost,
        ),
        principal=True,
    ),
    "answer_rate": KindRow(
        unit="share",
        rises=True,
        rolls_up=True,
        made=OfCalls(
            parts=lambda counts, diverted: (counts.answered, required(counts, diverted)),
            target=lambda plan: plan.answer_target,
            bounds=_answered_between,
        ),
    ),
    "within_target": KindRow(
        unit="share",
        rises=True,
        rolls_up=True,
        made=OfRequests(parts=lambda channel: (channel.within, channel.received), aimed=True),
    ),
    "mean_days": KindRow(
        unit="days",
        rises=False,
        rolls_up=True,
        made=OfRequests(parts=lambda channel: (channel.days, channel.answered), aimed=False),
    ),
    "wait": KindRow(
        unit="minutes",
        rises=False,
        rolls_up=True,
        made=OfTickets(
            waits=lambda service: service.wait,
            seconds=lambda month: month.wait,
            target=lambda plan: plan.target_wait,
        ),
    ),
    "time_in_service": KindRow(
        unit="minutes",
        rises=False,
        rolls_up=False,
        made=OfTickets(
            waits=lambda service: service.time_in_service,
            seconds=lambda month: month.time_in_service,
            target=lambda _: None,
        ),
    ),
    "satisfaction": KindRow(unit="share", rises=True, rolls_up=False, made=OfAnswers()),
}
OF_CALLS: Final[Mapping[IndicatorKind, OfCalls]] = {
    kind: row.made for kind, row in KINDS.items() if isinstance(row.made, OfCalls)
}
OF_REQUESTS: Final[Mapping[IndicatorKind, OfRequests]] = {
    kind: row.made for kind, row in KINDS.items() if isinstance(row.made, OfRequests)
}
OF_TICKETS: Final[Mapping[IndicatorKind, OfTickets]] = {
    kind: row.made for kind, row in KINDS.items() if isinstance(row.made, OfTickets)
}


def kinds_of(subject: SubjectKind) -> tuple[IndicatorKind, ...]:
    """Return the kinds of indicators of a subject, in their order.

    >>> kinds_of("line")
    ('lost_rate', 'answer_rate')
    """
    return tuple(kind for kind, row in KINDS.items() if row.subject == subject)
