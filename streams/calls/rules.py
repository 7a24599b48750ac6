"""How one line is counted: the settings of a line, as the domain needs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from streams.events import Reason
from streams.kept.times import utc_day, utc_hour


def always(_: int) -> bool:
    """Tell of any moment that the office is open."""
    return True


class LineRules(Struct, frozen=True, kw_only=True):
    """Hold what decides how a line's calls are counted; times in milliseconds.

    `day`, `hour` and `open` give a moment's (epoch ms) local day as an ordinal, its local hour, and whether the
    office is open; `expected` is the lost rate that the line is known for, in (0, 1).
    """

    site: str
    line: str
    lost_reasons: frozenset[Reason] = frozenset({"abandoned", "timeout", "no_agents", "full", "unknown"})
    short_call: int = 5_000
    within: int = 20_000
    max_call: int = 7_200_000
    lateness: int = 120_000
    clock: Literal["wall", "event"] = "wall"
    day: Callable[[int], int] = utc_day
    hour: Callable[[int], int] = utc_hour
    open: Callable[[int], bool] = always
    expected: float | None = None
    lifecycle: Literal["full", "final"] = "full"  # final: only outcomes are told, so nobody knows who waits

    @property
    def id(self) -> str:
        """Return the line's id in topics and tables, `site/line`."""
        return f"{self.site}/{self.line}"
