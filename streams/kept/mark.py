"""How far one input was folded into a line, and what became of its events there."""

from __future__ import annotations

from typing import Final

from msgspec import Struct, field

OK: Final = 0
DUPLICATE: Final = 1
LATE: Final = 2
RESULTS: Final = ("ok", "duplicate", "late")
AHEAD: Final = 3  # not taken: it is dated so far ahead that its clock cannot be believed


class Mark(Struct):
    """Hold the offset of the last event taken from an input, which making of the input, and the results so far."""

    offset: int = -1
    feed: str = ""
    epoch: int = 0
    results: list[int] = field(default_factory=lambda: [0, 0, 0])
