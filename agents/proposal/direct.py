"""The numbers that callers dial without entering a queue, from an Asterisk's records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from agents.sources.asterisk import cdr_rows, cel_rows
from agents.sources.asterisk.rows import AsteriskRow, TableOrder, table
from agents.sources.kind import FileKind

LONGEST_EXTENSION: Final = 5  # digits of an internal number
RARE: Final = 0.02  # share of the calls without a queue; a number with less is left out, as dialled by mistake
KNOWN: Final = 10  # fewest calls to a telephone number; a rarer one may be a caller's own, called back by the queue


class Direct(NamedTuple):
    """Calls that entered no queue, by the number that they dialled."""

    calls: Mapping[str, int]  # the number dialled most comes first
    outside: bool  # the callers' numbers are no extensions


NO_DIRECT: Final = Direct({}, outside=False)


def direct(kind: FileKind, rows: Iterable[bytes], file: str) -> Direct:
    """Return the numbers that callers from outside dialled; if there is none and no queue, the extensions dialled.

    Few calls to a telephone number may be calls to a person, unless the exchange records the number as its own.
    """
    legs = dict[str, _Leg]()
    queued = set[str]()
    for leg in _legs(kind, rows, file):
        if leg.queue:
            queued.add(leg.call)
        if leg.first or leg.call not in legs:
            legs[leg.call] = leg
    led = {legs[call].number for call in queued}
    own = {leg.number for leg in legs.values() if leg.own}
    for outside in (True, False):
        found = Counter(
            leg.number
            for call, leg in legs.items()
            if call not in queued and leg.outside is outside and leg.number not in led and may_be_dialled(leg.number)
        )
        least = RARE * found.total()
        calls = {
            number: count
            for number, count in found.most_common()
            if count >= least and (len(number) <= LONGEST_EXTENSION or (outside and (number in own or count >= KNOWN)))
        }
        if calls or queued:
            break
    return Direct(calls, outside)


class _Leg(NamedTuple):
    """One channel of a call."""

    call: str
    first: bool  # the channel that began the call
    number: str  # dialled
    own: bool  # the exchange names the number as one of its own
    outside: bool  # called from outside
    queue: bool


def _legs(kind: FileKind, rows: Iterable[bytes], file: str) -> Iterator[_Leg]:
    if kind is FileKind.ASTERISK_CDR:
        for cells in row_cells(rows, cdr_rows.ORDER, file):
            call, began = cells["linkedid"] or cells["uniqueid"], cells["linkedid"] == cells["uniqueid"]
            outside = len(cells["source"]) > LONGEST_EXTENSION
            did = cells["did"] if outside else ""
            yield _Leg(call, began, did or cells["number"], bool(did), outside, cells["app"].casefold() == "queue")
    elif kind is FileKind.ASTERISK_CEL:
        for cells in row_cells(rows, cel_rows.ORDER, file):
            queue = cells["app"].casefold() == "queue"
            if queue or cells["event"] == "CHAN_START":
                began = cells["uniqueid"] == cells["linkedid"] and not queue
                number = cells["exten"] or cells["dnid"]
                outside = len(cells["caller"]) > LONGEST_EXTENSION
                yield _Leg(cells["linkedid"], began, number, own=False, outside=outside, queue=queue)


def may_be_dialled(number: str) -> bool:
    return number.isdecimal() and len(number) > 1  # a single digit is a key press


def row_cells(rows: Iterable[bytes], order: TableOrder, file: str) -> Iterator[dict[str, str]]:
    for row in table(rows, order, file):
        if isinstance(row, AsteriskRow):
            yield dict(zip(order.columns, row.fields, strict=True))
