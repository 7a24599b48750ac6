"""The incidents that workers published, with the decisions on them and the notes that still exist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any, Final, NamedTuple

from agents.history.days import reaches
from agents.history.incident_json import incident_of
from agents.history.incident_schema import IncidentJson, decode_incident
from agents.history.notes import with_notes
from agents.kafka.reading import Record, place_of
from streams.chain.breach import Breach, BreachKind
from streams.chain.decisions import LoggedDecisions, unlogged
from streams.chain.links import decision_of
from streams.decoding import UNREADABLE
from streams.indicators.period import Period
from streams.said import Said, said

_FACTS: Final = itemgetter("id", "verdict", "kind", "status", "from", "to")


class IncidentRecord(NamedTuple):
    """The latest record of an incident under its key, and its place."""

    incident: IncidentJson
    place: str
    written: int  # epoch ms, according to its writer

    @property
    def name(self) -> tuple[str, str]:
        """Its site and its id."""
        return self.incident["site"], self.incident["id"]

    def breach(self, kind: BreachKind, says: Said) -> Breach:
        return breach_of(kind, self.incident, says, self.place, self.written)


class PublishedIncidents:
    """The latest state of each incident; `notes` has the notes of decisions by hash.

    An incident's key is its id, or in a nation its site and its id. A record under any other key is a breach and left
    out, because the worker would never replace it. If both keys have a record, as when an office joins a nation, the
    later one counts.
    """

    def __init__(self, notes: Mapping[str, str]) -> None:
        self._notes = notes
        self._records: dict[bytes, IncidentRecord] = {}
        self._breaches: dict[bytes, tuple[str, Breach]] = {}  # with its site, by key

    def copy(self, notes: Mapping[str, str]) -> PublishedIncidents:
        """Return a copy that uses other notes."""
        copy = PublishedIncidents(notes)
        copy._records, copy._breaches = self._records.copy(), self._breaches.copy()
        return copy

    def take(self, record: Record, key: bytes, value: bytes | None) -> None:
        """Take a record of an incident; raise one of `UNREADABLE` if it cannot be read."""
        known, place, written = self._records.get(key), place_of(record), record.timestamp
        self._breaches.pop(key, None)
        if value is None:
            if known is not None:
                del self._records[key]
                says = said("the record of the incident was deleted")
                self._breach(key, breach_of("incident-missing", known.incident, says, place, written), known)
            return
        try:
            found = IncidentRecord(decode_incident(value), place, written)
        except UNREADABLE:
            if known is not None:
                says = said("an unreadable record was put in its place")
                self._breach(key, breach_of("incident-impossible", known.incident, says, place, written), known)
            raise
        if key in keys_of(found.incident):
            self._records[key] = found
        else:
            says = said("a record under another key than its own, {key}", key=repr(key.decode(errors="replace")))
            self._breach(key, found.breach("incident-impossible", says), found)

    def of(self, site: str | None = None, period: Period | None = None) -> dict[str, IncidentJson]:
        """Return the incidents of a period by id, for one site or for all sites."""
        return {
            each["id"]: with_notes(each, self._notes)
            for each in (record.incident for record in self.latest(site))
            if reaches(each["from"][:10], _last_day(each), period)
        }

    def by_site(self) -> dict[str, dict[str, IncidentJson]]:
        """Return the incidents by site and id: two offices may use the same id."""
        found = defaultdict[str, dict[str, IncidentJson]](dict)
        for each in self.latest():
            site, name = each.name
            found[site][name] = with_notes(each.incident, self._notes)
        return dict(found)

    def latest(self, site: str | None = None) -> Iterable[IncidentRecord]:
        """Return the latest record of each incident, of one site or of all sites."""
        found: dict[tuple[str, str], IncidentRecord] = {}
        for each in self._records.values():
            if site in {None, each.name[0]} and (each.name not in found or found[each.name].written <= each.written):
                found[each.name] = each
        return found.values()

    def standing(self, site: str) -> list[tuple[Any, ...]]:
        """Return everything in a site's incidents that could change a figure."""
        return [
            (*_FACTS(each), each.get("judged_until"), str(each.get("sample")), len(each["decisions"]))
            for each in (record.incident for record in self.latest(site))
        ]

    def breaches(self, site: str, logged: LoggedDecisions) -> Iterator[Breach]:
        """Yield the breaches of a site's incidents: impossible records, and decisions that the log does not have."""
        yield from (breach for of, breach in self._breaches.values() if of == site)
        for each in self.latest(site):
            if not (each.incident["decisions"] or each.incident.get("taken")):
                continue
            incident = incident_of(each.incident)
            for one in unlogged(incident, logged.get((f"{site}/{incident.line}", incident.id), ())):
                what = decision_of(one.decision, incident.id, one.by)
                yield each.breach("decision-unlogged", said("the log does not have this decision: {what}", what=what))

    def _breach(self, key: bytes, breach: Breach, of: IncidentRecord) -> None:
        self._breaches[key] = of.name[0], breach


def keys_of(incident: IncidentJson) -> set[bytes]:
    """Return the keys that an incident's record may have: its id, or in a nation its site and its id."""
    return {incident["id"].encode(), f"{incident['site']}/{incident['id']}".encode()}


def breach_of(kind: BreachKind, incident: IncidentJson, says: Said, place: str | None, at: int | None) -> Breach:
    """Return a breach of an incident, which concerns the years that it covers."""
    years = {each[:4] for each in (incident["from"], _last_day(incident))}
    year = int(years.pop()) if len(years) == 1 else None
    return Breach(kind=kind, subject=subject_of(incident["id"]), says=says, year=year, place=place, at=at)


def subject_of(name: str) -> Said:
    return said("incident {name}", name=name)


def _last_day(incident: IncidentJson) -> str:
    """Return the last day (ISO) of an incident, or the day up to which an open incident was judged."""
    moments: list[str] = [incident["to"], incident.get("judged_until") or ""]
    return max(each[:10] for each in moments)
