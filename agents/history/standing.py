"""The current incidents of a line: those published, and those that are so far only in the live figures."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from msgspec.structs import replace

from agents.history.incident_json import incident_of
from agents.history.incident_schema import IncidentJson
from agents.history.ledger import History
from agents.history.statuses import PublishedStatuses
from agents.kafka.client import Topic, topic
from agents.kafka.reading import leaving_out, records
from config.settings import Settings
from streams.kept.times import FOREVER, QUARTER_MS
from streams.status import LineStatus, Ongoing
from streams.watch.incident import Incident
from streams.watch.incidents import counted_wrong


def standing(incidents: Iterable[Incident], line: str, status: LineStatus | None, slot_no: int) -> Collection[Incident]:
    """Return the incidents of a line at a slot; an open incident is extended to the end of the slot.

    An incident that has `judged_until` is left unchanged, because its later quarters are not judged yet.
    """
    found, end = _latest(incidents, line, status), (slot_no + 1) * QUARTER_MS
    for each in _open(status):
        if found[each].judged_until is None:
            found[each] = _until(found[each], end)
    return found.values()


def miscounts(
    settings: Settings, published: Iterable[IncidentJson], lines: Mapping[str, LineStatus], first: date | None = None
) -> dict[str, list[Incident]]:
    """Return the miscounts of each line of an office; ongoing ones have no end.

    `lines` has the live figures by the id of their line. Incidents that ended before `first` are left out.
    """
    own = {name: lines.get(f"{settings.site}/{name}") for name in settings.lines}
    ongoing = {each for status in own.values() for each in _open(status)}
    begins = "" if first is None else first.isoformat()
    every = [incident_of(each) for each in published if each["to"] >= begins or each["id"] in ongoing]
    latest = {name: _latest(every, name, status).values() for name, status in own.items()}
    return {
        name: [_until(each, FOREVER) if each.id in ongoing else each for each in found if counted_wrong(each)]
        for name, found in latest.items()
    }


def read_miscounts(settings: Settings) -> dict[str, list[Incident]]:
    """Return the current miscounts of each line of an office; raise `KafkaError` if no broker answers."""
    history, statuses = History(settings), PublishedStatuses()
    incidents, live = (topic(settings, each) for each in (Topic.INCIDENTS, Topic.STATUS))
    for record in records(settings, incidents, live):
        with leaving_out(record):
            if record.topic == incidents:
                history.take(record)
            elif record.key is not None:
                statuses.take(record.key, record.value, record.timestamp)
    return miscounts(settings, history.incidents.of(settings.site).values(), statuses.lines())


def _latest(incidents: Iterable[Incident], line: str, status: LineStatus | None) -> dict[str, Incident]:
    """Return the incidents of a line by id: the published ones, and those only in its live figures."""
    begun = {} if status is None else {each.id: _begun(line, each) for each in status.incidents}
    published = {each.id: each for each in incidents if each.is_of("line", line)}
    return published | {name: each for name, each in begun.items() if name not in published}


def _open(status: LineStatus | None) -> list[str]:
    """Return the ids of ongoing incidents in the live figures."""
    return [] if status is None else [each.id for each in status.incidents]


def _begun(line: str, ongoing: Ongoing) -> Incident:
    """Return an incident that is in the live figures but not yet in its own topic."""
    start = round(ongoing.start.timestamp() * 1000)
    return Incident(ongoing.id, line, "", ongoing.verdict, ongoing.kind, start, start, start, 0, ongoing.status)


def _until(incident: Incident, end: int) -> Incident:
    """Return an open incident extended to a moment (epoch ms); before that, it ends with its last suspected slot."""
    end = max(incident.end, end)
    return replace(incident, end=end, judged_until=end)
