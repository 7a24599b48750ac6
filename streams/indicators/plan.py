"""What an office measures itself by: its lines, services and channels, their targets, and when it is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Literal, NamedTuple, TypeAlias

from msgspec import Struct

# Gives the opening hours of a local day: by slot number, the local hour.
Opened: TypeAlias = Callable[[date], Mapping[int, int]]
LeadingRate: TypeAlias = Literal["lost_rate", "answer_rate"]


class LinePlan(Struct, frozen=True):
    """Hold what a line is measured by."""

    label: str
    target: float | None  # the lost rate to stay below
    within: float  # limit of its service level, s
    correction: Literal["exclude", "impute"]  # what becomes of slots that cannot be recounted
    basis: str  # the opening hours that its rate is about; years of different ones are not comparable
    expected: float | None = None  # the lost rate that the line is known for
    totals: bool = False  # only readings tell of it: what none covers was not reported
    answer_target: float | None = None  # the answer rate to reach
    agentless: tuple[str, ...] = ()  # reasons of diverted calls that needed no agent


class ServicePlan(Struct, frozen=True):
    """Hold what a counter service is measured by."""

    label: str
    target_wait: float | None  # the mean wait to stay below, s


class ChannelPlan(Struct, frozen=True):
    """Hold what a request channel is measured by."""

    label: str
    target_days: int | None  # an answer within so many days is in time
    days: Literal["working", "calendar"]  # which days count


class Plan(NamedTuple):
    """Hold what one office measures; lines, services and channels by short id."""

    site: str
    lines: Mapping[str, LinePlan]
    services: Mapping[str, ServicePlan]
    channels: Mapping[str, ChannelPlan]
    opened: Opened
    day: Callable[[int], date]  # gives the local day of a moment (epoch ms)
    leads: LeadingRate = "lost_rate"  # which rate of a line stands first
