"""What settled calls add up to, apart from their plain counts."""

from __future__ import annotations

from msgspec import Struct, field

from streams.call import ANSWERED, LOST, REASON_MASK, Call
from streams.rules import LineRules
from streams.waits import Waits


class Totals(Struct, array_like=True):
    """Sum waits and talks, and count what the definitions of the lost-call rate need."""

    answered_waits: Waits = field(default_factory=Waits)
    lost_waits: Waits = field(default_factory=Waits)
    talks: Waits = field(default_factory=Waits)
    within: int = 0
    lost_short: int = 0
    answered_queued: int = 0
    lost_queued: int = 0

    def add(self, call: Call, rules: LineRules, times: int = 1) -> None:
        """Count a call; `times=-1` takes it back."""
        kind = call.outcome & ~REASON_MASK
        wait = call.wait
        if kind == ANSWERED:
            if wait >= 0:
                self.answered_waits.add(wait, times)
                if wait <= rules.within:
                    self.within += times
                if wait > 0:
                    self.answered_queued += times
            talk = call.talked
            if talk >= 0:
                self.talks.add(talk, times)
        elif kind == LOST and wait >= 0:
            self.lost_waits.add(wait, times)
            if wait < rules.short_call:
                self.lost_short += times
            if wait > 0:
                self.lost_queued += times
