"""An office's lines, services and channels with their targets, and its opening hours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Literal, NamedTuple, TypeAlias

from msgspec import Struct

# From a local day to its opening hours: the local hour by slot number.
Opened: TypeAlias = Callable[[date], Mapping[int, int]]
LeadingRate: TypeAlias = Literal["lost_rate", "answer_rate"]


class LinePlan(Struct, frozen=True):
    """The targets and definitions of a line."""

    label: str
    target: float | None  # maximum of the lost rate
    within: float  # limit of its service level, s
    correction: Literal["exclude", "impute"]  # treatment of slots that cannot be recounted
    basis: str  # opening hours of its rate; years with different ones are not comparable
    expected: float | None = None  # the line's known lost rate
    totals: bool = False  # it only has readings: slots without one were not reported
    answer_target: float | None = None  # minimum of the answer rate
    agentless: tuple[str, ...] = ()  # reasons of diverted calls that needed no agent


class ServicePlan(Struct, frozen=True, omit_defaults=True):
    """The target of a counter service, or of a sum of services."""

    label: str
    target_wait: float | None  # maximum of the mean wait, s
    parts: tuple[str, ...] = ()  # of a sum: its services


class ChannelPlan(Struct, frozen=True, omit_defaults=True):
    """The target of a request channel, or of a sum of channels."""

    label: str
    target_days: int | None  # number of days within which an answer is in time
    days: Literal["working", "calendar"]  # the kind of days
    parts: tuple[str, ...] = ()  # of a sum: its channels


class Plan(NamedTuple):
    """An office's desks and their targets, by short id."""

    site: str
    lines: Mapping[str, LinePlan]
    services: Mapping[str, ServicePlan]
    channels: Mapping[str, ChannelPlan]
    opened: Opened
    day: Callable[[int], date]  # from a moment (epoch ms) to its local day
    leads: LeadingRate = "lost_rate"  # which rate of a line comes first
