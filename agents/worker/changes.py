"""The incidents of the owned desks that have changed since they were published."""

from __future__ import annotations

import msgspec

from agents.history.incident_json import incident_json
from agents.worker.ownership import Ownership
from agents.worker.roster import Roster
from streams.desks.kinds import Desk


class IncidentChanges:
    """The incidents of the owned desks whose latest state is not published yet.

    A worker publishes every incident once after it was assigned its desks, as a worker that was thought dead may have
    written older states last. The topic is compacted, so repetition is harmless.
    """

    def __init__(self, ownership: Ownership, roster: Roster) -> None:
        self._ownership = ownership
        self._roster = roster
        self._published: dict[str, bytes] = {}

    def take(self) -> dict[str, bytes]:
        """Return the incidents to publish, by key, and mark them as published.

        In a nation, keys begin with the site, as incidents of two offices may have equal ids, for instance if both
        offices fall silent at once.
        """
        records, several = {}, self._roster.offices.nation is not None
        for desk in self._moved():
            site = desk.rules.site
            zone = self._roster.office(site).zone
            for incident in desk.state.watch.incidents:
                key = f"{site}/{incident.id}" if several else incident.id
                state = msgspec.msgpack.encode(incident)
                if self._published.get(key) != state:
                    self._published[key] = state
                    records[key] = msgspec.json.encode({"site": site, **incident_json(incident, zone)})
        return records

    def forget(self) -> None:
        """Mark every incident as not published."""
        self._published.clear()

    def failed(self, keys: set[str]) -> None:
        """Mark these incidents as not published."""
        for name in keys:
            self._published.pop(name, None)

    def _moved(self) -> list[Desk]:
        return [desk for owned in self._ownership.partitions.values() for desk in owned.moved()]
