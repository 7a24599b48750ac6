"""Sums over calls: counts by outcome, waits, talks, and the terms of each definition of the lost rate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from streams.calls.call import ANSWERED, LOST, REASON_INDEX, REASON_MASK, Call
from streams.calls.definition import LineDefinition
from streams.calls.service_level import service_level
from streams.kept.waits import Waits

ABANDONED: Final = REASON_INDEX["abandoned"]


@dataclass(slots=True)
class Tally:
    """Calls with an outcome. The counts that depend on waits leave out calls with an unknown wait."""

    answered: int = 0
    lost: int = 0
    diverted: int = 0
    within: int = 0  # answered within the service level's limit
    lost_short: int = 0  # lost after less than the line's `short_call`
    answered_queued: int = 0  # answered after a wait above 0
    lost_queued: int = 0  # lost after a wait above 0
    answered_waits: Waits = field(default_factory=Waits)
    lost_waits: Waits = field(default_factory=Waits)
    talks: Waits = field(default_factory=Waits)  # of the answered calls
    lost_within: int = 0  # lost within the service level's limit
    abandoned_waits: Waits = field(default_factory=Waits)  # waits of callers who gave up: their full patience
    other_waits: Waits = field(default_factory=Waits)  # of calls that ended otherwise: patience is censored

    def add(self, call: Call, by: LineDefinition, times: int = 1) -> None:  # noqa: C901, PLR0912 -- the hot path, as in Line.fold
        """Count a call by its definition, or remove it if `times` is -1."""
        kind = call.outcome & ~REASON_MASK
        if kind == ANSWERED:
            self.answered += times
            wait = call.answered_wait
            if wait < 0:  # usually the wait is reported, which saves the slower calculation
                wait = call.wait
            if wait >= 0:
                self.answered_waits.add(wait, times)
                if wait <= by.within:
                    self.within += times
                if wait > 0:
                    self.answered_queued += times
            talk = call.talked
            if talk >= 0:
                self.talks.add(talk, times)
            return
        wait = call.wait
        if kind == LOST:
            self.lost += times
            if wait >= 0:
                self.lost_waits.add(wait, times)
                if wait < by.short_call:
                    self.lost_short += times
                if wait <= by.within:
                    self.lost_within += times
                if wait > 0:
                    self.lost_queued += times
        else:
            self.diverted += times
        if wait >= 0:
            (self.abandoned_waits if call.outcome & REASON_MASK == ABANDONED else self.other_waits).add(wait, times)

    def merge(self, other: Tally) -> None:
        self.answered += other.answered
        self.lost += other.lost
        self.diverted += other.diverted
        self.within += other.within
        self.lost_short += other.lost_short
        self.answered_queued += other.answered_queued
        self.lost_queued += other.lost_queued
        self.answered_waits.merge(other.answered_waits)
        self.lost_waits.merge(other.lost_waits)
        self.talks.merge(other.talks)
        self.lost_within += other.lost_within
        self.abandoned_waits.merge(other.abandoned_waits)
        self.other_waits.merge(other.other_waits)

    @property
    def ended(self) -> int:
        return self.answered + self.lost + self.diverted

    @property
    def lost_rate(self) -> float | None:
        """Lost over ended calls, or None if none ended."""
        return self.lost / self.ended if self.ended else None

    @property
    def service_level(self) -> float | None:
        """The share of ended calls answered within the limit, or None if unknown."""
        return self.level_over(self.ended)

    def level_over(self, calls: int) -> float | None:
        """Return the share of `calls` that were answered within the limit; `calls` include those of this tally."""
        return service_level(self.within, self.answered, self.answered_waits.count, calls)

    def waits(self) -> Waits:
        """Return the waits of answered and lost calls together."""
        both = Waits()
        both.merge(self.answered_waits)
        both.merge(self.lost_waits)
        return both
