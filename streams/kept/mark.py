"""The position up to which one input was folded into a line, and how many of its events had each result."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

OK: Final = 0
DUPLICATE: Final = 1
LATE: Final = 2
RESULTS: Final = ("ok", "duplicate", "late")
END: Final = 2**62  # greater than any offset
AHEAD: Final = 3  # rejected: so far in the future that its clock cannot be right


@dataclass(slots=True)
class Mark:
    """The position up to which an input was folded."""

    offset: int = -1  # of the last folded event
    feed: str = ""  # the topic's id, as given by the broker, to which this offset belongs
    epoch: int = 0  # the topic's epoch, as configured
    until: int = -1  # greater than `offset` while the partition, once read up to here, is replayed for this mark
    results: list[int] = field(default_factory=lambda: [0, 0, 0])  # events by `RESULTS`
    refused: dict[str, int] = field(default_factory=dict)  # rejected events by reason
