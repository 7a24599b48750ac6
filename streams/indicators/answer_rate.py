"""The answer rate of calls ("taux de décroché"), by an agent and global.

Source: Services Publics+, engagement 6. By an agent: calls that an agent answered / calls that required an answer by an
agent. Global: the calls that the voice menu answered count as answered too.
"""

from __future__ import annotations

from streams.calls.counts import Counts
from streams.ledger.diversions import Diversions


def required(counts: Counts, diverted: Diversions) -> int | None:
    """Return how many calls required an answer by an agent; None where that is not known of each."""
    return None if diverted.unexplained else counts.offered - diverted.agentless


def answer_rate(counts: Counts, diverted: Diversions) -> float | None:
    """Return the share of the calls that required an agent which one answered; None without any, or if not known.

    >>> answer_rate(Counts(offered=10, answered=7, lost=1, diverted=2), Diversions(agentless=2))
    0.875
    """
    asked = required(counts, diverted)
    return counts.answered / asked if asked else None


def global_answer_rate(counts: Counts, diverted: Diversions) -> float | None:
    """Return the same with the calls that the voice menu answered, among those that it or an agent had to answer."""
    asked = required(counts, diverted)
    whole = 0 if asked is None else asked + diverted.by_menu
    return (counts.answered + diverted.by_menu) / whole if whole else None
