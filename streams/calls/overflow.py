"""The destinations to which a line's calls overflow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from streams.calls.call import DIVERTED, Call
from streams.number import kept_name

MAX_DESTINATIONS: Final = 50  # sources choose the names of destinations, so their number must be bounded
OTHER: Final = "other"  # counts all further names together


@dataclass(slots=True)
class Overflow:
    """Diverted calls by destination, as the source names it.

    >>> from streams.calls.call import Call, DIVERTED
    >>> overflow = Overflow()
    >>> overflow.settle(Call(0, outcome=DIVERTED, to="standard"))
    >>> overflow.counts
    {'standard': 1}
    """

    counts: dict[str, int] = field(default_factory=dict)

    def settle(self, call: Call) -> None:
        """Count a settled call, and set its destination to the name under which it was counted."""
        if call.to:
            call.to = kept_name(call.to)  # also if the call was lost: a late event may show that it went there
        if not _went(call):
            return
        counts = self.counts
        if call.to not in counts and (OTHER in counts or len(counts) >= MAX_DESTINATIONS):
            # Once `OTHER` is in use no new name is added, so a call is withdrawn under the name by which it was
            # counted.
            call.to = OTHER
        counts[call.to] = counts.get(call.to, 0) + 1

    def recall(self, call: Call) -> None:
        if _went(call):
            self.counts[call.to] -= 1
            if not self.counts[call.to]:
                del self.counts[call.to]


def _went(call: Call) -> bool:
    return bool(call.to) and call.outcome >= DIVERTED
