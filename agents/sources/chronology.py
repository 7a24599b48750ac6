"""Sorts events by their moments, from rows that are nearly in order, with bounded memory.

An exchange writes a row when a leg ends, so most events would be late in file order. The latest events are therefore
held back. An older event is yielded when it comes: it counts in every total and in the ledger, as a late event
does. A table's rows may be in any order: `agents/sources/tables/spool.py` sorts the whole file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush, merge
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


def merged(sources: Sequence[Iterator[Entry]]) -> Iterator[Entry]:
    """Yield the entries of several sources as one; each has its refusals first, then its events in order.

    The events' rows are numbered so that rows of two sources have different numbers; a refusal keeps its own.
    """
    if len(sources) == 1:
        return sources[0]
    return merge(*(_numbered(each, place, len(sources)) for place, each in enumerate(sources)), key=moment)


def _numbered(entries: Iterator[Entry], place: int, sources: int) -> Iterator[Entry]:
    for entry in entries:
        yield entry._replace(row=entry.row * sources + place) if isinstance(entry, Accepted) else entry


def moment(entry: Entry) -> int:
    """Return the moment (ms) of an event, -1 for a refused row."""
    return milliseconds(entry.event.at) if isinstance(entry, Accepted) else -1
