"""What an indicator aims at, as a level across a picture."""

from __future__ import annotations

from agents.report.bars import TargetLine
from agents.totals.telling import Telling
from streams.indicators.indicator import Indicator


def target_line(indicator: Indicator, telling: Telling) -> TargetLine | None:
    """Return the level of an indicator's target; None where it has none."""
    if indicator.target is None:
        return None
    return TargetLine(indicator.target, telling.text("target: {aim}", aim=telling.aim(indicator)))
