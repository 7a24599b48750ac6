"""The live figures that workers published: for each line and service, the status that was folded furthest.

A status is no authority: nothing but the board shows it, and only for a while.
"""

from __future__ import annotations

from typing import Final

import msgspec

from streams.kept.record import position_of
from streams.status import LineStatus, ServiceStatus, Status

FURTHER_MS: Final = 3_600_000  # for so long a status that was folded further counts in place of a later one
_decode: Final = msgspec.json.Decoder(Status).decode


class PublishedStatuses:
    """The latest status of each line and service.

    A worker that was thought dead may publish an older status late, so within an hour the status that was folded
    further counts. Later the position counts for nothing: one that no event has would otherwise stay for ever.
    """

    def __init__(self) -> None:
        self._latest: dict[bytes, tuple[Status, int]] = {}  # with the moment (epoch ms) when it was written

    def take(self, key: bytes, value: bytes | None, written: int) -> None:
        """Take a record of a status, with the moment (epoch ms) when it was written.

        Raises `msgspec.MsgspecError` if it cannot be read, and `ValueError` if its key is not its own.
        """
        if value is None:
            self._latest.pop(key, None)
            return
        status = _decode(value)
        if status.id.encode() != key:
            raise ValueError(f"{key!r} has a status of {status.id}")
        known = self._latest.get(key)
        if known is None or position_of(known[0]) <= position_of(status) or abs(written - known[1]) > FURTHER_MS:
            self._latest[key] = status, written

    def lines(self) -> dict[str, LineStatus]:
        return {each.id: each for each, _ in self._latest.values() if isinstance(each, LineStatus)}

    def services(self) -> dict[str, ServiceStatus]:
        return {each.id: each for each, _ in self._latest.values() if isinstance(each, ServiceStatus)}
