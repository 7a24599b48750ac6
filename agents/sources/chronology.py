"""Sorts events by their moments, from rows that are nearly in order, with bounded memory.

An exchange writes a row when a leg ends, so most events would be late in file order. The latest events are therefore
held back. An older event is yielded when it comes: it counts in every total and in the ledger, as a late event
does. A table's rows may be in any order: `agents/sources/tables/spool.py` sorts the whole file.
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
    """Yield refusals at once, and events in the order of their moments, as far as `most` held events allow.

    An event is held until one comes that is more than `hold` (s) later, which suffices if the source bounds the
    disorder of its rows. A moment earlier than one already yielded is counted `aside` as `out-of-order`.
    """
    order, latest, length = count(), 0, hold * 1000
    held: list[tuple[int, int, Accepted]] = []

    def first() -> Accepted:
        nonlocal latest
        at, _, entry = heappop(held)
        if at < latest:
            aside["out-of-order"] += 1
        else:
            latest = at
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
