"""The incidents of a line as they are at a moment: published, or only in the live figures as yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Final

import msgspec
from msgspec.structs import replace

from agents.history.incident_json import incident_of
from agents.history.incident_schema import IncidentJson
from agents.history.ledger import History
from agents.kafka.client import Topic, topic
from agents.kafka.reading import leaving_out, records
from config.settings import Settings
from streams.kept.record import position_of
from streams.kept.times import FOREVER, QUARTER_MS
from streams.status import LineStatus, Ongoing, Status
from streams.watch.incident import Incident
from streams.watch.incidents import counted_wrong

_decode: Final = msgspec.json.Decoder(Status).decode


def standing(incidents: Iterable[Incident], line: str, status: LineStatus | None, slot_no: int) -> Collection[Incident]:
    """Return the incidents of a line as they stand in a slot: an open one reaches to the end of the slot.

    One that says up to when it was judged stays as it is: its later quarters are not known yet.
    """
    found = {each.id: each for each in incidents if each.line == line}
    for each in [] if status is None else status.incidents:
        known = found.get(each.id) or _begun(line, each)
        found[each.id] = known if known.judged_until is not None else _until(known, (slot_no + 1) * QUARTER_MS)
    return found.values()


def _begun(line: str, told: Ongoing) -> Incident:
    """Return an incident that the live figures tell of before its own topic does."""
    start = round(told.start.timestamp() * 1000)
    return Incident(told.id, line, "", told.verdict, told.kind, start, start, start, 0, told.status)


def _until(incident: Incident, end: int) -> Incident:
    """Return an open incident up to a moment (epoch ms); its own end is that of its last suspected slot."""
    end = max(incident.end, end)
    return replace(incident, end=end, judged_until=end)


def miscounts(
    settings: Settings, published: Iterable[IncidentJson], lines: Mapping[str, LineStatus], first: date | None = None
) -> dict[str, list[Incident]]:
    """Return the miscounts of each line of an office; those that go on have no end.

    `lines` has the live figures by the id of their line. Incidents that ended before `first` are left out.
    """
    own = {name: lines.get(f"{settings.site}/{name}") for name in settings.lines}
    going = {each.id for status in own.values() if status is not None for each in status.incidents}
    begins = "" if first is None else first.isoformat()
    every = [incident_of(each) for each in published if each["to"] >= begins or each["id"] in going]
    found = dict[str, list[Incident]]()
    for name, status in own.items():
        latest = standing(every, name, status, 0)
        ongoing = [_until(each, FOREVER) if each.id in going else each for each in latest]
        found[name] = list(filter(counted_wrong, ongoing))
    return found


def read_miscounts(settings: Settings) -> dict[str, list[Incident]]:
    """Return the miscounts of each line of an office by now; raise `KafkaError` where no broker answers."""
    history, statuses = History(settings), dict[str, LineStatus]()
    incidents, live = (topic(settings, each) for each in (Topic.INCIDENTS, Topic.STATUS))
    for record in records(settings, incidents, live):
        with leaving_out(record):
            if record.topic == incidents:
                history.take(record)
            elif record.value is not None:
                status = _decode(record.value)
                known = statuses.get(status.id)
                if isinstance(status, LineStatus) and (known is None or position_of(known) <= position_of(status)):
                    statuses[status.id] = status
    return miscounts(settings, history.incidents.of(settings.site).values(), statuses)
