"""How one line is counted: the settings of a line, as the domain needs them."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from streams.events import Reason


class LineRules(Struct, frozen=True, kw_only=True):
    """Hold what decides how a line's calls are counted; times in milliseconds."""

    site: str
    line: str
    lost_reasons: frozenset[Reason] = frozenset({"abandoned", "timeout", "no_agents", "full", "unknown"})
    short_call: int = 5_000
    within: int = 20_000
    max_call: int = 7_200_000
    lateness: int = 120_000
    clock: Literal["wall", "event"] = "wall"

    @property
    def id(self) -> str:
        """Return the line's id in topics and tables, `site/line`."""
        return f"{self.site}/{self.line}"
