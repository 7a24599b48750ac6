"""The refused lines of a file by cause: their number, and the first few."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from agents.sources.entry import Refused
from agents.translation import counted, text

FIRST: Final = 3  # lines shown for each cause, with different details


class Refusals:
    """The number of refused lines by reason, and the first few lines of each reason."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.first: dict[str, list[Refused]] = {}

    def __len__(self) -> int:
        return self.counts.total()

    def add(self, refused: Refused) -> None:
        reason = refused.why.reason
        self.counts[reason] += 1
        first = self.first.setdefault(reason, [])
        if len(first) < FIRST and all(each.why.detail != refused.why.detail for each in first):
            first.append(refused)

    def sentences(self) -> Iterator[str]:
        """Yield, for each cause, the number of lines and the first few of them."""
        for reason, first in self.first.items():
            begins = counted("{count} line", "{count} lines", self.counts[reason])
            yield text(
                "{reason}: {lines}, the first is {row}: {detail}",
                reason=reason,
                lines=begins,
                row=first[0].row,
                detail=first[0].why.says,
            )
            yield from (text("  line {row}: {detail}", row=each.row, detail=each.why.says) for each in first[1:])
