"""How one line is counted: the settings of a line, as the domain needs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from streams.events import Reason


def utc_day(at: int) -> int:
    """Return the UTC day of a moment (ms), counted from 1970."""
    return at // 86_400_000


class LineRules(Struct, frozen=True, kw_only=True):
    """Hold what decides how a line's calls are counted; times in milliseconds.

    `day` counts the local days: a moment (epoch ms) to its day, one more for each that follows.
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

    @property
    def id(self) -> str:
        """Return the line's id in topics and tables, `site/line`."""
        return f"{self.site}/{self.line}"
