"""The incidents that workers published, with the decisions on them and the notes that still exist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from operator import itemgetter
from typing import Any, Final

from agents.history.days import reaches
from agents.history.incident_schema import IncidentJson, decode_incident
from agents.history.notes import with_notes
from streams.indicators.period import Period

_FACTS: Final = itemgetter("id", "verdict", "kind", "status", "from", "to")


class PublishedIncidents:
    """The latest state of each incident; `notes` has the notes of decisions by hash."""

    def __init__(self, notes: Mapping[str, str], states: Mapping[bytes, IncidentJson] | None = None) -> None:
        self._notes = notes
        self._states = dict(states or {})

    def copy(self, notes: Mapping[str, str]) -> PublishedIncidents:
        """Return a copy that uses other notes."""
        return PublishedIncidents(notes, self._states)

    def take(self, key: bytes, value: bytes | None) -> None:
        """Take a record of an incident; raise `msgspec.MsgspecError` if it cannot be read."""
        if value is None:
            self._states.pop(key, None)
        else:
            self._states[key] = decode_incident(value)

    def of(self, site: str | None = None, period: Period | None = None) -> dict[str, IncidentJson]:
        """Return the incidents of a period by id, for one site or for all sites."""
        return {
            each["id"]: with_notes(each, self._notes)
            for each in self._states.values()
            if site in {None, each["site"]} and reaches(each["from"][:10], _last_day(each), period)
        }

    def by_site(self) -> dict[str, dict[str, IncidentJson]]:
        """Return the incidents by site and id: two offices may use the same id."""
        found = defaultdict[str, dict[str, IncidentJson]](dict)
        for each in self._states.values():
            found[each["site"]][each["id"]] = with_notes(each, self._notes)
        return dict(found)

    def standing(self, site: str) -> list[tuple[Any, ...]]:
        """Return everything in a site's incidents that could change a figure."""
        return [
            (*_FACTS(each), each.get("judged_until"), len(each["decisions"]))
            for each in self._states.values()
            if each["site"] == site
        ]


def _last_day(incident: IncidentJson) -> str:
    """Return the last day (ISO) of an incident, or the day up to which an open incident was judged."""
    moments: list[str] = [incident["to"], incident.get("judged_until") or ""]
    return max(each[:10] for each in moments)
