"""Where a line's calls flow over to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from streams.calls.call import DIVERTED, Call
from streams.number import kept_name

MAX_DESTINATIONS: Final = 50  # of destinations: sources name them, so their number needs a bound
OTHER: Final = "other"  # stands for all names beyond


@dataclass(slots=True)
class Overflow:
    """Count diverted calls by destination, as the source names it.

    >>> from streams.calls.call import Call, DIVERTED
    >>> overflow = Overflow()
    >>> overflow.settle(Call(0, outcome=DIVERTED, to="standard"))
    >>> overflow.counts
    {'standard': 1}
    """

    counts: dict[str, int] = field(default_factory=dict)

    def settle(self, call: Call) -> None:
        """Count a settled call; it keeps the name under which it is counted."""
        if not _went(call):
            call.to = ""
            return
        counts = self.counts
        call.to = kept_name(call.to)
        if call.to not in counts and (OTHER in counts or len(counts) >= MAX_DESTINATIONS):
            # Once `OTHER` is in use no name is new, so that a call is taken out under the name it was counted by.
            call.to = OTHER
        counts[call.to] = counts.get(call.to, 0) + 1

    def recall(self, call: Call) -> None:
        """Take a settled call out again."""
        if _went(call):
            self.counts[call.to] -= 1
            if not self.counts[call.to]:
                del self.counts[call.to]


def _went(call: Call) -> bool:
    return bool(call.to) and call.outcome >= DIVERTED
