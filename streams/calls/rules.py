"""The counting rules of a line, taken from its settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from msgspec import Struct

from streams.calls.definition import Basis, LineDefinition
from streams.events import Reason
from streams.kept.times import utc_day, utc_hour

# How many overload alerts an office wants of each line: none, up to about one a week, or up to one a day.
OverloadBudget: TypeAlias = Literal["none", "weekly", "daily"]


def always(_: int) -> bool:
    """Return True: an office without a calendar is always open."""
    return True


class LineRules(Struct, frozen=True, kw_only=True):
    """The settings that decide how a line's calls are counted."""

    site: str
    line: str
    # A call that ends without a human for any other reason is diverted.
    lost_reasons: frozenset[Reason] = frozenset({"abandoned", "timeout", "no_agents", "full", "unknown"})
    short_call: int = 5_000  # ms: some definitions ignore calls that were lost sooner
    within: int = 20_000  # ms: the service level's limit
    basis: Basis = "lost_over_offered"  # the formula of the official rate
    max_call: int = 7_200_000  # ms from its start after which a call without an outcome is unresolved
    lateness: int = 120_000  # ms behind the watermark up to which an event is in time
    clock: Literal["wall", "event"] = "wall"
    day: Callable[[int], int] = utc_day  # a moment (epoch ms) -> its local day, an ordinal
    hour: Callable[[int], int] = utc_hour  # a moment (epoch ms) -> its local hour
    open: Callable[[int], bool] = always  # a moment (epoch ms) -> whether the office is open
    expected: float | None = None  # the lost rate that the line is known for, in (0, 1)
    # final: events have outcomes only, so waiting calls are unknown; totals: the counter's readings only
    lifecycle: Literal["full", "final", "totals"] = "full"

    overloads: OverloadBudget | None = None  # None: only overloads that chance hardly explains
    witness: str | None = None  # source of the second record of its calls, if any
    catalogue: str = ""  # version of the office's configuration, if known

    @property
    def id(self) -> str:
        """The line's id in topics and tables, `site/line`."""
        return f"{self.site}/{self.line}"

    @property
    def definition(self) -> LineDefinition:
        """The definition by which new calls are counted."""
        return LineDefinition(
            lost_reasons=tuple(sorted(self.lost_reasons)),
            short_call=self.short_call,
            within=self.within,
            definition=self.basis,
        )
