"""What was refused of a file, by cause: how many lines, and the first few of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from agents.sources.entry import Refused
from agents.translation import counted, text

FIRST: Final = 3  # lines of each cause that are shown, where they differ in what is wrong


class Refusals:
    """Count refused lines by their reason, and keep the first few of each."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.first: dict[str, list[Refused]] = {}

    def __len__(self) -> int:
        """Return how many lines were refused, of every cause."""
        return self.counts.total()

    def add(self, refused: Refused) -> None:
        """Count a refused line."""
        reason = refused.why.reason
        self.counts[reason] += 1
        first = self.first.setdefault(reason, [])
        if len(first) < FIRST and all(each.why.detail != refused.why.detail for each in first):
            first.append(refused)

    def sentences(self) -> Iterator[str]:
        """Yield what to tell people: of each cause how many lines, and the first few of them."""
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
