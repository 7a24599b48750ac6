"""The incidents of the owned lines that have changed since they were published."""

from __future__ import annotations

import msgspec

from agents.history.incident_json import incident_json
from agents.worker.ownership import Ownership
from agents.worker.roster import Roster
from streams.desks.line import Line


class IncidentChanges:
    """Find the incidents of the owned lines whose latest state was not published yet.

    A worker that starts publishes every incident once: the topic is compacted, so a repetition is harmless.
    """

    def __init__(self, ownership: Ownership, roster: Roster) -> None:
        self._ownership = ownership
        self._roster = roster
        self._published: dict[str, bytes] = {}

    def take(self) -> dict[str, bytes]:
        """Return the incidents to publish, by id, and mark them as published."""
        records = {}
        for line in self._moved():
            zone = self._roster.office(line.rules.site).zone
            for incident in line.state.watch.incidents:
                state = msgspec.msgpack.encode(incident)
                if self._published.get(incident.id) != state:
                    self._published[incident.id] = state
                    published = {"site": line.rules.site, **incident_json(incident, zone)}
                    records[incident.id] = msgspec.json.encode(published)
        return records

    def failed(self, ids: set[str]) -> None:
        """Mark these incidents as not published."""
        for name in ids:
            self._published.pop(name, None)

    def _moved(self) -> list[Line]:
        moved = [desk for owned in self._ownership.partitions.values() for desk in owned.moved()]
        return [desk for desk in moved if isinstance(desk, Line)]
