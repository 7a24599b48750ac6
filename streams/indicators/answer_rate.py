"""The answer rates of calls ("taux de décroché"): by an agent, and global.

Source: Services Publics+, engagement 6. By an agent: calls that an agent answered / calls that required an agent.
Global: calls that the voice menu answered also count as answered.
"""

from __future__ import annotations

from streams.calls.counts import Counts
from streams.ledger.diversions import Diversions


def required(counts: Counts, diverted: Diversions) -> int | None:
    """Return how many calls required an agent, or None if that is unknown for any call."""
    return None if diverted.unexplained else counts.offered - diverted.agentless


def answer_rate(counts: Counts, diverted: Diversions) -> float | None:
    """Return the share of calls requiring an agent that an agent answered, or None without such calls or if unknown.

    >>> answer_rate(Counts(offered=10, answered=7, lost=1, diverted=2), Diversions(agentless=2))
    0.875
    """
    asked = required(counts, diverted)
    return counts.answered / asked if asked else None


def global_answer_rate(counts: Counts, diverted: Diversions) -> float | None:
    """Return the answer rate with calls that the voice menu answered in both the numerator and the denominator."""
    asked = required(counts, diverted)
    whole = 0 if asked is None else asked + diverted.by_menu
    return (counts.answered + diverted.by_menu) / whole if whole else None
