"""What an office measures itself by: its lines, services and channels, their targets, and when it is open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Literal, NamedTuple, TypeAlias

from msgspec import Struct

# Of a local day, the slots (moment // 15 minutes) of opening hours, with the local hour of each.
Opened: TypeAlias = Callable[[date], Mapping[int, int]]


class LinePlan(Struct, frozen=True):
    """Hold a line's label, the lost rate to stay below, the limit of its service level (s), and how it is corrected.

    `basis` says by which definition its calls are counted: a year with another one is not comparable.
    """

    label: str
    target: float | None
    within: float
    correction: Literal["exclude", "impute"]
    basis: str


class ServicePlan(Struct, frozen=True):
    """Hold a counter service's label and the mean wait to stay below, in seconds."""

    label: str
    target_wait: float | None


class ChannelPlan(Struct, frozen=True):
    """Hold a request channel's label, in how many days it should answer, and which kind of days that is."""

    label: str
    target_days: int | None
    days: Literal["working", "calendar"]


class Plan(NamedTuple):
    """Hold what one office measures, by short id; `day` gives the local day of a moment (epoch ms)."""

    site: str
    lines: Mapping[str, LinePlan]
    services: Mapping[str, ServicePlan]
    channels: Mapping[str, ChannelPlan]
    opened: Opened
    day: Callable[[int], date]
