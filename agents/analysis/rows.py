"""Counts the rows of a file that gave an event, whatever the order of their events."""

from __future__ import annotations

from msgspec import Struct


class RowCounts(Struct, frozen=True):
    """The rows of a file by their use, and the calls that they gave."""

    read: int
    used: int  # they gave an event
    aside: int  # they concern no call, or only add to the events of other rows
    refused: int
    calls: int
    ids_seen_again: int  # calls whose id an earlier call of the line had


class UsedRows:
    """The numbers of the rows that gave an event: a bit for each row, as a file may have millions."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def add(self, row: int) -> None:
        place, bit = divmod(row, 8)
        if place >= len(self._bits):
            self._bits.extend(bytes(place + 1))  # doubles, so that adding stays cheap
        self._bits[place] |= 1 << bit

    def __len__(self) -> int:
        return int.from_bytes(self._bits, "little").bit_count()
