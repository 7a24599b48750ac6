"""How far one input was folded into a line, and what became of its events."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

OK: Final = 0
DUPLICATE: Final = 1
LATE: Final = 2
RESULTS: Final = ("ok", "duplicate", "late")
END: Final = 2**62  # an offset beyond all others
AHEAD: Final = 3  # not taken: its moment lies so far ahead that its clock cannot be believed


@dataclass(slots=True)
class Mark:
    """Hold how far an input was folded."""

    offset: int = -1  # of the last event that was taken
    feed: str = ""  # the topic that this offset is of, as the broker identifies it
    epoch: int = 0  # which making of the topic it is, as the configuration counts
    until: int = -1  # above `offset` where the partition was read up to here, and is read again for this mark
    results: list[int] = field(default_factory=lambda: [0, 0, 0])  # events by `RESULTS`
    refused: dict[str, int] = field(default_factory=dict)  # events that were refused here, by reason
