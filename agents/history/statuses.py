"""The live figures that workers published: for each line and service, the status that was folded furthest.

A status is no authority: only the board shows it, for a while, and mails warn by it of coming days.
"""

from __future__ import annotations

from typing import Final

import msgspec

from agents.kafka.client import Topic, topic
from agents.kafka.input_ends import InputEnds
from agents.kafka.reading import latest, leaving_out
from config.shared import Shared
from streams.kept.record import Position, position_of
from streams.status import LineStatus, ServiceStatus, Status

FURTHER_MS: Final = 3_600_000  # for so long a status that was folded further counts in place of a later one
_decode: Final = msgspec.json.Decoder(Status).decode


class PublishedStatuses:
    """The latest status of each line and service.

    A worker that was thought dead may publish an older status late, so within an hour the status that was folded
    further counts. Later the position counts for nothing: one that no event has would otherwise stay for ever. A
    position beyond the end of its input counts for nothing at once.
    """

    def __init__(self) -> None:
        # With its position, None if that counts for nothing, and the moment (epoch ms) when it was written
        self._latest: dict[bytes, tuple[Status, Position | None, int]] = {}
        self._ends: InputEnds | None = None  # unknown until `reach`: then every position counts
        self.beyond = False  # whether a status was beyond these ends: inputs have grown, or no worker wrote it

    def reach(self, ends: InputEnds) -> None:
        """Judge later records by the inputs' ends."""
        self._ends, self.beyond = ends, False

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
        place: Position | None = position_of(status)
        if self._ends is not None and not self._ends.reach_status(status):
            self.beyond, place = True, None
        _, further, before = self._latest.get(key, (None, None, 0))
        if place is None or further is None or further <= place or abs(written - before) > FURTHER_MS:
            self._latest[key] = status, place, written

    def lines(self) -> dict[str, LineStatus]:
        return {each.id: each for each, *_ in self._latest.values() if isinstance(each, LineStatus)}

    def services(self) -> dict[str, ServiceStatus]:
        return {each.id: each for each, *_ in self._latest.values() if isinstance(each, ServiceStatus)}


def read_lines(settings: Shared) -> dict[str, LineStatus]:
    """Return the latest status of each line, by id; raise `KafkaError` if the broker does not answer."""
    statuses = PublishedStatuses()
    for record in latest(settings, topic(settings, Topic.STATUS)):
        with leaving_out(record):
            statuses.take(record.key or b"", record.value, record.timestamp)
    return statuses.lines()
