"""Events in the order of their moments, of rows that stand nearly in order, within a bound that no file exceeds.

An exchange writes a row when a leg ends: told as they stand, most events would be late. So the latest are held back.
What lies further back is told when it comes: it counts in every total and in the ledger, as a late event does. The rows
of a table may stand in any order: `agents/sources/spool.py` sorts it whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from itertools import count
from math import inf
from typing import Final

from agents.sources.entry import Accepted, Entry, Refused
from streams.events import milliseconds

MOST_HELD: Final = 100_000  # events, of about a kilobyte each


def in_time(entries: Iterable[Entry], aside: Counter[str], hold: float = inf, most: int = MOST_HELD) -> Iterator[Entry]:
    """Yield what is refused at once, and events in the order of their moments, as far as `most` of them reach.

    An event is held for no longer than until one comes that lies more than `hold` (s) behind it: that is enough where
    a source tells how far its rows lie apart. A moment before one that was told already is counted `aside` as
    `out-of-order`.
    """
    order, latest, length = count(), 0, hold * 1000
    held: list[tuple[int, int, Accepted]] = []

    def first() -> Accepted:
        nonlocal latest
        at, _, entry = heappop(held)
        aside.update(["out-of-order"] if at < latest else [])
        latest = max(at, latest)
        return entry

    for entry in entries:
        if isinstance(entry, Refused):
            yield entry
            continue
        now = milliseconds(entry.event.at)
        heappush(held, (now, next(order), entry))
        while len(held) > most or held[0][0] < now - length:
            yield first()
    while held:
        yield first()
