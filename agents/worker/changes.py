"""Which incidents of the owned lines have changed since they were published."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec

from agents.history.incidents import of
from agents.worker.ownership import Ownership
from streams.desks.line import Line


class Changes:
    """Find the incidents of the owned lines whose latest state has not been published yet.

    A worker that starts publishes all it knows once: the topic is compacted, so a repetition is harmless.
    """

    def __init__(self, ownership: Ownership, zone: ZoneInfo) -> None:
        self._ownership = ownership
        self._zone = zone
        self._published: dict[str, bytes] = {}

    def take(self) -> dict[str, bytes]:
        """Return the incidents to publish, by id, and hold them for published."""
        found = {}
        for line in self._lines():
            for incident in line.state.watch.incidents:
                state = msgspec.msgpack.encode(incident)
                if self._published.get(incident.id) != state:
                    self._published[incident.id] = state
                    told = {"site": line.rules.site, **of(incident, self._zone)}
                    found[incident.id] = msgspec.json.encode(told)
        return found

    def failed(self, ids: set[str]) -> None:
        """Take back that these were published."""
        for each in ids:
            self._published.pop(each, None)

    def _lines(self) -> list[Line]:
        return [line for owned in self._ownership.partitions.values() for line in owned.lines.values()]
