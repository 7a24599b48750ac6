"""The entries of any file, row by row: an event, or a refused row; and the refused rows by cause."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, TypeAlias

import msgspec

from agents.translation import counted, text
from streams.decoding import Invalid
from streams.events import MAX_IDENTIFIER, Event

FIRST: Final = 3  # lines shown for each cause, with different details


class Accepted(NamedTuple):
    row: int  # its line in the file
    event: Event
    record: bytes  # the event as encoded for its topic


class Refused(NamedTuple):
    """A row of a file that gives no event."""

    row: int
    original: bytes  # without any caller's number
    why: Invalid


Entry: TypeAlias = Accepted | Refused

_encode = msgspec.json.Encoder().encode


def numbered(events: Iterable[Event]) -> Iterator[Accepted]:
    """Yield events as the rows of a file, numbered from 1."""
    for row, event in enumerate(events, 1):
        yield Accepted(row, event, _encode(event))


def short(name: str) -> str:
    """Return a name that fits an identifier: the digest of a long one."""
    return name if len(name) <= MAX_IDENTIFIER else hashlib.sha256(name.encode()).hexdigest()


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
