"""An office to simulate: its days, its lines, and what they are usually like."""

from __future__ import annotations

from datetime import date
from typing import Final, Literal, NamedTuple

from msgspec import Struct

from streams.events import Mode

# Calls by local hour of an open office: a peak in the middle of the morning, a lower one after lunch.
HOURS: Final = (0.2,) * 7 + (0.6, 1.0, 1.35, 1.3, 1.0, 0.7, 1.0, 1.15, 1.0, 0.75, 0.5, 0.4) + (0.2,) * 5
WEEKDAYS: Final = (1.22, 1.05, 0.93, 0.95, 0.85, 0.7, 0.3)  # Monday first
MONTHS: Final = (1.1, 1.02, 1.05, 1.0, 0.95, 1.05, 1.05, 0.8, 1.15, 1.05, 0.95, 0.83)  # January first


class OfficeDay(NamedTuple):
    """A local day from `start` to `end`, with the stretches in which the office is open; epoch seconds."""

    date: date
    start: float
    end: float
    opened: tuple[tuple[float, float], ...]


class LineProfile(Struct, frozen=True, kw_only=True):
    """Describe a line as it usually is; lengths are means in seconds.

    `calls_a_day` are offered on a usual working day, call-backs among them. `expected_lost_rate` is the share
    lost over a year, `icc` the intraclass correlation by day of being lost. A share `mood` of that comes from how
    patient callers are that day, as far as patience differs so much, the rest from how many call and how many agents
    are there; where the rate is far below a hundredth, days may differ less than asked, and the fit says how much. Of
    the lost, `at_once` hang up as soon as they are connected. `patience` is what the fit of agents starts from.
    """

    line: str
    calls_a_day: float
    expected_lost_rate: float
    icc: float = 0.03
    mood: float = 0.3
    talk: float = 150.0
    talk_spread: float = 0.7  # sigma of the logarithm: Brown et al. (2005) found talk times lognormal
    wrap_up: float = 15.0
    patience: float = 300.0
    at_once: float = 0.25
    diverted: float = 0.01
    ringing: float = 0.3  # the share of answered calls of which the agents' legs are told
    withheld: float = 0.04  # the share of callers who show no number
    hours: tuple[float, ...] = HOURS
    weekdays: tuple[float, ...] = WEEKDAYS
    months: tuple[float, ...] = MONTHS
    lifecycle: Literal["full", "final"] = "full"
    source: str = "switch"


class Office(Struct, frozen=True, kw_only=True):
    """Describe an office; `readings` are told every `reading_every` seconds while it is open."""

    site: str
    lines: tuple[LineProfile, ...]
    readings: Mode | None = None
    reading_every: float = 900.0
