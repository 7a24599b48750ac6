"""The live figures that workers published: for each line and service, the status that was folded furthest."""

from __future__ import annotations

from typing import Final

import msgspec

from streams.kept.record import position_of
from streams.status import LineStatus, ServiceStatus, Status

_decode: Final = msgspec.json.Decoder(Status).decode


class PublishedStatuses:
    """The latest status of each line and service."""

    def __init__(self) -> None:
        self._latest: dict[bytes, Status] = {}

    def take(self, key: bytes, value: bytes | None) -> None:
        """Take a record of a status; raise `msgspec.MsgspecError` if it cannot be read."""
        if value is None:
            self._latest.pop(key, None)
            return
        status, known = _decode(value), self._latest.get(key)
        if known is None or position_of(known) <= position_of(status):
            self._latest[key] = status

    def lines(self) -> dict[str, LineStatus]:
        return {each.id: each for each in self._latest.values() if isinstance(each, LineStatus)}

    def services(self) -> dict[str, ServiceStatus]:
        return {each.id: each for each in self._latest.values() if isinstance(each, ServiceStatus)}
