"""The numbers that callers dial to reach a queue, from an Asterisk's records."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from agents.proposal.direct import KNOWN, LONGEST_EXTENSION, may_be_dialled, row_cells
from agents.sources.asterisk import cdr_rows, cel_rows, queue_log_rows
from agents.sources.asterisk.queue_log_rows import LogRow
from agents.sources.asterisk.rows import queue_name
from agents.sources.kind import FileKind

MOSTLY: Final = 0.9  # a number belongs to a queue if at least this share of its calls reach the queue
OFTEN: Final = 0.1  # least share of a queue's calls through a number; with fewer, the number is a mistake or a test


class Way(NamedTuple):
    """The first queue that a call reached, and the number that led to it."""

    queue: str
    number: str


def ways(kind: FileKind, rows: Iterable[bytes], zone: str, file: str) -> Iterator[Way]:
    """Yield the way of each call that has one; nothing for a kind of file without dialled numbers."""
    known: set[str] = set()  # calls whose first queue is known
    for call, way in _steps(kind, rows, zone, file):
        if call not in known:
            known.add(call)
            if may_be_dialled(way.number) and way.number != way.queue:
                yield way


def numbers_of_queues(found: Iterable[Way], queues: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """Return the numbers that lead to each queue; a number that leads to several is left out.

    >>> numbers_of_queues([Way("accueil", "4000")] * 9 + [Way("600", "4010"), Way("600", "4000")], ["accueil", "600"])
    {'accueil': ('4000',), '600': ('4010',)}
    """
    counts = Counter(found)
    to_number, to_queue = Counter[str](), Counter[str]()
    for way, count in counts.items():
        to_number[way.number] += count
        to_queue[way.queue] += count
    owned = defaultdict[str, tuple[str, ...]](tuple)
    for way, count in counts.items():
        led = count >= MOSTLY * to_number[way.number] and count >= OFTEN * to_queue[way.queue]
        own = count >= KNOWN or len(way.number) <= LONGEST_EXTENSION
        if led and own and way.queue in queues and way.number not in queues:
            owned[way.queue] += (way.number,)
    return dict(owned)


def _steps(kind: FileKind, rows: Iterable[bytes], zone: str, file: str) -> Iterator[tuple[str, Way]]:
    if kind is FileKind.QUEUE_LOG:
        for row in queue_log_rows.read(rows, zone):
            if isinstance(row, LogRow) and row.event == "DID" and row.data:
                yield row.callid, Way(row.queue, row.data[0])
    elif kind is FileKind.ASTERISK_CDR:
        for cells in row_cells(rows, cdr_rows.ORDER, file):
            if cells["app"].casefold() == "queue":
                yield cells["uniqueid"], Way(queue_name(cells["data"]), cells["number"])
    elif kind is FileKind.ASTERISK_CEL:
        for cells in row_cells(rows, cel_rows.ORDER, file):
            if cells["app"].casefold() == "queue" and cells["event"] == "APP_START":
                yield cells["uniqueid"], Way(queue_name(cells["data"]), cells["exten"])
