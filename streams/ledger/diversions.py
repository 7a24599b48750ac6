"""Diverted calls, counted by whether they needed an agent."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from msgspec import Struct

from streams.calls.counts import Counts
from streams.ledger.day import CallSlot
from streams.ledger.reasons import NOT_KEPT, reasons_of

MENU: Final = "key"  # the caller chose in the voice menu


class Diversions(Struct, frozen=True):
    agentless: int = 0  # their reason shows that they needed no agent of the line
    by_menu: int = 0  # the part of `agentless` that the voice menu answered
    unexplained: int = 0  # of unknown reason, as it was not stored

    def __add__(self, other: Diversions) -> Diversions:
        return Diversions(
            self.agentless + other.agentless, self.by_menu + other.by_menu, self.unexplained + other.unexplained
        )

    def scaled(self, share: float) -> Diversions:
        """Return a multiple of these calls, rounded."""
        return Diversions(*(round(share * each) for each in (self.agentless, self.by_menu, self.unexplained)))


NONE_DIVERTED: Final = Diversions()


def diversions(diverted: Mapping[str, int], agentless: Collection[str]) -> Diversions:
    """Return the sum of diverted calls given by reason; calls with a reason in `agentless` needed no agent.

    >>> diversions({"key": 2, "voicemail": 1, "transfer": 3}, {"key", "transfer"})
    Diversions(agentless=5, by_menu=2, unexplained=0)
    """
    if not diverted:
        return NONE_DIVERTED
    return Diversions(
        sum(calls for reason, calls in diverted.items() if reason in agentless),
        diverted.get(MENU, 0) if MENU in agentless else 0,
        diverted.get(NOT_KEPT, 0),
    )


def diversions_of(slot: CallSlot, agentless: Collection[str]) -> Diversions:
    return diversions(reasons_of(slot).diverted, agentless) if slot.diverted else NONE_DIVERTED


def kept(raw: Counts, diverted: Diversions, corrected: Counts | None) -> Diversions:
    """Return the diverted calls of corrected counts: the raw ones if there are equally many, otherwise all unexplained.

    Corrected counts have no reasons.

    >>> kept(Counts(4, 2, 0, 2), Diversions(agentless=2), Counts(3, 2, 0, 1))
    Diversions(agentless=0, by_menu=0, unexplained=1)
    """
    if corrected is None or corrected.diverted == raw.diverted:
        return diverted
    return Diversions(unexplained=corrected.diverted)
