"""Where a line's losses of the last month came from, as a sentence."""

from __future__ import annotations

from agents.translation import Words
from agents.writing import Writing
from streams.insight.losses import Losses


def losses_sentence(lost: Losses, text: Words) -> str | None:
    """Return the lost calls by cause; None if no cause is known."""
    if not (lost.agents or lost.callers or lost.neither):
        return None
    number = Writing(text.language).number
    return text(
        "calls lost in the last month in hours above the target: {agents} with too few agents for the usual "
        "callers, {callers} with more callers than usual, {neither} although the agents sufficed, {unknown} for "
        "an unknown cause",
        agents=number(lost.agents),
        callers=number(lost.callers),
        neither=number(lost.neither),
        unknown=number(lost.unknown),
    )
