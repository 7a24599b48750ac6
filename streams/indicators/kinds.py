"""A table of every kind of indicator: its subject, unit, numerator and denominator, and which direction is better.

A new kind also needs its texts in `agents.pages.sheets`; mypy and the tests name all other places to change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias, assert_never

from streams.calls.counts import Counts
from streams.figures.mean import ChannelMeans, CorrectedMean, ServiceMeans
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
Parts: TypeAlias = tuple[int, int | None]  # numerator and denominator; None if unknown
Bounds: TypeAlias = tuple[float | None, float | None]  # of the 95 % interval


class OfCalls(NamedTuple):
    """How to calculate a rate of a line from its calls."""

    parts: Callable[[Counts, Diversions], Parts]
    target: Callable[[LinePlan], float | None]
    bounds: Callable[[Counts | None, Diversions, Bounds], Bounds]  # for corrected counts, from the lost rate's


class OfRequests(NamedTuple):
    """How to calculate a channel's figure from the received requests."""

    parts: Callable[[ChannelTotals | ChannelMonth], tuple[int, int]]
    corrected: Callable[[ChannelMeans], CorrectedMean]
    aimed: bool  # only for channels with a target


class OfTickets(NamedTuple):
    """How to calculate a service's mean from its tickets."""

    waits: Callable[[ServiceTotals], Wait]
    corrected: Callable[[ServiceMeans], CorrectedMean]
    seconds: Callable[[ServiceMonth], float | None]
    target: Callable[[ServicePlan], float | None]  # s


class OfAnswers(NamedTuple):
    """A share of the answers to a survey question."""


class KindRow(NamedTuple):
    made: OfCalls | OfRequests | OfTickets | OfAnswers
    unit: IndicatorUnit
    rises: bool = False  # more is better: the target is a minimum; otherwise a maximum
    rolls_up: bool = True  # also calculated for sums of many offices
    principal: bool = False  # the line's general remarks (coverage, parts, doubts) are shown beside this one

    @property
    def subject(self) -> SubjectKind:
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
    """Return the bounds of the answer rate from the bounds of the lost rate; all other calls stay as counted."""
    low, high = lost
    asked = None if counts is None else required(counts, diverted)
    if counts is None or not asked or low is None or high is None:
        return None, None
    others = asked - counts.answered - counts.lost  # ended without an agent, but not lost
    least, most = (1 - (others + bound * counts.offered) / asked for bound in (high, low))
    return max(0.0, least), min(1.0, most)


_LOST: Final = OfCalls(
    lambda calls, _: (calls.lost, calls.offered), lambda plan: plan.target, lambda _calls, _diverted, lost: lost
)
_ANSWERED: Final = OfCalls(
    lambda calls, diverted: (calls.answered, required(calls, diverted)),
    lambda plan: plan.answer_target,
    _answered_between,
)
_IN_TIME: Final = OfRequests(
    lambda channel: (channel.within, channel.received), lambda means: means.in_time, aimed=True
)
_DELAY: Final = OfRequests(lambda channel: (channel.days, channel.answered), lambda means: means.delay, aimed=False)
_WAIT: Final = OfTickets(
    lambda service: service.wait, lambda means: means.wait, lambda month: month.wait, lambda plan: plan.target_wait
)
_VISIT: Final = OfTickets(
    lambda service: service.time_in_service,
    lambda means: means.time_in_service,
    lambda month: month.time_in_service,
    lambda _: None,
)

KINDS: Final[Mapping[IndicatorKind, KindRow]] = {
    "lost_rate": KindRow(_LOST, "share", principal=True),
    "answer_rate": KindRow(_ANSWERED, "share", rises=True),
    "within_target": KindRow(_IN_TIME, "share", rises=True),
    "mean_days": KindRow(_DELAY, "days"),
    "wait": KindRow(_WAIT, "minutes"),
    "time_in_service": KindRow(_VISIT, "minutes", rolls_up=False),
    "satisfaction": KindRow(OfAnswers(), "share", rises=True, rolls_up=False),
}
OF_CALLS: Final = {kind: row.made for kind, row in KINDS.items() if isinstance(row.made, OfCalls)}
OF_REQUESTS: Final = {kind: row.made for kind, row in KINDS.items() if isinstance(row.made, OfRequests)}
OF_TICKETS: Final = {kind: row.made for kind, row in KINDS.items() if isinstance(row.made, OfTickets)}


def rate(kind: IndicatorKind, counts: Counts, diverted: Diversions) -> float | None:
    """Return a rate of a line, or None if nothing was counted or the rate is unknown."""
    part, whole = OF_CALLS[kind].parts(counts, diverted)
    return part / whole if whole else None


def kinds_of(subject: SubjectKind) -> tuple[IndicatorKind, ...]:
    """Return the kinds of indicators of a subject, in order.

    >>> kinds_of("line")
    ('lost_rate', 'answer_rate')
    """
    return tuple(kind for kind, row in KINDS.items() if row.subject == subject)
