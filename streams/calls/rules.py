"""How one line is counted: the settings of a line, as the domain needs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from streams.calls.definition import Basis, LineDefinition
from streams.events import Reason
from streams.kept.times import utc_day, utc_hour


def always(_: int) -> bool:
    """Say that the office is open, whatever the moment."""
    return True


class LineRules(Struct, frozen=True, kw_only=True):
    """Hold what decides how a line's calls are counted."""

    site: str
    line: str
    # A call that ends without a human for any other reason is diverted.
    lost_reasons: frozenset[Reason] = frozenset({"abandoned", "timeout", "no_agents", "full", "unknown"})
    short_call: int = 5_000  # ms: some definitions leave out calls lost sooner
    within: int = 20_000  # ms: the service level's limit
    basis: Basis = "lost_over_offered"  # the definition of the official rate
    max_call: int = 7_200_000  # ms from its start after which a call without an outcome is unresolved
    lateness: int = 120_000  # ms behind the watermark up to which an event is in time
    clock: Literal["wall", "event"] = "wall"
    day: Callable[[int], int] = utc_day  # a moment (epoch ms) -> its local day, an ordinal
    hour: Callable[[int], int] = utc_hour  # a moment (epoch ms) -> its local hour
    open: Callable[[int], bool] = always  # a moment (epoch ms) -> whether the office is open
    expected: float | None = None  # the lost rate that the line is known for, in (0, 1)
    # final: only outcomes are told, so nobody knows who waits; totals: only a counter's readings are.
    lifecycle: Literal["full", "final", "totals"] = "full"

    witness: str | None = None  # the source of the second record of its calls, where there is one
    catalogue: str = ""  # names the version of the office's configuration, where it is known

    @property
    def id(self) -> str:
        """Return the line's id in topics and tables, `site/line`."""
        return f"{self.site}/{self.line}"

    @property
    def definition(self) -> LineDefinition:
        """Return the definition by which calls are counted that come now."""
        return LineDefinition(
            lost_reasons=tuple(sorted(self.lost_reasons)),
            short_call=self.short_call,
            within=self.within,
            definition=self.basis,
        )
