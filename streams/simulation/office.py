"""A simulated office: its days, its lines, and their usual characteristics."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from streams.events import Mode

# Relative to each other, in an open office: a peak in the middle of the morning, and a lower peak after lunch.
CALLS_BY_HOUR: Final = (0.2,) * 7 + (0.6, 1.0, 1.35, 1.3, 1.0, 0.7, 1.0, 1.15, 1.0, 0.75, 0.5, 0.4) + (0.2,) * 5
CALLS_BY_WEEKDAY: Final = (1.22, 1.05, 0.93, 0.95, 0.85, 0.7, 0.3)  # Monday first
CALLS_BY_MONTH: Final = (1.1, 1.02, 1.05, 1.0, 0.95, 1.05, 1.05, 0.8, 1.15, 1.05, 0.95, 0.83)  # January first


class OfficeDay(NamedTuple):
    date: date
    start: float  # epoch s
    end: float  # epoch s
    opened: tuple[tuple[float, float], ...]  # opening stretches, epoch s


class LineProfile(Struct, frozen=True, kw_only=True):
    """The usual characteristics of a line; lengths are means in seconds.

    If the expected rate is far below a hundredth, days may differ less than `icc` asks; the fit reports by how much.
    """

    line: str
    calls_a_day: float  # offered on a usual working day, call-backs included
    expected_lost_rate: float  # over a year
    icc: float = 0.03  # intraclass correlation by day of being lost
    mood: float = 0.3  # share of the icc from varying patience, if patience can vary enough
    persistence: float = 0.0  # correlation of a day's load and mood with the previous opening day's
    talk: float = 150.0
    talk_spread: float = 0.7  # sigma of the logarithm: Brown et al. (2005) found talk times lognormal
    wrap_up: float = 15.0
    patience: float = 300.0  # initial value for the fit of agents
    at_once: float = 0.25  # share of the lost who hang up as soon as they are connected
    diverted: float = 0.01  # share of the calls
    ringing: float = 0.3  # share of the answered calls with events of agents' legs
    withheld: float = 0.04  # share of the callers without a number
    hours: tuple[float, ...] = CALLS_BY_HOUR  # relative calls by local hour
    weekdays: tuple[float, ...] = CALLS_BY_WEEKDAY  # factors, Monday first
    months: tuple[float, ...] = CALLS_BY_MONTH  # factors, January first
    lifecycle: Literal["full", "final"] = "full"  # final: only outcomes are sent
    source: str = "switch"


class Office(Struct, frozen=True, kw_only=True):
    site: str
    lines: tuple[LineProfile, ...]
    readings: Mode | None = None  # sent during opening hours; None for none
    reading_every: float = 900.0  # s
