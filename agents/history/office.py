"""The silences of the office in the history of record: incidents of several lines that are in fact one incident."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from agents.catalogue import times
from agents.history.incident_json import incident_json, incident_of
from agents.history.incident_schema import IncidentJson
from agents.history.ledger import History
from config.settings import Settings
from streams.indicators.period import Period
from streams.kept.times import QUARTER_MS
from streams.ledger.sums import called
from streams.watch.counting import SILENCE
from streams.watch.office import OfficeSilence, gathered, office_ids, office_silences


def silences_of(
    settings: Settings, incidents: Iterable[IncidentJson], history: Callable[[], History]
) -> list[OfficeSilence]:
    """Return the office's silences among these incidents.

    `history` is called only if several lines were silent at once.
    """
    office = times(settings)

    def heard(first: int, end: int) -> Mapping[str, set[int]]:
        days = (date.fromordinal(office.day(slot_no * QUARTER_MS)) for slot_no in (first, end))
        return called(history().days.of(settings.site, Period(*days)))

    silent = [incident_of(each) for each in incidents if each["cause"] == SILENCE]
    return office_silences(silent, heard, lambda slot_no: office.open(slot_no * QUARTER_MS))


def gathered_json(
    incidents: Sequence[IncidentJson], silences: Sequence[OfficeSilence], zone: ZoneInfo
) -> list[IncidentJson]:
    """Return the incidents; those of one silence of the office are merged into one, in the place of the first."""
    names = office_ids(silences)
    parts = [incident_of(each) for each in incidents if each["id"] in names]
    as_one = {each.id: incident_json(each, zone) for each in gathered(parts, silences)}
    found: dict[str, IncidentJson] = {}
    for each in incidents:
        name: str = names.get(each["id"]) or each["id"]
        found.setdefault(name, {**each, **as_one.get(name, {})})
    return list(found.values())
